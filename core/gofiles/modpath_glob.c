/* path.Match and the pattern lists of GOPRIVATE and the like. */
#include "base/text.h"
#include "gofiles/modpath.h"

struct span {
	const char *s;
	size_t len;
};

static struct span skip(struct span s, size_t n)
{
	return (struct span){ s.s + n, s.len - n };
}

/* getEsc: one character of a class; false for a malformed pattern. */
static bool class_char(struct span *chunk, uint32_t *r)
{
	size_t n;

	if (!chunk->len || chunk->s[0] == '-' || chunk->s[0] == ']')
		return false;
	if (chunk->s[0] == '\\') {
		*chunk = skip(*chunk, 1);
		if (!chunk->len)
			return false;
	}
	n = text_rune(chunk->s, chunk->len, r);
	if (n == 1 && *r == 0xFFFD)
		return false;
	*chunk = skip(*chunk, n);
	return chunk->len > 0;
}

/* The class after its "["; *match says whether r is in it. */
static bool match_class(struct span *chunk, uint32_t r, bool *match)
{
	bool negated = chunk->len && chunk->s[0] == '^', found = false;

	if (negated)
		*chunk = skip(*chunk, 1);
	for (unsigned n = 0; !(n > 0 && chunk->s[0] == ']'); n = 1) {
		uint32_t lo, hi;

		if (!class_char(chunk, &lo))
			return false;
		hi = lo;
		if (chunk->s[0] == '-') {
			*chunk = skip(*chunk, 1);
			if (!class_char(chunk, &hi))
				return false;
		}
		found = found || (lo <= r && r <= hi);
	}
	*chunk = skip(*chunk, 1);
	*match = found != negated;
	return true;
}

/* matchChunk: false if the chunk does not match, or (*malformed) is malformed. */
static bool match_chunk(struct span chunk, struct span s, struct span *rest, bool *malformed)
{
	bool failed = false;

	while (chunk.len) {
		uint32_t r = 0;
		bool match;
		char c = chunk.s[0];

		failed = failed || s.len == 0;
		chunk = skip(chunk, 1);
		if (c == '[') {
			if (!failed)
				s = skip(s, text_rune(s.s, s.len, &r));
			if (!match_class(&chunk, r, &match))
				return *malformed = true, false;
			failed = failed || !match;
		} else if (c == '?') {
			if (!failed) {
				failed = s.s[0] == '/';
				s = skip(s, text_rune(s.s, s.len, &r));
			}
		} else {
			if (c == '\\') {
				if (!chunk.len)
					return *malformed = true, false;
				c = chunk.s[0];
				chunk = skip(chunk, 1);
			}
			if (!failed) {
				failed = c != s.s[0];
				s = skip(s, 1);
			}
		}
	}
	*rest = s;
	return !failed;
}

/* scanChunk: takes stars and the piece up to the next star from the pattern. */
static struct span next_chunk(struct span *pattern, bool *star)
{
	struct span chunk;
	bool in_class = false;
	size_t i;

	*star = false;
	while (pattern->len && pattern->s[0] == '*') {
		*pattern = skip(*pattern, 1);
		*star = true;
	}
	for (i = 0; i < pattern->len; i++) {
		char c = pattern->s[i];

		if (c == '\\' && i + 1 < pattern->len)
			i++;
		else if (c == '[')
			in_class = true;
		else if (c == ']')
			in_class = false;
		else if (c == '*' && !in_class)
			break;
	}
	chunk = (struct span){ pattern->s, i };
	*pattern = skip(*pattern, i);
	return chunk;
}

/* Finds the chunk behind a star, which does not go over a slash. */
static bool match_behind_star(struct span chunk, struct span *name, bool last)
{
	bool malformed = false;
	struct span rest;

	for (size_t i = 0; i < name->len && name->s[i] != '/'; i++) {
		if (match_chunk(chunk, skip(*name, i + 1), &rest, &malformed)) {
			if (last && rest.len)
				continue;
			*name = rest;
			return true;
		}
		if (malformed)
			return false;
	}
	return false;
}

/* path.Match; a malformed pattern matches nothing. */
static bool match(const char *pattern, size_t pattern_len, const char *name, size_t name_len)
{
	struct span p = { pattern, pattern_len }, n = { name, name_len };

	while (p.len) {
		bool star, malformed = false;
		struct span chunk = next_chunk(&p, &star), rest;

		if (star && !chunk.len)
			return !memchr(n.s, '/', n.len);
		if (match_chunk(chunk, n, &rest, &malformed) && (!rest.len || p.len)) {
			n = rest;
			continue;
		}
		if (malformed || !star || !match_behind_star(chunk, &n, !p.len))
			return false;
	}
	return n.len == 0;
}

/* A glob with N slashes is matched against the first N+1 elements of target. */
static bool match_prefix(const char *glob, size_t len, const char *target)
{
	size_t slashes = 0, i;

	for (i = 0; i < len; i++)
		slashes += glob[i] == '/';
	for (i = 0; target[i]; i++)
		if (target[i] == '/' && slashes-- == 0)
			return match(glob, len, target, i);
	return slashes == 0 && match(glob, len, target, i);
}

bool modpath_match_glob(const char *glob, const char *name)
{
	return match(glob, strlen(glob), name, strlen(name));
}

bool modpath_match_globs(const char *globs, const char *target)
{
	while (*globs) {
		size_t len = strcspn(globs, ","), n = len;

		if (n && globs[n - 1] == '/')
			n--;
		if (n && match_prefix(globs, n, target))
			return true;
		globs += len + (globs[len] == ',');
	}
	return false;
}
