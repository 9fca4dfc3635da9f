/*
 * cache_plan.h - changes of the cache from the cache view: repair, prune, undo. A plan is shown first; exactly that plan
 * is executed.
 */
#ifndef MODSCOPE_CACHE_PLAN_H
#define MODSCOPE_CACHE_PLAN_H

#include "app/app.h"

/* Whether a report is shown and no change is running or forbidden. For action.enabled, with the cache view as context. */
bool cache_plan_enabled(void *view);
/* mods: names of entries; other files are named by path. */
void cache_plan_repair(struct view *v, const struct modver *mods, size_t n);
void cache_plan_prune(struct view *v);
void cache_plan_undo(struct view *v);
/* Shows our own cache, and empties it if the dialog is confirmed. */
void cache_plan_own(struct view *v);
/* view_ops.changed */
void cache_plan_ended(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);

#endif
