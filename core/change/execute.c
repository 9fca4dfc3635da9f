#include "change/execute_impl.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/fs.h"

#define NO_CHANGE SIZE_MAX

struct run {
	struct arena *a;
	const struct plan *p;
	const struct execute_options *o;
	struct apply *
		t; /* of the whole plan, or of the current item; NULL until there is something to do */
	VEC(struct execute_result) results;
};

/* The current item. */
struct turn {
	struct run *run;
	struct execute_result *r;
	const struct plan_item *item;
	bool *stands;	/* by step: its reason holds */
	size_t *change; /* by step: its number in the journal */
	size_t from;	/* the journal's steps before this item */
	bool judged;
};

static bool begin(struct turn *u, struct err *e)
{
	struct run *x = u->run;
	const struct plan_item *item = u->item;
	const char *title = x->p->title;

	if (x->t)
		return true;
	if (*x->p->undoes) {
		x->t = apply_reopen(x->o->root, x->o->own_cache, x->p->undoes, true, x->o->log, e);
		return x->t != NULL;
	}
	if (!x->p->one_change)
		title = *item->path ? arena_fmt(x->a, "%s %s", title, item->path)
				    : arena_fmt(x->a, "%s %s@%s", title, item->mod.path,
						item->mod.version);
	x->t = apply_begin(x->o->root, x->o->own_cache, title, x->o->log, e);
	return x->t != NULL;
}

static bool judge(struct turn *u, struct err *e)
{
	const struct execute_room *room = u->run->o->room;

	if (u->judged)
		return true;
	u->judged = true;
	if (!*u->run->p->undoes)
		return room->judge(room->ctx, u->item, u->r->steps, u->stands, e);
	for (size_t i = 0; i < u->item->n; i++)
		u->stands[i] = true;
	return true;
}

static bool put(struct turn *u, const struct plan_step *s, struct err *e)
{
	const struct execute_room *room = u->run->o->room;
	const char *tmp = NULL;

	return room->make(room->ctx, u->item, s, u->run->t, &tmp, e) &&
	       (!tmp ||
		(s->op == PLAN_EDIT ? apply_edit : apply_replace)(u->run->t, s->path, tmp, e));
}

static bool set_mode(struct turn *u, const struct plan_step *s, struct err *e)
{
	struct stat st;
	mode_t mode;

	if (lstat(s->path, &st))
		return err_sys(e, errno, "lstat %s", s->path);
	mode = (st.st_mode & 07777 & s->keep) | s->set;
	return mode == (st.st_mode & 07777) || apply_chmod(u->run->t, s->path, mode, e);
}

/* A lock that is not a file: no one else can hold it, and it cannot be taken before judging. */
static bool is_no_lock(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool change(struct turn *u, size_t i, struct err *e)
{
	const struct plan_step *s = &u->r->steps[i];
	struct apply *t = u->run->t;
	bool ok = false;

	u->change[i] = apply_steps(t);
	switch (s->op) {
	case PLAN_REPLACE:
	case PLAN_EDIT:
	case PLAN_EXTRACT:
	case PLAN_WRITE: ok = put(u, s, e); break;
	case PLAN_CHMOD: ok = set_mode(u, s, e); break;
	default: ok = apply_remove(t, s->path, e); break;
	}
	if (apply_steps(t) > u->change[i])
		return ok;
	u->change[i] = NO_CHANGE;
	u->r->states[i] = EXECUTE_GONE; /* nothing to do */
	return ok;
}

static bool restore(struct turn *u, size_t i, struct err *e)
{
	size_t change = u->r->steps[i].change;
	bool half, ok;

	if (change >= apply_steps(u->run->t))
		return err_set(e, ERR_NOT_FOUND, "%s: the journal has no such step",
			       u->r->steps[i].path);
	if (apply_is_back(u->run->t, change)) {
		u->r->states[i] = EXECUTE_GONE;
		return true;
	}
	ok = apply_restore(u->run->t, change, &half, e);
	if (!ok && half)
		u->r->states[i] = EXECUTE_HALF;
	return ok;
}

static bool clear_lock(struct turn *u, size_t i, struct err *e)
{
	if (is_no_lock(u->r->steps[i].path))
		return begin(u, e) && change(u, i, e);
	u->r->states[i] = EXECUTE_GONE;
	return true;
}

static bool step(struct turn *u, size_t i, struct err *e)
{
	const struct execute_options *o = u->run->o;
	const struct plan_step *s = &u->r->steps[i];

	if (cancel_is_set(o->cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	switch (s->op) {
	case PLAN_FETCH: return o->room->fetch(o->room->ctx, u->item, s, e);
	case PLAN_CHECK: return o->room->check(o->room->ctx, u->item, s, e);
	case PLAN_LOCK:
		u->judged = false; /* what came before the lock was judged without it */
		return begin(u, e) && apply_lock(u->run->t, s->path, o->cancel, e) && judge(u, e);
	case PLAN_RESTORE: return begin(u, e) && restore(u, i, e);
	case PLAN_CLEAR_LOCK:
		if (!u->judged)
			return clear_lock(u, i, e);
		break;
	default: break;
	}
	if (!begin(u, e) || !judge(u, e))
		return false;
	if (u->stands[i])
		return change(u, i, e);
	u->r->states[i] = EXECUTE_GONE;
	return true;
}

/* False at the first failure; e is its error. */
static bool run_steps(struct turn *u, struct err *e)
{
	bool all = true;

	for (size_t i = 0; i < u->item->n; i++) {
		struct err own = ERR_INIT;
		bool ok = step(u, i, &own);

		if (!ok && u->r->states[i] != EXECUTE_HALF)
			u->r->states[i] = EXECUTE_FAILED_STEP;
		else if (u->r->states[i] == EXECUTE_NOT_BEGUN)
			u->r->states[i] = EXECUTE_DONE;
		all = all && ok;
		if (!ok && !err_is_set(e))
			err_move(e, &own);
		err_release(&own);
		if (!ok && u->r->steps[i].op != PLAN_RESTORE)
			return false;
	}
	return all;
}

/* True if everything is as before. */
static bool take_back(struct turn *u)
{
	struct apply *t = u->run->t;
	bool all = true;

	for (size_t i = u->item->n; t && i-- > 0;) {
		enum execute_state *state = &u->r->states[i];
		bool failed = *state == EXECUTE_FAILED_STEP, half;

		if (u->change[i] == NO_CHANGE || u->change[i] < u->from)
			continue;
		if (apply_restore(t, u->change[i], &half, NULL)) {
			*state = failed ? EXECUTE_FAILED_STEP : EXECUTE_TAKEN_BACK;
		} else {
			*state = failed || half ? EXECUTE_HALF : EXECUTE_DONE;
			all = false;
		}
	}
	return all;
}

/* Ends the item's change; false if the journal cannot be written. */
static bool end_change(struct apply *t, bool stands, struct err *e)
{
	bool ok = true;

	if (t && stands && !err_is_set(e))
		return apply_end(t, e);
	if (t && !stands && apply_steps(t))
		ok = apply_undone(t, e);
	apply_abandon(t);
	return ok;
}

static void end_undo(struct turn *u, bool ok, struct err *e)
{
	struct run *x = u->run;
	struct execute_result *r = u->r;

	ok = ok && begin(u, e) && apply_undone(x->t, e);
	r->outcome = ok ? (execute_changed(r) ? EXECUTE_CHANGED : EXECUTE_NOTHING)
			: (execute_changed(r) ? EXECUTE_PART : EXECUTE_FAILED);
	r->id = ok ? "" : x->p->undoes;
	apply_abandon(x->t);
	x->t = NULL;
}

static void end_item(struct turn *u, bool ok, struct err *e)
{
	struct run *x = u->run;
	struct execute_result *r = u->r;
	bool back = ok || take_back(u);
	bool stands = ok ? execute_changed(r) > 0 : !back;

	r->id = stands && x->t ? arena_strdup(x->a, apply_id(x->t)) : "";
	if (x->t)
		apply_unlock(x->t);
	if (!x->p->one_change) {
		ok = end_change(x->t, stands, e) && ok;
		x->t = NULL;
	}
	r->outcome = ok ? (stands ? EXECUTE_CHANGED : EXECUTE_NOTHING)
			: (stands ? EXECUTE_PART : EXECUTE_FAILED);
}

static void run_item(struct run *x, const struct plan_item *item)
{
	struct execute_result r = { .item = item, .steps = x->p->steps + item->first, .id = "" };
	struct err e = ERR_INIT;
	struct turn u = { .run = x, .r = &r, .item = item };
	bool ok;

	r.states = arena_calloc(x->a, item->n, sizeof(*r.states));
	u.stands = arena_calloc(x->a, item->n, sizeof(*u.stands));
	u.change = arena_calloc(x->a, item->n, sizeof(*u.change));
	for (size_t i = 0; i < item->n; i++)
		u.change[i] = NO_CHANGE;
	u.from = x->t ? apply_steps(x->t) : 0;
	ok = run_steps(&u, &e);
	if (*x->p->undoes)
		end_undo(&u, ok, &e);
	else
		end_item(&u, ok, &e);
	r.error = e.text ? arena_strdup(x->a, e.text) : "";
	err_release(&e);
	vec_push(&x->results, r);
	if (x->o->room && x->o->room->end)
		x->o->room->end(x->o->room->ctx);
}

void execute_end(struct arena *a, struct apply *t, struct execute_result *results, size_t n)
{
	struct err e = ERR_INIT;
	bool stands = false;

	for (size_t i = 0; i < n; i++)
		stands |= execute_changed(&results[i]) > 0;
	if (!end_change(t, stands, &e))
		for (size_t i = 0; i < n; i++) {
			if (results[i].outcome != EXECUTE_CHANGED)
				continue;
			results[i].outcome = EXECUTE_PART;
			results[i].error = arena_strdup(a, e.text);
		}
	err_release(&e);
}

void execute_plan(struct arena *a, const struct plan *p, const struct execute_options *o,
		  struct execute_result **results, size_t *n)
{
	struct run x = { .a = a, .p = p, .o = o };

	for (size_t i = 0; i < p->n_items && !cancel_is_set(o->cancel); i++) {
		run_item(&x, &p->items[i]);
		if (o->progress)
			o->progress(o->ctx, i + 1, p->n_items, p->items[i].mod);
	}
	if (x.t)
		execute_end(a, x.t, x.results.items, x.results.n);
	*results = arena_memdup(a, x.results.items, x.results.n * sizeof(*x.results.items));
	*n = x.results.n;
	vec_release(&x.results);
}

const char *execute_state_name(enum execute_state state)
{
	static const char *const names[] = { "not begun", "done",      "gone",
					     "failed",	  "half done", "taken back" };

	return names[state];
}

size_t execute_changed(const struct execute_result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->item->n; i++)
		n += plan_op_changes(r->steps[i].op) &&
		     (r->states[i] == EXECUTE_DONE || r->states[i] == EXECUTE_HALF);
	return n;
}
