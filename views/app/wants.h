/*
 * wants.h - the parts that are wanted, the jobs that make them, and the snapshot of those that are there.
 *
 * A want is a part of the current generation that somebody asked for: its job, its error, its progress. A change that a view
 * asked for is kept the same way, but ends with that view and not in the snapshot. Files of the project and the cache are watched,
 * and what depends on them is made again. Nothing here waits for a job, and nothing draws: the owner is told by two calls.
 *
 * wants_init once, wants_release at the end; all on the interface thread. For the app (app.h), which hands views' wishes on.
 */
#ifndef MODSCOPE_WANTS_H
#define MODSCOPE_WANTS_H

#include "loop.h"
#include "parts/load.h"

struct view;

struct wants_progress {
	char subject[256];
	long long done, total;
	uint64_t since;		/* loop_now() of its start; 0: it waits */
};
struct want {
	struct request *request;
	struct view *asker;	/* of a change; else NULL */
	uint64_t serial;	/* generation of the newest job for it; a part with it is fresh */
	bool waiting;		/* for what it needs */
	bool running;
	struct err err;
	struct wants_progress progress;
};

struct wants_ops {
	void (*arrived)(void *ctx);	/* parts have come, or failed to */
	void (*files_changed)(void *ctx);	/* the project's files did: everything is read again */
	/* A change has ended: as view_ops.changed. */
	void (*ended)(void *ctx, struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
};
struct wants {
	const struct wants_ops *ops;
	void *ctx;
	struct loop *loop;		/* borrowed */
	struct load *load;		/* borrowed */
	struct jobs *jobs;
	struct watch *watch;
	struct load_watching watching;	/* a watch that is being set up */
	struct snapshot *snapshot;
	VEC(struct part *) replaced;	/* by newer ones: let go when views have taken those */
	VEC(struct want *) parts, changes;
	uint64_t serial;
	unsigned changed;		/* LOAD_CHANGED_*: seen, acted on after a short rest */
	unsigned changed_timer;
	unsigned progress_timer;	/* until progress that came is shown */
};

/* ERR_SYS. ops, ctx, loop and load are set before; polling: watch by time. */
bool wants_init(struct wants *w, bool polling, struct err *e);
/* Waits for the jobs, then lets go of what views do not hold. wants_stop does the first half. */
void wants_stop(struct wants *w);
void wants_release(struct wants *w);

/* Data of a part, NULL while it is not there. */
void *wants_part(const struct wants *w, const struct request *r);
/* Loads a part if it is not there; wants_reload loads it again. */
void wants_add(struct wants *w, const struct request *r);
void wants_reload(struct wants *w, const struct request *r);
void wants_reload_kind(struct wants *w, enum request_part id);
void wants_reload_all(struct wants *w);
const struct err *wants_error(const struct wants *w, const struct request *r);
bool wants_loading(const struct wants *w, const struct request *r, const struct wants_progress **progress);
void wants_change(struct wants *w, struct view *v, const struct request *r);
bool wants_changing(const struct wants *w, const struct view *v);
const struct wants_progress *wants_change_progress(const struct wants *w, const struct view *v);

/* What is worth showing of the work that is under way; NULL if none is. */
const struct want *wants_busiest(const struct wants *w);
/* Files may have changed while nobody looked. */
void wants_look(struct wants *w);
/* As if the watch had seen it: a set of enum load_changed. */
void wants_changed(struct wants *w, unsigned changed);
/* Sets up a watch in slices; true: more is left. */
bool wants_work(struct wants *w);

#endif
