/*
 * repair.h - the plan that repairs entries of the module cache: only what is proven wrong.
 *
 * For an entry: fetch what is needed and check it; take go's lock; put each file in place by one rename, the .ziphash last of
 * those that decide whether go uses the entry, and the .partial mark at the very end: until then go sees the entry as wrong
 * as before, never half right. Adding a missing .mod changes go's list of versions, so writing the list is a step of the last such
 * entry of its module. If hashes disagree and none is known to be right, the fetched zip decides: the plan lists
 * every file that may have to be written, and those that agree with that zip are skipped.
 *
 * Only the report is read; mend.h carries the plan out.
 */
#ifndef MODSCOPE_REPAIR_H
#define MODSCOPE_REPAIR_H

#include "cache/cache.h"
#include "change/plan.h"

/* Adds steps for these entries of a report; other files are named by path and an empty version. With mods NULL, for everything that
 * can be repaired. */
void repair_plan(struct plan *p, const struct cache_report *r, const struct modver *mods, size_t n);

#endif
