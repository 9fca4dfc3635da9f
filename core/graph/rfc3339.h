/*
 * rfc3339.h - times in .info files and proxies' answers.
 *
 * Pure; any thread.
 */
#ifndef MODSCOPE_RFC3339_H
#define MODSCOPE_RFC3339_H

#include "base/base.h"

/* Parses RFC 3339 into seconds since 1970; false if malformed. */
bool rfc3339_parse(const char *s, int64_t *t);

#endif
