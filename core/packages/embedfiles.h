/*
 * embedfiles.h - the files named by a package's //go:embed lines.
 *
 * Follows go/build (readGoInfo, parseGoEmbed) for all files, and cmd/go/internal/load (resolveEmbed). Where go would fail,
 * a pattern gives the files that it can. Caps: IMPORTS_MAX_ENTRIES entries per directory, 200 levels. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_EMBEDFILES_H
#define MODSCOPE_EMBEDFILES_H

#include "base/arena.h"
#include "base/err.h"

/* tests: include those of _test.go files. Names are relative to dir, unordered, unique. */
bool embedfiles_find(struct arena *a, const char *dir, bool tests, const char ***files, size_t *n, struct err *e);

#endif
