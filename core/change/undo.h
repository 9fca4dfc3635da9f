/*
 * undo.h - the plan that takes an earlier change back: its steps in reverse, each under the lock under which it was done.
 *
 * What is as it was before is no step of the plan. What another change has changed since has to be taken back there first: until
 * then the step fails. A step that fails keeps no other from being taken back; execute.h says which those are.
 */
#ifndef MODSCOPE_UNDO_H
#define MODSCOPE_UNDO_H

#include "base/err.h"
#include "change/plan.h"

/* Initializes p also where it fails. ERR_NOT_FOUND for an id that is not there, ERR_USAGE if it has been undone, ERR_REFUSED
 * while another process is using it or if all of it waits for another change, ERR_SYNTAX for a journal that speaks of files outside of root. */
bool undo_plan(struct plan *p, const char *root, const char *own_cache, const char *id, struct err *e);

#endif
