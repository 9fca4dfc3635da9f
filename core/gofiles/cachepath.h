/*
 * cachepath.h - names of files in the module cache.
 *
 * GOMODCACHE/cache/download/ESCAPED PATH/@v/ESCAPED VERSION.SUFFIX and the tree GOMODCACHE/PATH@VERSION. Escaping writes a
 * capital letter as "!" and its lower-case form, so that names differ on case-insensitive file systems
 * (golang.org/x/mod/module, cmd/go/internal/modfetch/cache.go). Pure; results live in the arena.
 */
#ifndef MODSCOPE_CACHEPATH_H
#define MODSCOPE_CACHEPATH_H

#include "base/arena.h"

/* NULL if s is not an escaped name: it has a capital letter, or a "!" without a lower-case letter after it. */
char *cachepath_unescape(struct arena *a, const char *s, size_t len);

/* The directory of all files of a module: ".../cache/download/PATH/@v". */
char *cachepath_dir(struct arena *a, const char *root, const char *path);
/* One of them: suffix is "zip", "ziphash", "info", "mod", "lock" or "partial". */
char *cachepath_file(struct arena *a, const char *root, struct modver m, const char *suffix);
/* The extracted tree. */
char *cachepath_tree(struct arena *a, const char *root, struct modver m);

#endif
