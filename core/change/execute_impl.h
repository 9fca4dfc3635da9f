/*
 * execute_impl.h - how a change ends, for execute.c and execute_together.c.
 */
#ifndef MODSCOPE_EXECUTE_IMPL_H
#define MODSCOPE_EXECUTE_IMPL_H

#include "change/apply.h"
#include "change/execute.h"

/* Ends the change that all items are part of and frees t: as undone if none has changed anything. If its end cannot be recorded, those
 * that have are done in part. */
void execute_end(struct arena *a, struct apply *t, struct execute_result *results, size_t n);

#endif
