/*
 * goenv_impl.h - checks of single settings, shared by goenv_*.c.
 */
#ifndef MODSCOPE_GOENV_IMPL_H
#define MODSCOPE_GOENV_IMPL_H

#include "gofiles/goenv.h"

/* ERR_USAGE in go's words: an entry is relative, or starts with a tilde. */
bool goenv_check_gopath(const struct goenv *env, struct err *e);
/* ERR_REFUSED in go's words: neither "auto", "off" nor an absolute path. */
bool goenv_check_gowork(const struct goenv *env, struct err *e);

#endif
