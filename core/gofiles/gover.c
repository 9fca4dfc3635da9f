#include "gofiles/gover.h"

/* Parts as in semver.h; an absent one is empty. All empty: malformed. */
struct gover {
	struct semver_part major, minor, patch;
	struct semver_part kind; /* "alpha", "beta", "rc", any letters */
	struct semver_part pre;
};

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* cutInt: a decimal without leading zeros. */
static bool take_int(struct semver_part *part, const char **s, const char *end)
{
	const char *p = *s;

	while (p < end && is_digit(*p))
		p++;
	if (p == *s || (**s == '0' && p - *s > 1))
		return false;
	*part = (struct semver_part){ *s, (size_t)(p - *s) };
	*s = p;
	return true;
}

static const struct semver_part zero = { "0", 1 };

/* What comes after a number, so that it does not begin with a digit. */
static bool parse_prerelease(struct gover *g, const char *s, const char *end)
{
	const char *p = s;

	for (; p < end && !is_digit(*p); p++)
		if (*p < 'a' || *p > 'z')
			return false;
	g->kind = (struct semver_part){ s, (size_t)(p - s) };
	return p == end || (take_int(&g->pre, &p, end) && p == end);
}

static bool parse(struct gover *g, const char *s, const char *end)
{
	if (!take_int(&g->major, &s, end))
		return false;
	if (s == end) {
		g->minor = g->patch = zero;
		return true;
	}
	if (*s++ != '.' || !take_int(&g->minor, &s, end))
		return false;
	if (s == end) {
		/* since 1.21 a missing patch is not the same as 0 */
		if (semver_compare_decimal(g->minor, (struct semver_part){ "21", 2 }) < 0)
			g->patch = zero;
		return true;
	}
	if (*s == '.') {
		s++;
		return take_int(&g->patch, &s, end) && s == end;
	}
	return parse_prerelease(g, s, end);
}

static bool parse_go(struct gover *g, const char *v, size_t len)
{
	const struct semver_part none = { "", 0 };
	const struct gover malformed = { none, none, none, none, none };

	*g = malformed;
	if (parse(g, v, v + len))
		return true;
	*g = malformed;
	return false;
}

bool gover_valid(const char *v)
{
	struct gover g;

	return parse_go(&g, v, strlen(v));
}

static int compare_kind(struct semver_part x, struct semver_part y)
{
	int c = memcmp(x.s, y.s, MIN(x.len, y.len));

	if (c)
		return c < 0 ? -1 : 1;
	return (x.len > y.len) - (x.len < y.len);
}

int gover_compare_n(const char *v, size_t v_len, const char *w, size_t w_len)
{
	struct gover x, y;
	int c;

	parse_go(&x, v, v_len);
	parse_go(&y, w, w_len);
	c = semver_compare_decimal(x.major, y.major);
	if (!c)
		c = semver_compare_decimal(x.minor, y.minor);
	if (!c)
		c = semver_compare_decimal(x.patch, y.patch);
	if (!c)
		c = compare_kind(x.kind, y.kind);
	return c ? c : semver_compare_decimal(x.pre, y.pre);
}

int gover_compare(const char *v, const char *w)
{
	return v == w ? 0 : gover_compare_n(v, strlen(v), w, strlen(w));
}

static bool is_lang(const char *v, size_t len)
{
	struct gover g;

	return parse_go(&g, v, len) && !g.patch.len && !g.kind.len;
}

bool gover_is_lang(const char *v)
{
	return is_lang(v, strlen(v));
}

static bool is_prerelease(const char *v)
{
	struct gover g;

	return parse_go(&g, v, strlen(v)) && g.kind.len;
}

static inline bool part_is(struct semver_part p, const char *s)
{
	return p.len == strlen(s) && memcmp(p.s, s, p.len) == 0;
}

/* gover.Lang: v itself where nothing needs cutting. */
static const char *lang(struct arena *a, const char *v, size_t len)
{
	struct gover g;

	if (!parse_go(&g, v, len))
		return "";
	if (part_is(g.major, "1") && part_is(g.minor, "0"))
		return arena_strndup(a, g.major.s, g.major.len);
	if (g.minor.s == zero.s) /* "2" is "2.0" */
		return arena_fmt(a, "%.*s.0", (int)g.major.len, g.major.s);
	len = (size_t)(g.minor.s + g.minor.len - v);
	return v[len] ? arena_strndup(a, v, len) : v;
}

/* A decimal over 1, less one. */
static void decrement(struct buf *b, struct semver_part n)
{
	size_t at = b->len, i = n.len - 1;

	buf_add(b, n.s, n.len);
	for (; b->data[at + i] == '0'; i--)
		b->data[at + i] = '9';
	b->data[at + i]--;
	if (i == 0 && b->data[at] == '0') {
		memmove(b->data + at, b->data + at + 1, n.len - 1);
		buf_truncate(b, b->len - 1);
	}
}

const char *gover_prev(struct arena *a, const char *v)
{
	struct buf b = BUF_INIT;
	struct gover g;
	const char *prev;

	if (!parse_go(&g, v, strlen(v)))
		return "";
	buf_add(&b, g.major.s, g.major.len);
	if (semver_compare_decimal(g.minor, (struct semver_part){ "1", 1 }) > 0) {
		buf_addch(&b, '.');
		decrement(&b, g.minor);
	}
	prev = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return prev;
}

struct semver_part gover_from_toolchain(const char *name)
{
	struct semver_part v = { "", 0 };
	const char *s = str_cut_prefix(name, "go");
	struct gover g;
	size_t len;

	if (!s || strpbrk(name, "\\/"))
		return v;
	len = strcspn(s, " \t-");
	if (parse_go(&g, s, len))
		v = (struct semver_part){ s, len };
	return v;
}

static struct semver_part maybe_toolchain(const char *name)
{
	return gover_valid(name) ? (struct semver_part){ name, strlen(name) }
				 : gover_from_toolchain(name);
}

int gover_compare_toolchains(const char *x, const char *y)
{
	struct semver_part v = maybe_toolchain(x), w = maybe_toolchain(y);

	return gover_compare_n(v.s, v.len, w.s, w.len);
}

bool gover_is_toolchain(const char *path)
{
	return (path[0] == 'g' && str_eq(path, "go")) ||
	       (path[0] == 't' && str_eq(path, "toolchain"));
}

int gover_mod_compare(const char *path, const char *v, const char *w)
{
	if (v == w)
		return 0;
	if (path[0] == 't' && str_eq(path, "toolchain"))
		return gover_compare_toolchains(v, w);
	return path[0] == 'g' && str_eq(path, "go") ? gover_compare(v, w) : semver_compare(v, w);
}

int gover_mod_order(const struct modver *x, const struct modver *y)
{
	int c = strcmp(x->path, y->path);

	if (!c)
		c = gover_mod_compare(x->path, x->version, y->version);
	/* equal to go's sort, which is not stable; bytes make the order definite */
	if (!c)
		c = strcmp(x->version, y->version);
	return (c > 0) - (c < 0);
}

static int order_items(const void *x, const void *y)
{
	return gover_mod_order(x, y);
}

void gover_mod_sort(struct modver *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), order_items);
}

bool gover_mod_valid(const char *path, const char *v)
{
	if (!gover_is_toolchain(path))
		return semver_valid(v);
	return path[0] == 't' ? gover_from_toolchain(v).len > 0 : gover_valid(v);
}

static bool is_semver_prefix(const char *v)
{
	unsigned dots = 0;

	for (; *v; v++)
		if (*v == '-' || *v == '+' || (*v == '.' && ++dots >= 2))
			return false;
	return true;
}

bool gover_mod_is_prefix(const char *path, const char *v)
{
	struct semver_part t;

	if (!gover_is_toolchain(path))
		return is_semver_prefix(v);
	if (path[0] == 'g')
		return gover_is_lang(v);
	t = gover_from_toolchain(v);
	return is_lang(t.s, t.len);
}

bool gover_mod_is_prerelease(const char *path, const char *v)
{
	struct semver_part t;
	struct gover g;

	if (!gover_is_toolchain(path))
		return semver_prerelease(v).len > 0;
	if (path[0] == 'g')
		return is_prerelease(v);
	t = gover_from_toolchain(v);
	return parse_go(&g, t.s, t.len) && g.kind.len;
}

const char *gover_mod_major_minor(struct arena *a, const char *path, const char *v)
{
	struct semver_part t;

	if (!gover_is_toolchain(path))
		return semver_major_minor(a, v);
	if (path[0] == 'g')
		return lang(a, v, strlen(v));
	t = gover_from_toolchain(v);
	return arena_fmt(a, "go%s", lang(a, arena_strndup(a, t.s, t.len), t.len));
}

const char *gover_lookup(struct arena *a, const char *data, size_t len, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = data, *end = data + len; p < end;) {
		const char *eol = memchr(p, '\n', (size_t)(end - p)), *comment;

		if (!eol)
			eol = end;
		while (p < eol && strchr(" \t\r\v\f", *p))
			p++;
		if ((size_t)(eol - p) > n && memcmp(p, key, n) == 0 &&
		    (p[n] == ' ' || p[n] == '\t')) {
			p += n;
			comment = memmem(p, (size_t)(eol - p), "//", 2);
			if (comment)
				eol = comment;
			while (p < eol && strchr(" \t\r\v\f", *p))
				p++;
			while (eol > p && strchr(" \t\r\v\f", eol[-1]))
				eol--;
			return arena_strndup(a, p, (size_t)(eol - p));
		}
		p = eol + 1;
	}
	return "";
}
