/*
 * cancel.h - the flag that stops work early. Any thread sets it; workers test it between reads and in transfer callbacks.
 */
#ifndef MODSCOPE_CANCEL_H
#define MODSCOPE_CANCEL_H

#include <stdatomic.h>

#include "base/base.h"

struct cancel {
	atomic_bool set;
};
static inline bool cancel_is_set(const struct cancel *c)
{
	return c && atomic_load_explicit(&c->set, memory_order_relaxed);
}

#endif
