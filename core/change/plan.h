/*
 * plan.h - what is done to files that are not ours, step by step: what a dialog and a dry run show, and what execute.h
 * carries out. There is nothing else that says what is done.
 *
 * A plan is made by a room that knows what is wrong (cache/repair.h, cache/prune.h) or from the journal (undo.h), and is data
 * only. Its items each stand or fall as a whole; the steps of an item are in the order in which they are carried out: what needs
 * no lock first, then the lock, then what changes files. Each step has a reason, which is judged once more under the lock. A
 * step whose reason is gone by then is skipped, and nothing else is done in its place.
 *
 * Strings live in the plan's arena. Immutable once made; any thread may read it.
 */
#ifndef MODSCOPE_PLAN_H
#define MODSCOPE_PLAN_H

#include "base/arena.h"

enum plan_op {
	PLAN_FETCH,		/* into our own cache, through GOPROXY */
	PLAN_CHECK,		/* compare the fetched file with who vouches for it */
	PLAN_CLEAR_LOCK,	/* move away a lock that nobody can hold any more */
	PLAN_LOCK,		/* take go's lock */
	PLAN_REPLACE,		/* old to quarantine, new in its place, in one step */
	PLAN_EDIT,		/* the same with a file that people edit */
	PLAN_EXTRACT,		/* a tree, likewise */
	PLAN_WRITE,		/* .ziphash, list: computed from what is there */
	PLAN_QUARANTINE,	/* move away */
	PLAN_CHMOD,
	PLAN_RESTORE,		/* take a step of an earlier change back */
};

enum plan_reason_kind {
	PLAN_NEEDED,		/* by the steps of its item that follow */
	PLAN_WRONG,		/* something is proven wrong */
	PLAN_FOLLOWS,		/* another step of its item makes it necessary */
	PLAN_UNUSED,
	PLAN_WANTED,		/* a person asked for it */
	PLAN_CHANGED,		/* an earlier change is to be taken back */
};

struct plan_reason {
	enum plan_reason_kind kind;
	unsigned problem;	/* of PLAN_WRONG: in the words of the room that judges */
	const char *file;	/* that the problem is about; else "" */
};

struct plan_step {
	enum plan_op op;
	const char *path;	/* what is written, or asked for */
	uint64_t bytes;		/* that are there now and will be replaced or moved; 0 if unknown */
	struct plan_reason reason;
	unsigned part;		/* which file of the item, in the words of the room that made the plan */
	mode_t keep, set;	/* PLAN_CHMOD: these bits of the old mode, and those */
	uint64_t content;	/* of what is put in place, where that is part of the plan: a hash; else 0 */
	size_t change;		/* PLAN_RESTORE: number of the step in the journal */
	/* For people: */
	const char *why;
	const char *undo;	/* how it is taken back; "" if there is nothing to take back */
	const char *shell;	/* the same by hand; "" if there is no such command */
};

/* Steps that belong together. */
struct plan_item {
	struct modver mod;	/* two empty strings for what is no module version */
	const char *path;	/* of that; else "" */
	unsigned sort;		/* what it is, in the words of the room that made the plan */
	size_t first, n;	/* plan.steps[first...] */
};

struct plan {
	struct arena arena;
	const char *title;	/* "repair" */
	const char *root, *shelf;	/* of apply.h, where the plan says so: as root and own_cache; else "" */
	const char *undoes;	/* id of the change that is taken back; else "" */
	bool one_change;	/* all items are one change to undo, else each is its own */
	struct plan_item *items;
	size_t n_items, cap_items;
	struct plan_step *steps;
	size_t n, cap;
	bool network;		/* needs a proxy */
	uint64_t bytes;		/* sum of the steps' */
};

/* An empty plan; title is copied. */
void plan_init(struct plan *p, const char *title);
void plan_release(struct plan *p);
/* Begins an item; the steps that are added next are its. Copied. An item without steps is dropped when the next begins, and by
 * plan_end. */
void plan_begin(struct plan *p, struct modver mod, const char *path, unsigned sort);
void plan_end(struct plan *p);
/* Adds a step to the item that was begun last; path and why are copied, the rest is empty and to be set. */
struct plan_step *plan_add(struct plan *p, enum plan_op op, const char *path, uint64_t bytes, const char *why);
/* Why it is done: something in `file`, which is copied, is wrong. */
void plan_set_wrong(struct plan *p, struct plan_step *s, unsigned problem, const char *file);
/* The same for two plans that do the same: tells what was shown from what is made anew. */
uint64_t plan_hash(const struct plan *p);
/* It changes a file that is not ours. */
bool plan_op_changes(enum plan_op op);
/* How many of its steps do. */
size_t plan_changes(const struct plan *p);
const char *plan_op_name(enum plan_op op);	/* "lock", "fetch", "check", ... */

#endif
