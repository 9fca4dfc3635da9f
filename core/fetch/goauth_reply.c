#include "fetch/goauth_reply.h"

#include "fetch/gourl.h"

struct lines {
	struct arena *a;
	const char *s, *end;
};

/* strings.Cut at a newline: false at the end of the text. */
static bool next(struct lines *l, const char **line)
{
	const char *nl = memchr(l->s, '\n', (size_t)(l->end - l->s));

	if (!nl)
		return false;
	*line = arena_strndup(l->a, l->s, (size_t)(nl - l->s));
	l->s = nl + 1;
	return true;
}

/* url.ParseRequestURI and String */
static const char *read_url(struct arena *a, const char *line)
{
	struct buf b = BUF_INIT;
	const char *out = NULL;
	struct gourl u;

	if (strchr(line, '#') || !gourl_parse(a, line, &u, NULL) || (!*u.scheme && *line != '/'))
		return NULL;
	gourl_write(&u, &b);
	out = arena_strdup(a, str_has_prefix(b.data, "https://") ? b.data + 8 : b.data);
	buf_release(&b);
	return out;
}

static bool is_token(const char *s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	if (!*s)
		return false;
	for (; *s; s++)
		if (!(*s >= '0' && *s <= '9') && !(*s >= 'A' && *s <= 'Z') &&
		    !(*s >= 'a' && *s <= 'z') && !strchr(marks, *s))
			return false;
	return true;
}

static bool is_value(const char *s)
{
	for (; *s; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 127)
			return false;
	return true;
}

/* textproto.CanonicalMIMEHeaderKey */
static const char *canonical(char *name)
{
	bool first = true;

	for (char *p = name; *p; p++) {
		if (first && *p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
		else if (!first && *p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
		first = *p == '-';
	}
	return name;
}

static bool read_header(struct arena *a, const char *line, struct goauth_reply_header *h)
{
	const char *colon = strstr(line, ": ");
	const char *value = colon ? colon + 2 : "";
	size_t n;

	if (!colon)
		return false;
	value += strspn(value, " \t\v\f\r");
	n = strlen(value);
	while (n && strchr(" \t\v\f\r", value[n - 1]))
		n--;
	h->value = arena_strndup(a, value, n);
	h->name = arena_strndup(a, line, (size_t)(colon - line));
	if (!is_token(h->name) || !is_value(h->value))
		return false;
	h->name = canonical(arena_strdup(a, h->name));
	return true;
}

static bool read_block(struct lines *l, struct goauth_reply_list *out)
{
	ARENA_VEC(struct goauth_reply_header) headers = { 0 };
	struct goauth_reply_header h;
	size_t from = out->n;
	const char *line;

	for (;;) {
		struct goauth_reply r = { 0 };

		if (!next(l, &line))
			return false;
		if (!*line)
			break;
		r.prefix = read_url(l->a, line);
		if (!r.prefix)
			return false;
		arena_vec_push(l->a, out, r);
	}
	for (;;) {
		if (!next(l, &line))
			return false;
		if (!*line)
			break;
		if (!read_header(l->a, line, &h))
			return false;
		arena_vec_push(l->a, &headers, h);
	}
	for (; from < out->n; from++) {
		out->items[from].headers = headers.items;
		out->items[from].n = headers.n;
	}
	return true;
}

bool goauth_reply_parse(struct goauth_reply_list *out, struct arena *a, const char *text,
			size_t len)
{
	struct lines l = { a, text, text + len };

	*out = (struct goauth_reply_list){ 0 };
	if (memchr(text, 0, len))
		return false;
	while (l.s < l.end)
		if (!read_block(&l, out))
			return false;
	return true;
}
