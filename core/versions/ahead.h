/*
 * ahead.h - fetches everything that the rows of `outdated` need, for all modules at once.
 *
 * Each step of a version query depends on the answer before: the list, the newest version's .info and go.mod, which retracts
 * others, and so on. So each module has a thread that follows its own chain, guessing go's choices; answers stay in the
 * source. The actual queries, which decide, run later on the caller's thread and find everything there; a wrong guess only
 * costs time.
 *
 *	ahead_run(&o, items, n, ready, ctx);    // ready(ctx, i) on this thread, as soon as module i has its answers
 */
#ifndef MODSCOPE_AHEAD_H
#define MODSCOPE_AHEAD_H

#include "base/par.h"

struct golines;
struct source;

struct ahead_item {
	const char *path, *current;
	const char *const *excluded; /* versions of it */
	size_t n_excluded;
	struct golines *lines; /* loaded, filled and saved here; the caller may use it once the item is ready; NULL with `facts` */
	const char *replacement, *replaced_at; /* the module used instead, and its version; "" */
};
/* Borrowed. */
struct ahead_options {
	struct source *source;
	const char *go_version; /* of the project */
	int64_t not_after;	/* seconds since 1970: newer versions do not count; 0: all do */
	bool majors;		/* include later major versions */
	bool facts;		/* as in outdated.h */
	bool kept;		/* no network: no more threads than processors */
	const struct cancel *cancel;
};

void ahead_run(const struct ahead_options *o, const struct ahead_item *items, size_t n,
	       void (*ready)(void *ctx, size_t i), void *ctx);

#endif
