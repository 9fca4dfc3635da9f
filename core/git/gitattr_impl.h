/*
 * gitattr_impl.h - what reading and applying attributes share.
 */
#ifndef MODSCOPE_GITATTR_IMPL_H
#define MODSCOPE_GITATTR_IMPL_H

#include "base/base.h"

/* git's same_encoding with its default. */
bool gitattr_is_utf8(const char *encoding);

#endif
