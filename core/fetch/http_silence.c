#include "fetch/http_silence.h"

#include <stdlib.h>

#include "gofiles/goenv.h"

#define MAX_PATIENCE 3600 /* seconds */

int http_silence_patience(const struct goenv *env, int usual)
{
	long s = strtol(goenv_get(env, "MODSCOPE_PATIENCE"), NULL, 10);

	if (s > 0 && s <= MAX_PATIENCE)
		return (int)s * 1000;
	return usual ? usual : 60000;
}

/* The length of the part with the module; 0 if there is none. */
static size_t module_len(const char *url)
{
	const char *at = strstr(url, "/@");

	return at ? (size_t)(at - url) : 0;
}

bool http_silence_has(const struct http_silence *s, const char *url)
{
	size_t n = module_len(url);

	return n && map_find_n(&s->modules, url, n);
}

void http_silence_add(struct http_silence *s, const char *url)
{
	size_t n = module_len(url);

	if (n && !str_has_suffix(url, ".zip") && !http_silence_has(s, url))
		map_put(&s->modules, arena_strndup(&s->names, url, n), s);
}

void http_silence_release(struct http_silence *s)
{
	map_release(&s->modules);
	arena_release(&s->names);
}
