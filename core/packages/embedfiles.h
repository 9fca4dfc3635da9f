/*
 * embedfiles.h - the files that //go:embed lines of a package name.
 *
 * Follows go/build (readGoInfo, parseGoEmbed) with all files counting, and cmd/go/internal/load (resolveEmbed). Where go would end with an
 * error, a pattern gives what it can. Caps: IMPORTS_MAX_ENTRIES entries of a directory, 200 levels. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_EMBEDFILES_H
#define MODSCOPE_EMBEDFILES_H

#include "base/arena.h"
#include "base/err.h"

/* tests: those of _test.go files, too. Names below dir, unordered, each once. */
bool embedfiles_find(struct arena *a, const char *dir, bool tests, const char ***files, size_t *n, struct err *e);

#endif
