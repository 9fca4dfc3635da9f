/*
 * prefetch.h - puts the files that levels.h misses into GOMODCACHE, as go would.
 *
 * The plan has an item for each module version: what is fetched first, go's lock, then each file by one rename. A file that is there by
 * then is left alone, nothing is replaced, and go.sum is not touched. What is fetched is checked against go.sum or the
 * checksum database before it is given; the copy that is put in place is hashed once more. Killed at any moment, the cache
 * is one that go takes, and the next run goes on. As one change it can be taken back (undo).
 *
 *	prefetch_plan(&plan, root, levels, LEVELS_ALL);
 *	prefetch_run(job, &plan, &arena, NULL, NULL, &results, &n, &e);
 *	plan_release(&plan);
 *
 * One thread.
 */
#ifndef MODSCOPE_PREFETCH_H
#define MODSCOPE_PREFETCH_H

#include "base/buf.h"
#include "cache/cachejob.h"
#include "offline/levels.h"

/* How far it is, as it is told: after each module. */
struct prefetch_progress {
	size_t done, total;		     /* modules */
	uint64_t bytes, all_bytes;	     /* of the files that are in place, of all: as far as sizes are known */
	uint64_t per_second;		     /* 0: not known yet */
	int64_t seconds_left;		     /* -1: not known yet */
	struct modver mod;
};

/* Initializes p, with what the levels of the set `wanted` (1 << level) lack. Lists of versions are left out: go reads none of its cache. */
void prefetch_plan(struct plan *p, const char *root, const struct levels *l, unsigned wanted);
/* progress may be NULL. */
bool prefetch_run(struct cachejob *j, const struct plan *p, struct arena *a,
		  void (*progress)(void *ctx, const struct prefetch_progress *p), void *ctx,
		  struct execute_result **results, size_t *n, struct err *e);
/* "12.3 of 120.0 MiB, 3.1 MiB/s, 4 s left". Append. */
void prefetch_progress_text(const struct prefetch_progress *p, struct buf *b);

#endif
