/* Looking upwards for go.mod and go.work. */
#include "base/fs.h"
#include "gofiles/goenv_impl.h"

/* The directory, dir or above it and below `stop` (NULL: any), that has such a file; NULL if none has. */
static const char *find_up(const struct goenv *env, struct arena *a, const char *dir,
			   const char *name, const char *stop)
{
	for (dir = path_clean(a, dir);;) {
		const char *up;

		if (overlay_is_file(goenv_overlay(env), path_join(a, dir, name)))
			return dir;
		up = path_dir(a, dir);
		if (str_eq(up, dir) || (stop && str_eq(up, stop)))
			return NULL;
		dir = up;
	}
}

bool goenv_check_gowork(const struct goenv *env, struct err *e)
{
	const char *v = goenv_get(env, "GOWORK");

	return !*v || str_eq(v, "auto") || str_eq(v, "off") || path_is_abs(v) ||
	       err_set(e, ERR_REFUSED, "invalid GOWORK: not an absolute path");
}

bool goenv_find_gowork(const struct goenv *env, struct arena *a, const char **file, struct err *e)
{
	const char *v = goenv_get(env, "GOWORK"), *dir;

	if (!goenv_check_gowork(env, e))
		return false;
	*file = v;
	if (*v && !str_eq(v, "auto"))
		return true;
	dir = find_up(env, a, goenv_cwd(env), "go.work", goenv_goroot(env));
	*file = dir ? path_join(a, dir, "go.work") : NULL;
	return true;
}
