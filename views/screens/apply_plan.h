/*
 * apply_plan.h - writing go.mod and go.sum from a view: a job computes the changes, a dialog shows them, and they are written when
 * confirmed. A view calls apply_plan_ask, passes the arguments of its `changed` to apply_plan_ended, and its `confirmed` calls
 * apply_plan_start. Steps are those of the what-if. The view's state has a struct apply_plan. Interface thread.
 */
#ifndef MODSCOPE_APPLY_PLAN_H
#define MODSCOPE_APPLY_PLAN_H

#include "app/app.h"

struct apply_plan {
	bool steps, tidy;	/* what to do: the what-if's steps, go mod tidy */
	uint64_t shown;		/* plan_hash of the plan in the dialog */
};

/* False if nothing may be written now: an action's `enabled`. */
bool apply_plan_enabled(const struct view *v);
void apply_plan_ask(struct view *v, struct apply_plan *p, bool steps, bool tidy);
void apply_plan_start(struct view *v, const struct apply_plan *p);
/* outcome is NULL on failure, with the reason in e. */
void apply_plan_ended(struct view *v, struct apply_plan *p, const struct request *r, const struct part *outcome,
		      const struct err *e, void (*confirmed)(struct view *v));

#endif
