#include "gofiles/semver.h"

static const struct semver_part zero = { "0", 1 };

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool is_ident(char c)
{
	return is_digit(c) || (unsigned char)((c | 0x20) - 'a') < 26 || c == '-';
}

/* Takes a decimal without leading zeros from *s. */
static inline bool take_int(struct semver_part *part, const char **s, const char *end)
{
	const char *p = *s;

	if (p == end || !is_digit(*p))
		return false;
	while (p < end && is_digit(*p))
		p++;
	part->s = *s;
	part->len = (size_t)(p - *s);
	*s = p;
	return part->s[0] != '0' || part->len == 1;
}

/* Takes dot separated identifiers up to `stop` or the end; *s is at the sign before the first. */
static bool take_idents(struct semver_part *part, const char **s, const char *end, char stop)
{
	const char *p = *s + 1, *start = p;
	bool number = true;

	for (;; p++) {
		if (p == end || *p == stop || *p == '.') {
			if (p == start || (stop && number && p - start > 1 && *start == '0'))
				return false;
			if (p == end || *p != '.')
				break;
			start = p + 1;
			number = true;
		} else if (!is_digit(*p)) {
			if (!is_ident(*p))
				return false;
			number = false;
		}
	}
	part->s = *s;
	part->len = (size_t)(p - *s);
	*s = p;
	return true;
}

bool semver_parse(struct semver *p, const char *v, size_t len)
{
	const char *s = v + 1, *end = v + len;

	p->fill = "";
	p->prerelease = p->build = (struct semver_part){ "", 0 };
	if (len == 0 || v[0] != 'v' || !take_int(&p->major, &s, end))
		return false;
	if (s == end) {
		p->minor = p->patch = zero;
		p->fill = ".0.0";
		return true;
	}
	if (*s++ != '.' || !take_int(&p->minor, &s, end))
		return false;
	if (s == end) {
		p->patch = zero;
		p->fill = ".0";
		return true;
	}
	if (*s++ != '.' || !take_int(&p->patch, &s, end))
		return false;
	if (s < end && *s == '-' && !take_idents(&p->prerelease, &s, end, '+'))
		return false;
	if (s < end && *s == '+' && !take_idents(&p->build, &s, end, 0))
		return false;
	return s == end;
}

bool semver_valid_n(const char *v, size_t len)
{
	struct semver p;

	return semver_parse(&p, v, len);
}

bool semver_valid(const char *v)
{
	return semver_valid_n(v, strlen(v));
}

static inline int compare_part(struct semver_part x, struct semver_part y)
{
	int c = memcmp(x.s, y.s, MIN(x.len, y.len));

	if (c)
		return c < 0 ? -1 : 1;
	return x.len == y.len ? 0 : x.len < y.len ? -1 : 1;
}

int semver_compare_decimal(struct semver_part x, struct semver_part y)
{
	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	return compare_part(x, y);
}

/* The identifier after the sign at *s; *number if it has only digits. */
static struct semver_part next_ident(struct semver_part *s, bool *number)
{
	const char *p = s->s + 1, *end = s->s + s->len;
	struct semver_part ident = { p, 0 };

	*number = true;
	for (; p < end && *p != '.'; p++)
		*number = *number && is_digit(*p);
	ident.len = (size_t)(p - ident.s);
	s->s = p;
	s->len = (size_t)(end - p);
	return ident;
}

static int compare_prerelease(struct semver_part x, struct semver_part y)
{
	if (x.len == y.len && memcmp(x.s, y.s, x.len) == 0)
		return 0;
	if (x.len == 0)
		return 1;
	if (y.len == 0)
		return -1;
	while (x.len && y.len) {
		bool x_number, y_number;
		struct semver_part xi = next_ident(&x, &x_number);
		struct semver_part yi = next_ident(&y, &y_number);

		if (xi.len == yi.len && memcmp(xi.s, yi.s, xi.len) == 0)
			continue;
		if (x_number != y_number)
			return x_number ? -1 : 1;
		return x_number ? semver_compare_decimal(xi, yi) : compare_part(xi, yi);
	}
	return x.len == 0 ? -1 : 1;
}

int semver_compare_n(const char *v, size_t v_len, const char *w, size_t w_len)
{
	struct semver p, q;
	bool p_ok, q_ok;
	int c;

	if (v_len == w_len && memcmp(v, w, v_len) == 0)
		return 0;
	p_ok = semver_parse(&p, v, v_len);
	q_ok = semver_parse(&q, w, w_len);
	if (!p_ok || !q_ok)
		return (int)p_ok - (int)q_ok;
	c = semver_compare_decimal(p.major, q.major);
	if (!c)
		c = semver_compare_decimal(p.minor, q.minor);
	if (!c)
		c = semver_compare_decimal(p.patch, q.patch);
	return c ? c : compare_prerelease(p.prerelease, q.prerelease);
}

int semver_compare(const char *v, const char *w)
{
	return v == w ? 0 : semver_compare_n(v, strlen(v), w, strlen(w));
}

int semver_order(const char *v, const char *w)
{
	int c = semver_compare(v, w);

	if (c)
		return c;
	c = strcmp(v, w);
	return (c > 0) - (c < 0);
}

static int order_items(const void *x, const void *y)
{
	return semver_order(*(const char *const *)x, *(const char *const *)y);
}

void semver_sort(const char **list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), order_items);
}

const char *semver_canonical(struct arena *a, const char *v)
{
	size_t len = strlen(v), fill;
	struct semver p;
	char *c;

	if (!semver_parse(&p, v, len))
		return "";
	if (p.build.len)
		return arena_strndup(a, v, len - p.build.len);
	if (!*p.fill)
		return v;
	fill = strlen(p.fill);
	c = arena_alloc(a, len + fill + 1);
	memcpy(c, v, len);
	memcpy(c + len, p.fill, fill + 1);
	return c;
}

size_t semver_major(const char *v)
{
	struct semver p;

	return semver_parse(&p, v, strlen(v)) ? 1 + p.major.len : 0;
}

const char *semver_major_minor(struct arena *a, const char *v)
{
	size_t len = strlen(v);
	struct semver p;

	if (!semver_parse(&p, v, len))
		return "";
	if (p.fill[0] && !p.fill[2])
		return v;
	if (p.fill[0])
		return arena_fmt(a, "%s.0", v);
	return arena_strndup(a, v, 2 + p.major.len + p.minor.len);
}

struct semver_part semver_prerelease(const char *v)
{
	struct semver p;

	return semver_parse(&p, v, strlen(v)) ? p.prerelease : (struct semver_part){ "", 0 };
}

struct semver_part semver_build(const char *v)
{
	struct semver p;

	return semver_parse(&p, v, strlen(v)) ? p.build : (struct semver_part){ "", 0 };
}

bool semver_is_incompatible(const char *v)
{
	struct semver_part b = semver_build(v);

	return b.len == 13 && memcmp(b.s, "+incompatible", 13) == 0;
}
