/*
 * overlay.h - the file that -overlay names: replaces or deletes files that go reads (cmd/go/internal/fsys).
 *
 * It maps paths to files on disk, or to "" for a file that counts as deleted; the directories above them exist as well, anything
 * below a replaced file does not. A NULL overlay shows everything as it is on disk.
 *
 * Lives in the arena and is immutable once loaded; any thread may read it. Go uses it for go.mod, go.sum, go.work, modules.txt and
 * packages outside of GOMODCACHE, whose files must not be replaced.
 *
 *	const struct overlay *o = goenv_overlay(env);
 *	if (!overlay_read(o, &arena, path, FS_MAX_MOD, &data, &len, &e)) ...
 */
#ifndef MODSCOPE_OVERLAY_H
#define MODSCOPE_OVERLAY_H

#include "base/fs.h"

struct overlay;

/* Errors are go's: "reading overlay: open F: no such file or directory". Relative names are relative to
 * cwd. */
bool overlay_load(const struct overlay **out, struct arena *a, const char *file, const char *cwd, struct err *e);

/* fsys.Actual: the file that is read for `path`, "" if it counts as deleted. */
const char *overlay_actual(const struct overlay *o, const char *path);
/* Whether anything at or below the directory is replaced or deleted. */
bool overlay_touches(const struct overlay *o, const char *dir);
/* The first replaced path below dir; NULL if there is none. */
const char *overlay_below(const struct overlay *o, const char *dir);

/* fsys.Stat: whether it exists and is not (is) a directory. */
bool overlay_is_file(const struct overlay *o, const char *path);
bool overlay_is_dir(const struct overlay *o, const char *path);
/* fsys.ReadFile. */
bool overlay_read(const struct overlay *o, struct arena *a, const char *path, size_t max, char **data, size_t *len,
		  struct err *e);
/* fsys.ReadDir: fs_list with the overlay applied; a replaced file counts as regular. */
bool overlay_list(const struct overlay *o, struct arena *a, const char *dir, size_t max, struct fs_dirent **entries,
		  size_t *n, struct err *e);

#endif
