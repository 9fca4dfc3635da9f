/*
 * execute.h - carries out a plan step by step, and does nothing else.
 *
 * Steps run in order, by their kind. The room above supplies functions for what is not moving files: fetching, judging, making a new
 * file. For each item:
 *
 *   1. fetching and checking come first; if one fails, nothing has been touched;
 *   2. go's lock is taken, and the reasons of all steps of the item are checked again at once; an item without a lock
 *      is checked before its first change;
 *   3. steps whose reason still holds change files, each by one rename or chmod; the others are skipped and reported;
 *   4. if one fails, the item's completed steps are undone under the same lock. The result says which remain:
 *      EXECUTE_FAILED means that everything is as before.
 *
 * The steps of an undo are independent: a failed one does not stop the others.
 *
 * One thread. Results and their strings live in the caller's arena.
 */
#ifndef MODSCOPE_EXECUTE_H
#define MODSCOPE_EXECUTE_H

#include "base/err.h"
#include "base/par.h"
#include "change/plan.h"

struct activity;
struct apply;

/* Functions of the room above. All may fail. Those for steps that the plan does not have may be NULL. */
struct execute_room {
	bool (*fetch)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e);
	bool (*check)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e);
	/* Sets stands[i] for each of the item's n steps that changes files and whose reason still holds. False: the item fails. */
	bool (*judge)(void *ctx, const struct plan_item *item, const struct plan_step *steps, bool *stands, struct err *e);
	/* Makes the new file or tree of a step by apply_temp*; *tmp NULL: what is there is right. */
	bool (*make)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct apply *t, const char **tmp,
		     struct err *e);
	/* The item has ended; may be NULL. */
	void (*end)(void *ctx);
	void *ctx;
};

struct execute_options {
	const char *root;		/* only files below it may be changed */
	const char *own_cache;		/* ours */
	const struct execute_room *room;
	struct cancel *cancel;
	struct activity *log;
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);	/* of items; may be NULL */
	void *ctx;
};

enum execute_state {
	EXECUTE_NOT_BEGUN,
	EXECUTE_DONE,		/* and not undone */
	EXECUTE_GONE,		/* skipped: its reason was gone */
	EXECUTE_FAILED_STEP,	/* it failed and changed nothing, or was undone */
	EXECUTE_HALF,		/* it failed half way and could not be undone: the old file is in the quarantine */
	EXECUTE_TAKEN_BACK,
};

enum execute_outcome {
	EXECUTE_CHANGED,
	EXECUTE_NOTHING,	/* every reason was gone */
	EXECUTE_FAILED,		/* error says why; everything is as before */
	EXECUTE_PART,		/* error says why; steps with EXECUTE_DONE or EXECUTE_HALF remain */
};

struct execute_result {
	const struct plan_item *item;	/* of the plan, which must outlive the result */
	const struct plan_step *steps;	/* item->n */
	enum execute_state *states;	/* of each */
	enum execute_outcome outcome;
	const char *error;		/* "" if there is none */
	const char *id;			/* for undo; "" if there is nothing to undo */
};

/* A row for each item that was reached; after a cancel there may be fewer than items. */
void execute_plan(struct arena *a, const struct plan *p, const struct execute_options *o, struct execute_result **results,
		  size_t *n);
/* For a plan that is one change and writes new files only (fetch, lock, write): items are prepared side by side, and put in place in groups
 * under all their locks, with one write to the journal. fetch and make are called on several threads, for different items; end is not
 * called. Otherwise the same. False: the change could not be begun. */
bool execute_together(struct arena *a, const struct plan *p, const struct execute_options *o, struct execute_result **results,
		      size_t *n, struct err *e);
const char *execute_state_name(enum execute_state state);	/* "done", "gone", ... */
/* The number of files that the item changed and that were not restored. */
size_t execute_changed(const struct execute_result *r);

#endif
