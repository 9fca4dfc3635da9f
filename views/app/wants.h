/*
 * wants.h - wanted parts, the jobs that make them, and the snapshot of loaded ones.
 *
 * A want is a requested part of the current generation: its job, its error, its progress. A change requested by a view
 * is kept the same way, but its result goes to that view, not into the snapshot. Files of the project and the cache are watched,
 * and parts that depend on them are reloaded. Nothing here waits for a job or draws: the owner gets calls (wants_ops).
 *
 * wants_init once, wants_release at the end; all on the interface thread. For the app (app.h), which passes on the views' requests.
 */
#ifndef MODSCOPE_WANTS_H
#define MODSCOPE_WANTS_H

#include "loop.h"
#include "parts/load.h"

struct view;

struct wants_progress {
	char subject[256];
	long long done, total;
	uint64_t since;		/* loop_now() at its start; 0: waiting */
};
struct want {
	struct request *request;
	struct view *asker;	/* of a change; else NULL */
	uint64_t serial;	/* generation of its newest job; a part with this generation is fresh */
	bool waiting;		/* for parts that it needs */
	bool running;
	struct err err;
	struct wants_progress progress;
};

struct wants_ops {
	void (*arrived)(void *ctx);	/* parts have arrived or failed */
	void (*files_changed)(void *ctx);	/* the project's files changed: everything is reloaded */
	/* A change has ended; as view_ops.changed. */
	void (*ended)(void *ctx, struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
};
struct wants {
	const struct wants_ops *ops;
	void *ctx;
	struct loop *loop;		/* borrowed */
	struct load *load;		/* borrowed */
	struct jobs *jobs;
	struct watch *watch;
	unsigned told;		/* in the activity log: 1 << enum watch_blind for those polled, 1 for those not watched */
	struct load_watching watching;	/* a watch that is being set up */
	struct snapshot *snapshot;
	VEC(struct part *) replaced;	/* by newer ones: released once the views have taken those */
	VEC(struct want *) parts, changes;
	uint64_t serial;
	unsigned changed;		/* LOAD_CHANGED_*: handled after a short delay */
	unsigned changed_timer;
	unsigned progress_timer;	/* until new progress is shown */
};

/* ERR_SYS. Set ops, ctx, loop and load first; polling: watch by polling. */
bool wants_init(struct wants *w, bool polling, struct err *e);
/* wants_stop waits for the jobs; wants_release does too, then releases parts that views do not hold. */
void wants_stop(struct wants *w);
void wants_release(struct wants *w);

/* Data of a part, NULL while it is not there. */
void *wants_part(const struct wants *w, const struct request *r);
/* Loads a part unless it is loaded; wants_reload always loads it. */
void wants_add(struct wants *w, const struct request *r);
void wants_reload(struct wants *w, const struct request *r);
void wants_reload_kind(struct wants *w, enum request_part id);
void wants_reload_all(struct wants *w);
const struct err *wants_error(const struct wants *w, const struct request *r);
bool wants_loading(const struct wants *w, const struct request *r, const struct wants_progress **progress);
void wants_change(struct wants *w, struct view *v, const struct request *r);
bool wants_changing(const struct wants *w, const struct view *v);
const struct wants_progress *wants_change_progress(const struct wants *w, const struct view *v);

/* The running work to show; NULL if there is none. */
const struct want *wants_busiest(const struct wants *w);
/* Checks for file changes, for example after a suspension. */
void wants_look(struct wants *w);
/* Acts as if the watch had noticed these changes: a set of enum load_changed. */
void wants_changed(struct wants *w, unsigned changed);
/* Sets up a watch in slices; true: more is left. */
bool wants_work(struct wants *w);

#endif
