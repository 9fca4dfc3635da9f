#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "change/content.h"
#include "change/execute_impl.h"

#define GROUP 64u /* items whose locks are held at once */
#define THREADS 8u

/* A file that a step writes. */
struct piece {
	const char *tmp; /* NULL: there is nothing to write */
	struct content content;
	size_t change; /* its number in the journal */
	bool staged, placed;
};

struct turn {
	const struct plan_item *item;
	const struct plan_step *steps;
	enum execute_state *states;
	struct piece *pieces; /* by step */
	bool *stands;	      /* by step */
	bool reached, ok;
	struct err err;
};

struct together {
	struct arena *a;
	const struct plan *p;
	const struct execute_options *o;
	struct apply *t;
	struct turn turns[GROUP];
	size_t n, done; /* turns of this group, items prepared in all */
	VEC(struct execute_result) results;
};

static bool fail(struct turn *u, size_t step, struct err *why)
{
	u->ok = false;
	u->states[step] = EXECUTE_FAILED_STEP;
	return err_move(&u->err, why);
}

static bool make(struct together *g, struct turn *u, size_t i, struct err *e)
{
	const struct execute_room *room = g->o->room;
	struct piece *p = &u->pieces[i];

	if (!room->make(room->ctx, u->item, &u->steps[i], g->t, &p->tmp, e))
		return false;
	if (p->tmp)
		content_of(&p->content, p->tmp);
	return true;
}

/* Everything that needs no lock; several items at once. */
static void prepare(void *ctx, size_t k)
{
	struct together *g = ctx;
	const struct execute_room *room = g->o->room;
	struct turn *u = &g->turns[k];
	struct err e = ERR_INIT;

	u->reached = !cancel_is_set(g->o->cancel);
	u->ok = u->reached;
	for (size_t i = 0; u->ok && i < u->item->n; i++) {
		bool ok = true;

		if (cancel_is_set(g->o->cancel))
			ok = err_set(&e, ERR_CANCELLED, "cancelled");
		else if (u->steps[i].op == PLAN_FETCH)
			ok = room->fetch(room->ctx, u->item, &u->steps[i], &e);
		else if (u->steps[i].op == PLAN_WRITE)
			ok = make(g, u, i, &e);
		if (!ok)
			fail(u, i, &e);
		else if (u->steps[i].op == PLAN_FETCH)
			u->states[i] = EXECUTE_DONE;
	}
}

static void tell(void *ctx, size_t k)
{
	struct together *g = ctx;

	g->done++;
	if (g->o->progress)
		g->o->progress(g->o->ctx, g->done, g->p->n_items, g->turns[k].item->mod);
}

static bool stage(struct together *g, struct turn *u, size_t i, const char *lock, struct err *e)
{
	struct piece *p = &u->pieces[i];
	const char *path = u->steps[i].path;
	bool wanted = u->stands[i] && p->tmp;

	if (wanted && !fs_is_gone(path)) {
		int why = errno;

		if (!fs_exists(path))
			return err_sys(e, why, "lstat %s", path);
		wanted = false;
	}
	if (!wanted) {
		u->states[i] = EXECUTE_GONE;
		return true;
	}
	p->change = apply_steps(g->t);
	p->staged = apply_stage(g->t, path, lock, p->tmp, &p->content, e);
	return p->staged;
}

/* Under go's lock from here on. */
static void claim(struct together *g, struct turn *u)
{
	const struct execute_room *room = g->o->room;
	const char *lock = "";
	struct err e = ERR_INIT;

	for (size_t i = 0; u->ok && i < u->item->n; i++) {
		bool ok = true;

		if (u->steps[i].op == PLAN_LOCK) {
			lock = u->steps[i].path;
			ok = apply_lock_too(g->t, lock, g->o->cancel, &e) &&
			     room->judge(room->ctx, u->item, u->steps, u->stands, &e);
			u->states[i] = EXECUTE_DONE;
		} else if (u->steps[i].op == PLAN_WRITE) {
			ok = stage(g, u, i, lock, &e);
		}
		if (!ok)
			fail(u, i, &e);
	}
}

static bool take_back(struct together *g, struct turn *u)
{
	bool all = true, half;

	for (size_t i = u->item->n; i-- > 0;) {
		if (u->pieces[i].staged && !u->pieces[i].placed)
			apply_drop(g->t, u->pieces[i].change);
		if (!u->pieces[i].placed)
			continue;
		u->pieces[i].placed = !apply_restore(g->t, u->pieces[i].change, &half, NULL);
		u->states[i] = !u->pieces[i].placed ? EXECUTE_TAKEN_BACK
			       : half		    ? EXECUTE_HALF
						    : EXECUTE_DONE;
		all &= !u->pieces[i].placed;
	}
	return all;
}

static void place(struct together *g, struct turn *u)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; u->ok && i < u->item->n; i++) {
		struct piece *p = &u->pieces[i];

		if (!p->staged)
			continue;
		p->placed = apply_place(g->t, p->change, &e);
		if (p->placed)
			u->states[i] = EXECUTE_DONE;
		else
			fail(u, i, &e);
	}
}

/* All files of an item are in one directory. */
static void sync_dir(void *ctx, size_t k)
{
	struct together *g = ctx;
	const struct turn *u = &g->turns[k];

	for (size_t i = 0; i < u->item->n; i++)
		if (u->pieces[i].placed) {
			apply_sync_parent(u->steps[i].path);
			return;
		}
}

/* The journal cannot be written: nothing has been changed. */
static void fail_staged(struct together *g, const struct err *why)
{
	for (size_t k = 0; k < g->n; k++) {
		struct turn *u = &g->turns[k];

		for (size_t i = 0; u->ok && i < u->item->n; i++)
			if (u->pieces[i].staged) {
				struct err e = ERR_INIT;

				err_copy(&e, why);
				fail(u, i, &e);
			}
		for (size_t i = 0; i < u->item->n; i++)
			u->pieces[i].staged = false;
	}
}

static void end_turn(struct together *g, struct turn *u)
{
	bool back = u->ok || take_back(g, u), stands;
	struct execute_result r = { .item = u->item, .steps = u->steps, .states = u->states };

	for (size_t i = 0; i < u->item->n; i++)
		if (u->pieces[i].tmp && !u->pieces[i].placed && u->states[i] != EXECUTE_TAKEN_BACK)
			unlink(u->pieces[i].tmp);
	stands = u->ok ? execute_changed(&r) > 0 : !back;
	r.id = stands ? arena_strdup(g->a, apply_id(g->t)) : "";
	r.outcome = u->ok ? (stands ? EXECUTE_CHANGED : EXECUTE_NOTHING)
			  : (stands ? EXECUTE_PART : EXECUTE_FAILED);
	r.error = u->err.text ? arena_strdup(g->a, u->err.text) : "";
	err_release(&u->err);
	if (u->reached)
		vec_push(&g->results, r);
}

static void begin_group(struct together *g, size_t from)
{
	g->n = MIN((size_t)GROUP, g->p->n_items - from);
	for (size_t k = 0; k < g->n; k++) {
		const struct plan_item *item = &g->p->items[from + k];

		g->turns[k] = (struct turn){
			.item = item,
			.steps = g->p->steps + item->first,
			.states = arena_calloc(g->a, item->n, sizeof(enum execute_state)),
			.pieces = arena_calloc(g->a, item->n, sizeof(struct piece)),
			.stands = arena_calloc(g->a, item->n, sizeof(bool)),
			.err = ERR_INIT,
		};
	}
}

static void run_group(struct together *g, size_t from)
{
	struct err e = ERR_INIT;

	begin_group(g, from);
	par_stream(g->n, THREADS, prepare, tell, g);
	for (size_t k = 0; k < g->n; k++)
		claim(g, &g->turns[k]);
	if (!apply_staged(g->t, &e))
		fail_staged(g, &e);
	err_release(&e);
	for (size_t k = 0; k < g->n; k++)
		place(g, &g->turns[k]);
	for (size_t k = 0; k < g->n; k++)
		end_turn(g, &g->turns[k]);
	par_for(g->n, THREADS, sync_dir, g);
	apply_unlock(g->t);
}

bool execute_together(struct arena *a, const struct plan *p, const struct execute_options *o,
		      struct execute_result **results, size_t *n, struct err *e)
{
	struct together g = { .a = a, .p = p, .o = o };

	*results = NULL;
	*n = 0;
	if (p->n_items == 0)
		return true;
	g.t = apply_begin(o->root, o->own_cache, p->title, o->log, e);
	if (!g.t)
		return false;
	for (size_t from = 0; from < p->n_items && !cancel_is_set(o->cancel); from += GROUP)
		run_group(&g, from);
	execute_end(a, g.t, g.results.items, g.results.n);
	*results = arena_memdup(a, g.results.items, g.results.n * sizeof(*g.results.items));
	*n = g.results.n;
	vec_release(&g.results);
	return true;
}
