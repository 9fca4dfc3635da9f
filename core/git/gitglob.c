#include "git/gitglob_impl.h"

#include <ctype.h>

#define MAX_STEPS 200000u /* steps; git has no bound, real patterns need hundreds */

struct matcher {
	const char *pattern;
	bool path;
	unsigned steps;
};

/* False if there is no such class: the pattern then matches nothing. */
static bool match_class(const char *name, size_t len, unsigned char c, bool *in)
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
		{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
		{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
	};

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0) {
			*in |= c < 0x80 && classes[i].is(c);
			return true;
		}
	return false;
}

/* One member of a set at p: a class, a character or a range. Returns what follows it, NULL if it is malformed. */
static const char *match_member(const char *p, unsigned char c, bool *in)
{
	unsigned char low, high;

	if (p[0] == '[' && p[1] == ':') {
		const char *end = p + 2 + strcspn(p + 2, "]");

		if (!*end)
			return NULL;
		if (end > p + 2 && end[-1] == ':')
			return match_class(p + 2, (size_t)(end - p) - 3, c, in) ? end + 1 : NULL;
		*in |= c == '['; /* not a class after all */
		return p + 1;
	}
	if (*p == '\\' && !*++p)
		return NULL;
	low = high = (unsigned char)*p++;
	if (p[0] == '-' && p[1] && p[1] != ']') {
		p++;
		if (*p == '\\' && !*++p)
			return NULL;
		high = (unsigned char)*p++;
	}
	*in |= c == low || (low <= c && c <= high); /* in [c-a] too */
	return p;
}

/* A set at p, after its "[". Returns what follows it, NULL if c is not in it. */
static const char *match_set(const char *p, unsigned char c)
{
	bool negated = *p == '!' || *p == '^', in = false;

	p += negated;
	do {
		if (!*p)
			return NULL;
		p = match_member(p, c, &in);
	} while (p && *p != ']');
	return p && in != negated ? p + 1 : NULL;
}

static bool match(struct matcher *m, const char *p, const char *t);

static bool match_star(struct matcher *m, const char *p, const char *t)
{
	const char *first = p;
	bool wide = !m->path;

	while (*p == '*')
		p++;
	if (m->path && p - first > 1 && (first == m->pattern || first[-1] == '/') &&
	    (!*p || *p == '/' || (p[0] == '\\' && p[1] == '/'))) {
		wide = true;
		if (*p == '/' && match(m, p + 1, t))
			return true;
	}
	for (;; t++) {
		if (match(m, p, t))
			return true;
		if (!*t || (!wide && *t == '/'))
			return false;
	}
}

static bool match(struct matcher *m, const char *p, const char *t)
{
	for (; *p; t++) {
		if (++m->steps > MAX_STEPS)
			return false;
		if (*p == '*')
			return match_star(m, p, t);
		if (!*t)
			return false;
		if (*p == '?' || *p == '[') {
			if (m->path && *t == '/')
				return false;
			p = *p == '?' ? p + 1 : match_set(p + 1, (unsigned char)*t);
			if (!p)
				return false;
			continue;
		}
		if (*p == '\\')
			p++;
		if (*p++ != *t)
			return false;
	}
	return !*t;
}

bool gitglob_match(const char *pattern, const char *text, bool path)
{
	struct matcher m = { pattern, path, 0 };

	return match(&m, pattern, text);
}
