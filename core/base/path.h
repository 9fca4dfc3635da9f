/*
 * path.h - slash-separated paths, as Go's path/filepath treats them on Unix.
 *
 * Paths are bytes. Results live in the arena. Pure, except path_short, which reads the file system; thread-safe.
 */
#ifndef MODSCOPE_PATH_H
#define MODSCOPE_PATH_H

#include "base/arena.h"

char *path_clean(struct arena *a, const char *path);
char *path_join(struct arena *a, const char *dir, const char *name);	/* cleaned; an empty part is skipped */
char *path_join3(struct arena *a, const char *p, const char *q, const char *r);
char *path_dir(struct arena *a, const char *path);
const char *path_base(struct arena *a, const char *path);
static inline bool path_is_abs(const char *path)
{
	return path[0] == '/';
}
/* base-relative form of target (both absolute or both relative); NULL if there is none. */
char *path_rel(struct arena *a, const char *base, const char *target);
/* Go's base.ShortPath: relative to cwd if that is shorter, else path itself. */
const char *path_short(struct arena *a, const char *cwd, const char *path);
/* True if path is dir or below it (both clean). */
bool path_under(const char *path, const char *dir);
/* True if rel is a clean relative slash path that stays inside its root: no "", "..", leading slash, NUL or backslash. */
bool path_is_local(const char *rel);

#endif
