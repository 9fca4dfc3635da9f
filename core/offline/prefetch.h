/*
 * prefetch.h - puts the files that levels.h misses into GOMODCACHE, as go would.
 *
 * The plan has an item for each module version: what is fetched first, go's lock, then each file by one rename. A file that is there by
 * then is left alone, nothing is replaced, and go.sum is not touched. What is fetched is checked against go.sum or the
 * checksum database before it is given; the copy that is put in place is hashed once more. Killed at any moment, the cache
 * is one that go takes, and the next run goes on. As one change it can be taken back (undo).
 *
 *	prefetch_plan(&plan, root, levels);
 *	prefetch_run(job, &plan, &arena, NULL, &results, &n, &e);
 *	plan_release(&plan);
 *
 * One thread.
 */
#ifndef MODSCOPE_PREFETCH_H
#define MODSCOPE_PREFETCH_H

#include "cache/cachejob.h"
#include "offline/levels.h"

/* Initializes p. Lists of versions are left out: go reads none of its cache. */
void prefetch_plan(struct plan *p, const char *root, const struct levels *l);
bool prefetch_run(struct cachejob *j, const struct plan *p, struct arena *a, const struct cachejob_progress *progress,
		  struct execute_result **results, size_t *n, struct err *e);

#endif
