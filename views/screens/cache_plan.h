/*
 * cache_plan.h - changes of the cache as the cache view asks for them: repair, prune, undo. A plan is shown first; what is done is
 * the plan that was shown.
 */
#ifndef MODSCOPE_CACHE_PLAN_H
#define MODSCOPE_CACHE_PLAN_H

#include "app/app.h"

/* A report is shown, and no change is under way or forbidden. Fits action.enabled with the cache view as its context. */
bool cache_plan_enabled(void *view);
/* Entries by their names; what is no module version is named by its file. */
void cache_plan_repair(struct view *v, const struct modver *mods, size_t n);
void cache_plan_prune(struct view *v);
void cache_plan_undo(struct view *v);
/* Shows our own cache, and empties it if the dialog is confirmed. */
void cache_plan_own(struct view *v);
/* view_ops.changed */
void cache_plan_ended(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);

#endif
