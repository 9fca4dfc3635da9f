/*
 * memory.h - the process's heap as a whole.
 */
#ifndef MODSCOPE_MEMORY_H
#define MODSCOPE_MEMORY_H

#include "base/base.h"

/* Gives the pages of freed memory back to the system, those of other threads' heaps too: between two steps of which each needs as much
 * as the one before. Milliseconds for 100 MB; does nothing where libc cannot do it. From any thread. */
void memory_trim(void);

#endif
