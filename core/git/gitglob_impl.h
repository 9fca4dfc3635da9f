/*
 * gitglob_impl.h - the patterns of .gitattributes (git's wildmatch). Pure. Patterns that would take forever match nothing.
 */
#ifndef MODSCOPE_GITGLOB_IMPL_H
#define MODSCOPE_GITGLOB_IMPL_H

#include "base/base.h"

/* With `path`, only "**" between slashes matches a slash. */
bool gitglob_match(const char *pattern, const char *text, bool path);

#endif
