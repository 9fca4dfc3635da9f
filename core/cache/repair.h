/*
 * repair.h - the plan that mends entries of the module cache: what is proven wrong, and nothing else.
 *
 * For an entry: fetch what is needed and check it; take go's lock; put each file in its place by one rename, the .ziphash last of
 * what decides whether go uses the entry, and the .partial mark at the very end: until then go finds the entry as wrong
 * as before, never half right. A .mod that was missing makes go's list of versions another, which is then a step of the last such
 * entry of its module. Where hashes disagree and nobody can tell which is right, the fetched zip decides: the plan names
 * all that may have to be written, and what agrees with that zip is skipped.
 *
 * Nothing is read for it but the report. mend.h carries it out.
 */
#ifndef MODSCOPE_REPAIR_H
#define MODSCOPE_REPAIR_H

#include "cache/cache.h"
#include "change/plan.h"

/* Steps for the entries of a report; what is no entry is named by its file and an empty version. With mods NULL for all that
 * have something to mend. */
void repair_plan(struct plan *p, const struct cache_report *r, const struct modver *mods, size_t n);

#endif
