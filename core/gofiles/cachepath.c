#include "gofiles/cachepath.h"

static char *escape(struct arena *a, const char *s)
{
	size_t upper = 0, w = 0;
	char *out;

	for (const char *p = s; *p; p++)
		upper += *p >= 'A' && *p <= 'Z';
	out = arena_alloc(a, strlen(s) + upper + 1);
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z') {
			out[w++] = '!';
			out[w++] = (char)(*s + ('a' - 'A'));
		} else {
			out[w++] = *s;
		}
	}
	out[w] = '\0';
	return out;
}

char *cachepath_unescape(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t w = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] >= 'A' && s[i] <= 'Z')
			return NULL;
		if (s[i] != '!') {
			out[w++] = s[i];
			continue;
		}
		if (++i == len || s[i] < 'a' || s[i] > 'z')
			return NULL;
		out[w++] = (char)(s[i] - ('a' - 'A'));
	}
	out[w] = '\0';
	return out;
}

char *cachepath_dir(struct arena *a, const char *root, const char *path)
{
	return arena_fmt(a, "%s/cache/download/%s/@v", root, escape(a, path));
}

char *cachepath_file(struct arena *a, const char *root, struct modver m, const char *suffix)
{
	return arena_fmt(a, "%s/cache/download/%s/@v/%s.%s", root, escape(a, m.path),
			 escape(a, m.version), suffix);
}

char *cachepath_tree(struct arena *a, const char *root, struct modver m)
{
	return arena_fmt(a, "%s/%s@%s", root, escape(a, m.path), escape(a, m.version));
}
