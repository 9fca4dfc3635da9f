/*
 * gitglob_impl.h - the patterns of .gitattributes (git's wildmatch). Pure. A pattern that takes too many steps matches nothing.
 */
#ifndef MODSCOPE_GITGLOB_IMPL_H
#define MODSCOPE_GITGLOB_IMPL_H

#include "base/base.h"

/* If `path` is set, only "**" between slashes matches a slash. */
bool gitglob_match(const char *pattern, const char *text, bool path);

#endif
