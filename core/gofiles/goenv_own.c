/* The place of our own cache. */
#include <limits.h>
#include <stdlib.h>

#include "base/fs.h"
#include "gofiles/goenv_impl.h"

/* The path without symbolic links; what of it does not exist remains as it is. */
static const char *resolve(struct arena *a, const char *path)
{
	const char *dir = path_clean(a, path), *rest = "";
	char real[PATH_MAX];

	while (!realpath(dir, real)) {
		const char *up = path_dir(a, dir);

		if (str_eq(up, dir))
			return path;
		rest = path_join(a, path_base(a, dir), rest);
		dir = up;
	}
	return path_join(a, real, rest);
}

/* dir is own or below it, by whatever names, links or mounts; own is without symbolic links. */
static bool is_within(struct arena *a, const char *dir, const char *own)
{
	dir = resolve(a, dir);
	if (path_under(dir, own))
		return true;
	for (;;) {
		const char *up = path_dir(a, dir);

		if (fs_is_same(dir, own))
			return true;
		if (str_eq(up, dir))
			return false;
		dir = up;
	}
}

static bool has_modcache(struct arena *a, const char *own, const char *modcache)
{
	/* links and mounts may make either of these common */
	static const char *const parts[] = { "", "cache", "cache/download" };
	const char *real = resolve(a, own);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *dir = path_join(a, modcache, parts[i]);

		if (is_within(a, dir, real) || fs_is_same(dir, path_join3(a, own, "mod", parts[i])))
			return true;
	}
	return false;
}

const char *goenv_place_own(struct arena *a, const char *caches, const char *modcache)
{
	static const char *const names[] = { "modscope", "modscope-own" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *own = path_join(a, caches, names[i]);

		if (!path_is_abs(modcache) || !has_modcache(a, own, modcache))
			return own;
	}
	return NULL;
}
