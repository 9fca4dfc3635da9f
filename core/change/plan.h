/*
 * plan.h - what is going to be done, step by step, before anything is done.
 *
 * A dialog and a dry run show exactly these rows. A plan is made from a report and is data only; repair.h carries it
 * out through apply.h and looks again under go's lock, since the cache may have changed meanwhile: it
 * never does more than the plan says for an entry's files. Strings live in the plan's arena.
 */
#ifndef MODSCOPE_PLAN_H
#define MODSCOPE_PLAN_H

#include "base/arena.h"
#include "cache/cache.h"

enum plan_op {
	PLAN_LOCK,		/* take go's lock */
	PLAN_FETCH,		/* into our own cache, through GOPROXY */
	PLAN_CHECK,		/* compare the fetched file with who vouches for it */
	PLAN_REPLACE,		/* old to quarantine, new in its place, in one step */
	PLAN_EXTRACT,		/* the tree likewise */
	PLAN_WRITE,		/* .ziphash, list */
	PLAN_QUARANTINE,	/* move away */
	PLAN_CHMOD,
	PLAN_RESTORE,		/* undo */
};

struct plan_step {
	enum plan_op op;
	struct modver mod;	/* of an entry; else two empty strings */
	const char *path;	/* what is written, or asked for */
	uint64_t bytes;		/* that are there now and will be replaced or moved; 0 if unknown */
	const char *why;
	const char *undo;	/* how it is taken back; "" if there is nothing to take back */
	const char *shell;	/* the same by hand; "" if there is no such command */
};

struct plan {
	struct arena arena;
	const char *title;
	struct plan_step *steps;
	size_t n, cap;
	bool network;		/* needs a proxy */
	uint64_t bytes;		/* sum of the steps' */
};

/* An empty plan; formatted title. */
void plan_init(struct plan *p, const char *title);
void plan_release(struct plan *p);
/* Adds a step; its strings are empty and to be set, path is copied. */
struct plan_step *plan_add(struct plan *p, enum plan_op op, struct modver mod, const char *path, uint64_t bytes,
			   const char *why);
const char *plan_op_name(enum plan_op op);	/* "lock", "fetch", "check", ... */

#endif
