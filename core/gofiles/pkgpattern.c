#include "gofiles/pkgpattern.h"

#include "base/buf.h"

/* Path elements named vendor (but the last) become this, which no wildcard matches. */
#define VENDOR_CHAR '\1'

static char *hide_vendor(const char *s)
{
	struct buf b = BUF_INIT;

	for (;;) {
		size_t n = strcspn(s, "/");

		if (s[n] && n == 6 && memcmp(s, "vendor", 6) == 0)
			buf_addch(&b, VENDOR_CHAR);
		else
			buf_add(&b, s, n);
		if (!s[n])
			return buf_detach(&b);
		buf_addch(&b, '/');
		s += n + 1;
	}
}

/* "..." matches any string without VENDOR_CHAR. One row of reachable positions, moved along the pattern. */
static bool glob(const char *pattern, const char *name)
{
	size_t len = strlen(name);
	bool *row = xcalloc(len + 2, sizeof(*row)), matched;

	row[0] = true;
	while (*pattern) {
		if (str_has_prefix(pattern, "...")) {
			for (size_t i = 0; i < len; i++)
				if (row[i] && name[i] != VENDOR_CHAR)
					row[i + 1] = true;
			pattern += 3;
			continue;
		}
		for (size_t i = len + 1; i-- > 0;)
			row[i] = i > 0 && row[i - 1] && name[i - 1] == *pattern;
		pattern++;
	}
	matched = row[len];
	free(row);
	return matched;
}

static bool glob_variant(const char *pattern, size_t cut, const char *tail, const char *name)
{
	char *variant = xasprintf("%.*s%s", (int)(strlen(pattern) - cut), pattern, tail);
	bool ok = glob(variant, name);

	free(variant);
	return ok;
}

bool pkgpattern_match(const char *pattern, const char *name)
{
	char *p = hide_vendor(pattern), *n = hide_vendor(name);
	bool ok;

	if (strpbrk(pattern, "\1") || strpbrk(name, "\1"))
		ok = false;
	else if (str_has_suffix(p, "/\1/..."))
		ok = glob_variant(p, 6, "/vendor", n) || glob(p, n);
	else if (str_has_suffix(p, "/..."))
		ok = glob_variant(p, 4, "", n) || glob(p, n);
	else
		ok = glob(p, n);
	free(p);
	free(n);
	return ok;
}

bool pkgpattern_can_match_below(const char *pattern, const char *name)
{
	const char *dots = strstr(pattern, "...");
	size_t fixed = dots ? (size_t)(dots - pattern) : strlen(pattern), n = strlen(name);

	if (n <= fixed && strncmp(pattern, name, n) == 0 &&
	    (n == fixed || n == 0 || name[n - 1] == '/' || pattern[n] == '/'))
		return true;
	return dots && n >= fixed && strncmp(name, pattern, fixed) == 0;
}
