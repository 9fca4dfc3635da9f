/* The versions that go and toolchain lines may name. */
#include "gofiles/gomod.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal without leading zeros (and not 0 if `positive`); the bytes it takes, 0 if there is none. */
static size_t number_len(const char *s, size_t len, bool positive)
{
	size_t n = 0;

	while (n < len && is_digit(s[n]))
		n++;
	if (n && s[0] == '0' && (positive || n > 1))
		return 0;
	return n;
}

bool gomod_go_version_ok(const char *v, size_t len)
{
	const char *s = v, *end = v + len;
	size_t n = number_len(s, len, true);

	if (!n || s + n == end || s[n] != '.')
		return false;
	s += n + 1;
	n = number_len(s, (size_t)(end - s), false);
	if (!n)
		return false;
	s += n;
	if (s < end && *s == '.') {
		s++;
		n = number_len(s, (size_t)(end - s), false);
		if (!n)
			return false;
		s += n;
	}
	if (s == end)
		return true;
	for (n = 0; s < end && *s >= 'a' && *s <= 'z'; s++)
		n++;
	if (!n || s == end)
		return false;
	while (s < end && is_digit(*s))
		s++;
	return s == end;
}

const char *gomod_lax_go_version(struct arena *a, const char *v)
{
	const char *s = v + (v[0] == 'v'), *end = v + strlen(v), *minor;
	size_t n = number_len(s, (size_t)(end - s), true), m;

	if (!n || s[n] != '.')
		return NULL;
	minor = s + n + 1;
	m = number_len(minor, (size_t)(end - minor), false);
	/* "1.01x": the minor number is 0, but a digit follows */
	if (!m || !minor[m])
		return NULL;
	return arena_strndup(a, s, n + 1 + m);
}

bool gomod_toolchain_ok(const char *name)
{
	const char *rest = str_cut_prefix(name, "go1");

	return str_eq(name, "default") || (rest && (!*rest || *rest == '.'));
}
