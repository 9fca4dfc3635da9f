/*
 * steady.h - the monotonic clock: for durations, not for the time of day. Any thread.
 */
#ifndef MODSCOPE_STEADY_H
#define MODSCOPE_STEADY_H

#include "base/base.h"

/* Nanoseconds since an arbitrary moment of this boot, the same for all processes. */
int64_t steady_ns(void);
/* The same in micro- and milliseconds. */
int64_t steady_us(void);
int64_t steady_ms(void);

#endif
