/*
 * execute.h - carries out a plan: this, step by step, and nothing else.
 *
 * Steps run in their order, by their kind. What they need beyond moving files (fetching, judging, making a new file) the room
 * above supplies as functions. For each item:
 *
 *   1. what is fetched and checked comes first; if that fails, nothing has been touched;
 *   2. go's lock is taken, and the reason of each step is judged once more, for the whole item at once; an item without a lock
 *      is judged before its first change;
 *   3. the steps whose reason stands change files, each by one rename or chmod; the others are skipped and told;
 *   4. if one fails, those of its item that were done are taken back, under the same lock. The result says which still stand:
 *      EXECUTE_FAILED is only said where all is as before.
 *
 * The steps of an undo are independent of each other: one that fails keeps no other from being taken back.
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

/* What the room above does. All may fail; a plan without such steps needs none of them. */
struct execute_room {
	bool (*fetch)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e);
	bool (*check)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct err *e);
	/* Which of the item's n steps, of those that change files, still have their reason. False: nothing can be done. */
	bool (*judge)(void *ctx, const struct plan_item *item, const struct plan_step *steps, bool *stands, struct err *e);
	/* The new file or tree that a step puts in place, made by apply_temp*; *tmp NULL: what is there is right. */
	bool (*make)(void *ctx, const struct plan_item *item, const struct plan_step *s, struct apply *t, const char **tmp,
		     struct err *e);
	/* The item has ended; may be NULL. */
	void (*end)(void *ctx);
	void *ctx;
};

struct execute_options {
	const char *root;		/* the files that may be changed are below it */
	const char *own_cache;		/* ours */
	const struct execute_room *room;
	struct cancel *cancel;
	struct activity *log;
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);	/* of items; may be NULL */
	void *ctx;
};

enum execute_state {
	EXECUTE_NOT_BEGUN,
	EXECUTE_DONE,		/* and it stands */
	EXECUTE_GONE,		/* skipped: its reason was gone */
	EXECUTE_FAILED_STEP,	/* it failed and has changed nothing, or that is taken back */
	EXECUTE_HALF,		/* it failed half way and could not be taken back: what stood there is in the quarantine */
	EXECUTE_TAKEN_BACK,
};

enum execute_outcome {
	EXECUTE_CHANGED,
	EXECUTE_NOTHING,	/* every reason was gone */
	EXECUTE_FAILED,		/* error says why; all is as before */
	EXECUTE_PART,		/* error says why; the steps that are EXECUTE_DONE or EXECUTE_HALF stand */
};

struct execute_result {
	const struct plan_item *item;	/* of the plan, which must outlive the result */
	const struct plan_step *steps;	/* item->n */
	enum execute_state *states;	/* of each */
	enum execute_outcome outcome;
	const char *error;		/* "" if there is none */
	const char *id;			/* for undo; "" if nothing stands that can be undone */
};

/* A row for each item that was come to; after a cancel there may be fewer. */
void execute_plan(struct arena *a, const struct plan *p, const struct execute_options *o, struct execute_result **results,
		  size_t *n);
const char *execute_state_name(enum execute_state state);	/* "done", "gone", ... */
/* Files that the item changed and that stand so. */
size_t execute_changed(const struct execute_result *r);

#endif
