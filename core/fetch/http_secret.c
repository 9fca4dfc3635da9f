#include "fetch/http_secret.h"

#include <strings.h>

#include "base/hex.h"
#include "base/text.h"
#include "fetch/http_hop.h"

#define SHORTEST 4u
#define MASK "xxxxx"

static struct http_secrets sent_once = { .mutex = PTHREAD_MUTEX_INITIALIZER };

struct http_secrets *http_secrets_sent(void)
{
	return &sent_once;
}

static void add(struct http_secrets *s, const char *text, size_t len)
{
	struct http_secret new = { xstrndup(text, len), s->certain };
	size_t at = 0;

	/* longest first: one may contain another */
	while (at < s->list.n && strlen(s->list.items[at].text) >= len &&
	       !str_eq(s->list.items[at].text, new.text))
		at++;
	if (len < SHORTEST || (at < s->list.n && str_eq(s->list.items[at].text, new.text))) {
		if (len >= SHORTEST)
			s->list.items[at].certain |= s->certain;
		free(new.text);
		return;
	}
	vec_push(&s->list, new);
	for (size_t i = s->list.n - 1; i > at; i--) {
		s->list.items[i] = s->list.items[i - 1];
		s->list.items[i - 1] = new;
	}
}

/* Both as in the URL and decoded. */
static void add_escaped(struct http_secrets *s, const char *text, size_t len)
{
	struct buf plain = BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		int hi = text[i] == '%' && i + 2 < len ? hex_digit(text[i + 1]) : -1;
		int lo = hi >= 0 ? hex_digit(text[i + 2]) : -1;

		buf_addch(&plain, lo >= 0 ? (char)(hi << 4 | lo) : text[i]);
		i += lo >= 0 ? 2 : 0;
	}
	add(s, text, len);
	add(s, plain.data, plain.len);
	buf_release(&plain);
}

static void add_url_escape(struct http_secrets *s, const char *text)
{
	struct buf b = BUF_INIT;

	text_percent_encode(&b, text, "");
	add(s, b.data, b.len);
	buf_release(&b);
}

static void add_base64(struct http_secrets *s, const char *text, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)text;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		v |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < len ? p[i + 2] : 0;
		for (unsigned k = 0; k < 4 && k <= len - i; k++)
			buf_addch(&b, digits[v >> (18 - 6 * k) & 63]);
	}
	add(s, b.data, b.len); /* without the padding, which may be missing */
	buf_release(&b);
}

static void add_login(struct http_secrets *s, const char *user, const char *password)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s:%s", user ? user : "", password ? password : "");
	add_base64(s, b.data, b.len);
	buf_release(&b);
	if (password && *password) {
		add(s, password, strlen(password));
		add_url_escape(s, password);
	} else if (user) { /* a lone user may be a token */
		add(s, user, strlen(user));
		add_url_escape(s, user);
	}
}

void http_secrets_add_login(struct http_secrets *s, const char *user, const char *password)
{
	if (!user && !password)
		return;
	pthread_mutex_lock(&s->mutex);
	s->certain = true;
	add_login(s, user, password);
	pthread_mutex_unlock(&s->mutex);
}

static void add_userinfo(struct http_secrets *s, const char *info, size_t len)
{
	const char *colon = memchr(info, ':', len);

	if (colon && colon + 1 < info + len)
		add_escaped(s, colon + 1, len - (size_t)(colon + 1 - info));
	else
		add_escaped(s, info, len - (colon ? 1 : 0));
	add(s, info, len);
}

/* Some query values are ordinary words ("true", "host"). */
static bool names_secret(const char *name, size_t n)
{
	static const char *const parts[] = { "token", "key",  "sig",	 "secret", "pass",
					     "auth",  "cred", "session", "jwt" };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			if (strlen(parts[k]) <= n - i &&
			    strncasecmp(name + i, parts[k], strlen(parts[k])) == 0)
				return true;
	return false;
}

void http_secrets_add_url(struct http_secrets *s, const char *url)
{
	const char *rest = strstr(url, "://"), *at = NULL, *q;
	size_t n;

	if (!rest)
		return;
	rest += 3;
	n = strcspn(rest, "/?#");
	for (size_t i = 0; i < n; i++)
		if (rest[i] == '@')
			at = rest + i;
	pthread_mutex_lock(&s->mutex);
	s->certain = true;
	if (at)
		add_userinfo(s, rest, (size_t)(at - rest));
	for (q = strchr(rest, '?'); q && *q && *q != '#'; q += strcspn(q, "&#")) {
		q++;
		n = strcspn(q, "=&#");
		s->certain = names_secret(q, n);
		if (q[n] == '=')
			add_escaped(s, q + n + 1, strcspn(q + n + 1, "&#"));
	}
	pthread_mutex_unlock(&s->mutex);
}

static void mask_one(struct buf *text, const char *secret)
{
	size_t len = strlen(secret);
	struct buf out = BUF_INIT;
	const char *p = text->data, *end = text->data + text->len, *hit;

	while ((hit = memmem(p, (size_t)(end - p), secret, len))) {
		buf_add(&out, p, (size_t)(hit - p));
		buf_addstr(&out, MASK);
		p = hit + len;
	}
	if (p != text->data) {
		buf_add(&out, p, (size_t)(end - p));
		buf_clear(text);
		buf_add(text, out.data, out.len);
	}
	buf_release(&out);
}

static void mask(struct http_secrets *s, struct buf *text, bool all)
{
	pthread_mutex_lock(&s->mutex);
	for (size_t i = 0; i < s->list.n && text->len; i++)
		if (all || s->list.items[i].certain)
			mask_one(text, s->list.items[i].text);
	pthread_mutex_unlock(&s->mutex);
}

void http_secrets_mask(struct http_secrets *s, struct buf *text)
{
	mask(s, text, true);
}

void http_secrets_mask_certain(struct http_secrets *s, struct buf *text)
{
	mask(s, text, false);
}

void http_secrets_mask_text(struct http_secrets *s, char **text)
{
	struct buf b = BUF_INIT;
	bool any;

	pthread_mutex_lock(&s->mutex);
	any = s->list.n > 0;
	pthread_mutex_unlock(&s->mutex);
	if (!any || !*text)
		return;
	buf_addstr(&b, *text);
	http_secrets_mask(s, &b);
	free(*text);
	*text = buf_detach(&b);
}

void http_secrets_mask_err(struct http_secrets *s, struct err *e)
{
	if (e)
		http_secrets_mask_text(s, &e->text);
}

void http_secrets_mask_hop(struct http_secrets *s, struct http_hop *hop)
{
	char **texts[] = { &hop->url,
			   &hop->via,
			   &hop->age,
			   &hop->cache_control,
			   &hop->date,
			   &hop->retry_after,
			   &hop->certificate_end };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		http_secrets_mask_text(s, texts[i]);
}
