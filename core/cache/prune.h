/*
 * prune.h - the plan that moves away zips, hashes and trees of versions that no project uses.
 *
 * The small .mod and .info files stay, since module graphs need those of versions that are in no build list. The plan is one
 * change to undo. Only the report is read; mend.h carries the plan out.
 */
#ifndef MODSCOPE_PRUNE_H
#define MODSCOPE_PRUNE_H

#include "cache/cache.h"
#include "change/plan.h"

/* Of a whole cache's report (cache_options.used). What cannot be read stays, and so do versions of which not all can be looked at:
 * CACHE_KIND_UNREADABLE in the report says which. */
void prune_plan(struct plan *p, const struct cache_report *r);

#endif
