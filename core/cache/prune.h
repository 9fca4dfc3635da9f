/*
 * prune.h - the plan that moves away what no project uses: zips, hashes and trees of unused versions.
 *
 * The small .mod and .info stay, since module graphs need those of versions that are in no build list. All of it is one change
 * to undo. Nothing is read for it but the report; mend.h carries it out.
 */
#ifndef MODSCOPE_PRUNE_H
#define MODSCOPE_PRUNE_H

#include "cache/cache.h"
#include "change/plan.h"

/* Of a whole cache's report (cache_options.used). */
void prune_plan(struct plan *p, const struct cache_report *r);

#endif
