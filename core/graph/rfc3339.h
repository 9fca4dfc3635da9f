/*
 * rfc3339.h - times as .info files and proxies write them.
 *
 * Pure; any thread.
 */
#ifndef MODSCOPE_RFC3339_H
#define MODSCOPE_RFC3339_H

#include "base/base.h"

/* RFC 3339 as seconds since 1970; false if it is none. */
bool rfc3339_parse(const char *s, int64_t *t);

#endif
