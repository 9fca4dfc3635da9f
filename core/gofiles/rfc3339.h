/*
 * rfc3339.h - times in .info files and proxies' answers.
 *
 * Pure; any thread.
 */
#ifndef MODSCOPE_RFC3339_H
#define MODSCOPE_RFC3339_H

#include "base/base.h"

/* Seconds since 1970; false if malformed. As lenient as time.UnmarshalJSON, that is time.Parse: an hour of one digit, a comma before the
 * fraction, which does not count. */
bool rfc3339_parse(const char *s, int64_t *t);
/* The same with the fraction in *nanos, 0 to 999999999. */
bool rfc3339_parse_nanos(const char *s, int64_t *t, int *nanos);

#endif
