/*
 * plan.h - the steps that change files that are not ours: what a dialog and a dry run show is what execute.h
 * carries out.
 *
 * A plan is made by a room that knows what is wrong (cache/repair.h, cache/prune.h) or from the journal (undo.h), and is only
 * data. Each item succeeds or fails as a whole; its steps are in the order of execution: first what needs
 * no lock, then the lock, then what changes files. Each step has a reason, which is checked again under the lock. A
 * step whose reason is gone by then is skipped, and nothing is done instead.
 *
 * Strings live in the plan's arena. Immutable once made; any thread may read it.
 */
#ifndef MODSCOPE_PLAN_H
#define MODSCOPE_PLAN_H

#include "base/arena.h"

enum plan_op {
	PLAN_FETCH,		/* into our own cache, through GOPROXY */
	PLAN_CHECK,		/* verify the fetched file against go.sum or the checksum database */
	PLAN_CLEAR_LOCK,	/* move away a lock that no process can hold */
	PLAN_LOCK,		/* take go's lock */
	PLAN_REPLACE,		/* old to quarantine, new in its place, in one step */
	PLAN_EDIT,		/* the same for a file that people edit */
	PLAN_EXTRACT,		/* the same for a tree */
	PLAN_WRITE,		/* .ziphash, list: computed from other files of the cache */
	PLAN_QUARANTINE,	/* move away */
	PLAN_CHMOD,
	PLAN_RESTORE,		/* undo a step of an earlier change */
};

enum plan_reason_kind {
	PLAN_NEEDED,		/* by later steps of its item */
	PLAN_WRONG,		/* something is proven wrong */
	PLAN_FOLLOWS,		/* another step of its item makes it necessary */
	PLAN_UNUSED,
	PLAN_WANTED,		/* the user asked for it */
	PLAN_CHANGED,		/* undoes an earlier change */
};

struct plan_reason {
	enum plan_reason_kind kind;
	unsigned problem;	/* of PLAN_WRONG: an enum of the room that judges */
	const char *file;	/* of PLAN_WRONG: the wrong file; else "" */
};

struct plan_step {
	enum plan_op op;
	const char *path;	/* what is written, or fetched */
	uint64_t bytes;		/* size now of what will be replaced or moved; 0 if unknown */
	struct plan_reason reason;
	unsigned part;		/* which file of the item: an enum of the room that made the plan */
	mode_t keep, set;	/* PLAN_CHMOD: the new mode is (old & keep) | set */
	uint64_t content;	/* a hash of what is put in place, if that is part of the plan; else 0 */
	size_t change;		/* PLAN_RESTORE: number of the step in the journal */
	/* For people: */
	const char *why;
	const char *undo;	/* how it is undone; "" if there is nothing to undo */
	const char *shell;	/* the equivalent commands; "" if there are none */
};

/* Steps that belong together. */
struct plan_item {
	struct modver mod;	/* two empty strings if it is not a module version */
	const char *path;	/* if it is not a module version; else "" */
	unsigned sort;		/* what it is: an enum of the room that made the plan */
	size_t first, n;	/* plan.steps[first...] */
};

struct plan {
	struct arena arena;
	const char *title;	/* "repair" */
	const char *root, *shelf;	/* root and own_cache for apply.h, if the plan sets them; else "" */
	const char *undoes;	/* id of the change to undo; else "" */
	const char *note;	/* what the plan cannot take into account; "" if there is nothing */
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
/* Begins an item; steps are added to it. Arguments are copied. plan_end and the next plan_begin drop an item without
 * steps. */
void plan_begin(struct plan *p, struct modver mod, const char *path, unsigned sort);
void plan_end(struct plan *p);
/* Adds a step to the current item; path and why are copied, the caller fills in the other members. */
struct plan_step *plan_add(struct plan *p, enum plan_op op, const char *path, uint64_t bytes, const char *why);
/* Sets the reason PLAN_WRONG; file is copied. */
void plan_set_wrong(struct plan *p, struct plan_step *s, unsigned problem, const char *file);
/* Equal for plans that do the same: shows whether a new plan differs from the one that was shown. */
uint64_t plan_hash(const struct plan *p);
/* Whether it changes a file that is not ours. */
bool plan_op_changes(enum plan_op op);
/* The number of such steps. */
size_t plan_changes(const struct plan *p);
const char *plan_op_name(enum plan_op op);	/* "lock", "fetch", "check", ... */

#endif
