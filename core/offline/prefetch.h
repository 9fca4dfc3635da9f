/*
 * prefetch.h - puts the files that levels.h finds missing into GOMODCACHE, as go would; with each zip its .info, if a proxy has one.
 *
 * The plan has an item for each module version: first the fetch, then go's lock, then each file by one rename. A file that exists by
 * then is kept, nothing is replaced, and go.sum is not modified. Fetched files are checked against go.sum or the
 * checksum database; the final copy is hashed once more. If killed at any moment, it leaves a cache
 * that go accepts, and the next run continues. It is one change for undo.
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

/* Progress, reported after each module. */
struct prefetch_progress {
	size_t done, total;		     /* modules */
	uint64_t bytes, all_bytes;	     /* of the files in place, of all with known sizes */
	uint64_t per_second;		     /* 0: unknown */
	int64_t seconds_left;		     /* -1: unknown */
	struct modver mod;
};

/* Initializes p with the files that the levels in `wanted` (1 << level) lack. Version lists are omitted: go reads none from its cache. */
void prefetch_plan(struct plan *p, const char *root, const struct levels *l, unsigned wanted);
/* progress may be NULL. */
bool prefetch_run(struct cachejob *j, const struct plan *p, struct arena *a,
		  void (*progress)(void *ctx, const struct prefetch_progress *p), void *ctx,
		  struct execute_result **results, size_t *n, struct err *e);
/* Appends "12.3 of 120.0 MiB, 3.1 MiB/s, 4 s left". */
void prefetch_progress_text(const struct prefetch_progress *p, struct buf *b);

#endif
