/*
 * pkgpattern.h - patterns of package and module paths, as on go's command line: "..." is any string.
 *
 * "x/..." matches x too. A path element named vendor, unless it is the last, is matched only by itself.
 * Follows cmd/internal/pkgpattern. Any thread.
 */
#ifndef MODSCOPE_PKGPATTERN_H
#define MODSCOPE_PKGPATTERN_H

#include "base/base.h"

/* MatchPattern. */
bool pkgpattern_match(const char *pattern, const char *name);
/* TreeCanMatchPattern: may something at or below name match? */
bool pkgpattern_can_match_below(const char *pattern, const char *name);

#endif
