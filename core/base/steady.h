/*
 * steady.h - the clock that nobody sets: for how long something took, never for what time it is. Any thread.
 */
#ifndef MODSCOPE_STEADY_H
#define MODSCOPE_STEADY_H

#include "base/base.h"

/* Nanoseconds since some moment of this start of the system: two processes read the same. */
int64_t steady_ns(void);
/* The same in micro- and milliseconds. */
int64_t steady_us(void);
int64_t steady_ms(void);

#endif
