/*
 * undo.h - the plan that undoes an earlier change: its steps in reverse, each under the lock that was held for it.
 *
 * What is already as before is left out of the plan. What a later change has changed must be undone there first: until
 * then the step fails. If it is not known whether there is one, the plan's note says why, and the files' contents decide. A failed step does not stop the others; execute.h reports each.
 */
#ifndef MODSCOPE_UNDO_H
#define MODSCOPE_UNDO_H

#include "base/err.h"
#include "change/plan.h"

/* Initializes p even on failure. ERR_NOT_FOUND for an unknown id, ERR_USAGE if it has been undone, ERR_REFUSED
 * while another process is using it or if every step waits for another change, ERR_SYNTAX for a journal with paths outside of root. */
bool undo_plan(struct plan *p, const char *root, const char *own_cache, const char *id, struct err *e);

#endif
