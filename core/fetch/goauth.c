#include "fetch/goauth.h"

#include "base/base64.h"
#include "base/text.h"
#include "fetch/goauth_reply.h"
#include "fetch/goauth_run.h"
#include "fetch/http_secret.h"
#include "gofiles/goenv.h"

#define MAX_LOGIN 4096

void goauth_init(struct goauth *g, const struct goenv *env)
{
	*g = (struct goauth){ .env = env };
	pthread_mutex_init(&g->beginning, NULL);
	pthread_mutex_init(&g->mutex, NULL);
}

void goauth_release(struct goauth *g)
{
	map_release(&g->found);
	map_release(&g->asked);
	arena_release(&g->arena);
	pthread_mutex_destroy(&g->beginning);
	pthread_mutex_destroy(&g->mutex);
}

/* storeCredential; strings are copied. c NULL takes back. */
static void store(struct goauth *g, const char *prefix, const struct goauth_credential *c)
{
	const char *bare = str_has_prefix(prefix, "https://") ? prefix + 8 : prefix;
	size_t n = strlen(bare);

	n -= n && bare[n - 1] == '/';
	map_put(&g->found, arena_strndup(&g->arena, bare, n),
		c ? arena_memdup(&g->arena, c, sizeof(*c)) : NULL);
}

static void store_login(struct goauth *g, const char *prefix, const char *user,
			const char *password)
{
	struct goauth_credential c = { .user = arena_strdup(&g->arena, user),
				       .password = arena_strdup(&g->arena, password) };

	store(g, prefix, &c);
}

/* A server may send back what it was sent, or what that stands for. */
static void keep_secret(const char *value)
{
	const char *space = strchr(value, ' '), *last = space ? space + 1 : value;
	unsigned char plain[MAX_LOGIN];
	char *password;
	size_t n;

	http_secrets_add_login(http_secrets_sent(), value, NULL);
	http_secrets_add_login(http_secrets_sent(), last, NULL);
	if (!base64_decode(last, strlen(last), plain, sizeof(plain) - 1, &n))
		return;
	plain[n] = 0;
	password = strchr((char *)plain, ':');
	if (!password)
		return;
	*password++ = 0;
	http_secrets_add_login(http_secrets_sent(), (char *)plain, password);
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (str_eq(name, *names))
			return true;
	return false;
}

/* What net/http sends of a header that was set by hand, and keeps on a redirect to another domain. */
static void store_headers(struct goauth *g, const struct goauth_reply *r)
{
	static const char *const own[] = { "Host", "Content-Length", "Transfer-Encoding", "Trailer",
					   NULL };
	static const char *const guarded[] = {
		"Authorization",       "Www-Authenticate",   "Cookie", "Cookie2",
		"Proxy-Authorization", "Proxy-Authenticate", NULL
	};
	ARENA_VEC(const char *) lines = { 0 }, elsewhere = { 0 };
	struct goauth_credential c = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		const struct goauth_reply_header *h = &r->headers[i];
		const char *line = *h->value ? arena_fmt(&g->arena, "%s: %s", h->name, h->value)
					     : arena_fmt(&g->arena, "%s;", h->name);

		keep_secret(h->value);
		if (is_one_of(h->name, own))
			continue;
		c.authorizes |= str_eq(h->name, "Authorization") && *h->value;
		arena_vec_push(&g->arena, &lines, line);
		if (!is_one_of(h->name, guarded))
			arena_vec_push(&g->arena, &elsewhere, line);
	}
	arena_vec_push(&g->arena, &lines, NULL);
	arena_vec_push(&g->arena, &elsewhere, NULL);
	c.lines = lines.items;
	c.elsewhere = elsewhere.items;
	store(g, r->prefix, r->n ? &c : NULL);
}

/* One question to all commands. */
struct question {
	struct goauth *g;
	struct arena *a;
	const char *url, *head; /* "" before the first request */
	const struct cancel *cancel;
	bool found;
};

/* Of two entries for a machine the first one counts. */
static void ask_netrc(struct question *q)
{
	struct netrc rc = NETRC_INIT;

	netrc_load(&rc, q->g->env);
	pthread_mutex_lock(&q->g->mutex);
	for (size_t i = rc.n; i-- > 0;)
		store_login(q->g, rc.entries[i].machine, rc.entries[i].login,
			    rc.entries[i].password);
	pthread_mutex_unlock(&q->g->mutex);
	netrc_release(&rc);
}

struct answer {
	const char *protocol, *host, *path, *user, *password, *url;
};

static void take_line(struct answer *x, char *line)
{
	const struct {
		const char *key;
		const char **value;
	} keys[] = { { "protocol", &x->protocol }, { "host", &x->host },
		     { "path", &x->path },	   { "username", &x->user },
		     { "password", &x->password }, { "url", &x->url } };
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(line, keys[i].key))
			*keys[i].value = value;
}

/* parseGitAuth: the URL prefix that the login is for. */
static const char *read_answer(struct arena *a, struct answer *x, const struct buf *out)
{
	char *save = NULL, *text = arena_strndup(a, out->data, out->len);

	*x = (struct answer){ "", "", "", "", "", "" };
	for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save))
		take_line(x, line);
	if (*x->url)
		return x->url;
	if (!*x->protocol || !*x->host)
		return "";
	return arena_fmt(a, "%s://%s%s%s", x->protocol, x->host,
			 *x->path && *x->path != '/' ? "/" : "", x->path);
}

static void ask_git(struct question *q, const char *dir)
{
	char *argv[] = { arena_strdup(q->a, "git"),  arena_strdup(q->a, "-C"),
			 arena_strdup(q->a, dir),    arena_strdup(q->a, "credential"),
			 arena_strdup(q->a, "fill"), NULL };
	struct buf out = BUF_INIT;
	const char *prefix = "";
	struct answer x;

	if (goauth_run(argv, arena_fmt(q->a, "url=%s\n", q->url), &out, q->cancel))
		prefix = read_answer(q->a, &x, &out);
	if (*prefix && str_has_prefix(q->url, prefix)) {
		pthread_mutex_lock(&q->g->mutex);
		store_login(q->g, prefix, x.user, x.password);
		pthread_mutex_unlock(&q->g->mutex);
		q->found = true;
	}
	buf_release(&out);
}

static void ask_command(struct question *q, const char *command, size_t len)
{
	char **argv = goauth_run_split(q->a, command, len, q->url);
	struct goauth_reply_list replies;
	struct buf out = BUF_INIT;

	if (argv && goauth_run(argv, q->head, &out, q->cancel) &&
	    goauth_reply_parse(&replies, q->a, out.data, out.len)) {
		pthread_mutex_lock(&q->g->mutex);
		for (size_t i = 0; i < replies.n; i++)
			store_headers(q->g, &replies.items[i]);
		pthread_mutex_unlock(&q->g->mutex);
		q->found |= replies.n > 0;
	}
	buf_release(&out);
}

static bool is_word(const struct text_field *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->s, text, w->len) == 0;
}

static void ask_one(struct question *q, const char *s, size_t len)
{
	struct text_field words[3];
	size_t n = text_fields(s, len, words, ARRAY_LEN(words));

	if (!n || is_word(&words[0], "off"))
		return;
	if (is_word(&words[0], "netrc"))
		ask_netrc(q);
	else if (!is_word(&words[0], "git")) {
		if (goenv_runs_auth(q->g->env))
			ask_command(q, s, len);
	} else if (n == 2 && *q->url) {
		ask_git(q, arena_strndup(q->a, words[1].s, words[1].len));
	}
}

/* The last one first: what stands before it then takes its place. */
static bool ask_each(struct goauth *g, const char *url, const char *head,
		     const struct cancel *cancel)
{
	const char *v = goenv_get(g->env, "GOAUTH"), *end = v + strlen(v);
	struct arena a = ARENA_INIT;
	struct question q = { g, &a, url, head, cancel, false };

	for (;;) {
		const char *semicolon = memrchr(v, ';', (size_t)(end - v));
		const char *s = semicolon ? semicolon + 1 : v;

		ask_one(&q, s, (size_t)(end - s));
		if (!semicolon)
			break;
		end = semicolon;
	}
	arena_release(&a);
	return q.found;
}

void goauth_begin(struct goauth *g, const struct cancel *cancel)
{
	pthread_mutex_lock(&g->beginning);
	if (!g->begun && goenv_check_auth(g->env, NULL))
		ask_each(g, "", "", cancel);
	g->begun = true;
	pthread_mutex_unlock(&g->beginning);
}

static bool has_others(const struct goauth *g)
{
	const char *v = goenv_get(g->env, "GOAUTH");

	return strstr(v, "git") || (goenv_auth_runs(v) && goenv_runs_auth(g->env));
}

bool goauth_ask(struct goauth *g, const char *url, const char *head, const struct cancel *cancel)
{
	bool known;

	if (!str_has_prefix(url, "https://") || !has_others(g) || !goenv_check_auth(g->env, NULL))
		return false;
	pthread_mutex_lock(&g->mutex);
	known = map_has(&g->asked, url);
	if (!known)
		map_put(&g->asked, arena_strdup(&g->arena, url), g);
	pthread_mutex_unlock(&g->mutex);
	return !known && ask_each(g, url, head, cancel) && goauth_find(g, url);
}

const struct goauth_credential *goauth_find(struct goauth *g, const char *url)
{
	const char *rest = str_cut_prefix(url, "https://");
	const struct goauth_credential *c = NULL;
	char *prefix, *slash;
	size_t n;

	if (!rest)
		return NULL;
	prefix = xstrdup(rest);
	n = strlen(prefix);
	if (n && prefix[n - 1] == '/')
		prefix[n - 1] = 0;
	pthread_mutex_lock(&g->mutex);
	while (!(c = map_get(&g->found, prefix)) && (slash = strrchr(prefix, '/')))
		*slash = 0;
	pthread_mutex_unlock(&g->mutex);
	free(prefix);
	return c;
}
