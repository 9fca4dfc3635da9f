#include "fetch/direct_meta.h"

#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

#define MAX_TAGS 1000u

struct reader {
	const char *s, *end, *start;
	struct arena *a;
	bool broken;
};

struct attr {
	const char *name, *value;
};
struct tag {
	const char *name;
	bool closing;
	ARENA_VEC(struct attr) attrs;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct reader *r)
{
	while (r->s < r->end && is_space(*r->s))
		r->s++;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

/* The name without its namespace prefix. */
static const char *read_name(struct reader *r)
{
	const char *start = r->s, *colon;

	while (r->s < r->end && is_name(*r->s))
		r->s++;
	colon = memchr(start, ':', (size_t)(r->s - start));
	if (colon && colon > start && colon + 1 < r->s)
		start = colon + 1;
	return arena_strndup(r->a, start, (size_t)(r->s - start));
}

static bool skip_past(struct reader *r, const char *mark)
{
	const char *at = memmem(r->s, (size_t)(r->end - r->s), mark, strlen(mark));

	if (!at)
		r->broken = true;
	r->s = at ? at + strlen(mark) : r->end;
	return at != NULL;
}

/* Decodes &amp; and the like, &#39;, &#x27;; leaves anything else. */
static const char *unescape(struct arena *a, const char *s, size_t len)
{
	static const struct {
		const char *name, *text;
	} known[] = { { "&lt;", "<" },
		      { "&gt;", ">" },
		      { "&amp;", "&" },
		      { "&apos;", "'" },
		      { "&quot;", "\"" } };
	struct buf b = BUF_INIT;
	const char *out;

	for (size_t i = 0, step; i < len; i += step) {
		char *end = NULL;
		unsigned long rune = 0;

		step = 1;
		if (len - i > 3 && s[i] == '&' && s[i + 1] == '#')
			rune = s[i + 2] == 'x' ? strtoul(s + i + 3, &end, 16)
					       : strtoul(s + i + 2, &end, 10);
		if (rune && rune <= 0x10ffff && end < s + len && *end == ';') {
			text_add_rune(&b, (uint32_t)rune);
			step = (size_t)(end - s) + 1 - i;
			continue;
		}
		for (size_t k = 0; step == 1 && k < ARRAY_LEN(known); k++)
			if (len - i >= strlen(known[k].name) &&
			    memcmp(s + i, known[k].name, strlen(known[k].name)) == 0) {
				step = strlen(known[k].name);
				buf_addstr(&b, known[k].text);
			}
		if (step == 1)
			buf_addch(&b, s[i]);
	}
	out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}

static const char *read_value(struct reader *r)
{
	const char *start, *end;

	if (r->s < r->end && (*r->s == '"' || *r->s == '\'')) {
		start = r->s + 1;
		end = memchr(start, *r->s, (size_t)(r->end - start));
		if (!end) {
			r->broken = true;
			r->s = r->end;
			return "";
		}
		r->s = end + 1;
		return unescape(r->a, start, (size_t)(end - start));
	}
	start = r->s;
	while (r->s < r->end && (is_name(*r->s) || *r->s == '/'))
		r->s++;
	if (r->s == start)
		r->broken = true;
	return arena_strndup(r->a, start, (size_t)(r->s - start));
}

static void read_attrs(struct reader *r, struct tag *t)
{
	while (!r->broken) {
		struct attr attr;

		skip_space(r);
		if (r->s >= r->end)
			r->broken = true;
		if (r->s >= r->end || *r->s == '>')
			break;
		if (*r->s == '/') {
			r->s++;
			continue;
		}
		attr.name = read_name(r);
		if (!*attr.name) {
			r->broken = true;
			break;
		}
		attr.value = attr.name; /* not strict: <input checked> */
		skip_space(r);
		if (r->s < r->end && *r->s == '=') {
			r->s++;
			skip_space(r);
			attr.value = read_value(r);
		}
		arena_vec_push(r->a, &t->attrs, attr);
	}
	if (r->s < r->end)
		r->s++;
}

/* The next start or end tag. */
static bool next_tag(struct reader *r, struct tag *t)
{
	while (!r->broken && r->s < r->end) {
		const char *open = memchr(r->s, '<', (size_t)(r->end - r->s));

		if (!open)
			return false;
		r->s = open + 1;
		if (r->end - r->s >= 3 && memcmp(r->s, "!--", 3) == 0) {
			r->s += 3;
			skip_past(r, "-->");
		} else if (r->end - r->s >= 8 && memcmp(r->s, "![CDATA[", 8) == 0) {
			skip_past(r, "]]>");
		} else if (r->s < r->end && *r->s == '?') {
			skip_past(r, "?>");
		} else if (r->s < r->end && *r->s == '!') {
			skip_past(r, ">");
		} else {
			*t = (struct tag){ .closing = r->s < r->end && *r->s == '/' };
			r->s += t->closing;
			t->name = read_name(r);
			r->broken = !*t->name;
			read_attrs(r, t);
			return !r->broken;
		}
	}
	return false;
}

static const char *value_of(const struct tag *t, const char *name)
{
	for (size_t i = 0; i < t->attrs.n; i++)
		if (strcasecmp(t->attrs.items[i].name, name) == 0)
			return t->attrs.items[i].value;
	return "";
}

static void take(struct direct_metas *all, struct arena *a, const struct tag *t)
{
	const char *content = value_of(t, "content");
	struct text_field f[5];
	size_t n;

	if (t->closing || strcasecmp(t->name, "meta") != 0 ||
	    !str_eq(value_of(t, "name"), "go-import"))
		return;
	n = text_fields(content, strlen(content), f, 5);
	if (n != 3 && n != 4)
		return;
	arena_vec_push(a, all,
		       (struct direct_meta){ arena_strndup(a, f[0].s, f[0].len),
					     arena_strndup(a, f[1].s, f[1].len),
					     arena_strndup(a, f[2].s, f[2].len),
					     n == 4 ? arena_strndup(a, f[3].s, f[3].len) : "" });
}

static bool superseded(const struct direct_metas *all, const struct direct_meta *m)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->items[i].vcs, "mod") && str_eq(all->items[i].prefix, m->prefix))
			return true;
	return false;
}

bool direct_meta_parse(struct direct_metas *out, struct arena *a, const char *html, size_t len,
		       struct err *e)
{
	struct reader r = { .s = html, .start = html, .end = html + len, .a = a };
	struct direct_metas all = { 0 };
	struct tag t;
	int line = 1;

	while (all.n < MAX_TAGS && next_tag(&r, &t)) {
		if (strcasecmp(t.name, t.closing ? "head" : "body") == 0)
			break;
		take(&all, a, &t);
	}
	if (r.broken && !all.n) {
		for (const char *s = html; s < r.s; s++)
			line += *s == '\n';
		return err_set(e, ERR_SYNTAX, "XML syntax error on line %d", line);
	}
	*out = (struct direct_metas){ 0 };
	for (size_t i = 0; i < all.n; i++)
		if (str_eq(all.items[i].vcs, "mod"))
			arena_vec_push(a, out, all.items[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!str_eq(all.items[i].vcs, "mod") && !superseded(&all, &all.items[i]))
			arena_vec_push(a, out, all.items[i]);
	return true;
}
