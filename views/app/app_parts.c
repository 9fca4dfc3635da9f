#include "app/app_private.h"

#include <assert.h>

/* Milliseconds that files must rest before they are read: editors and go write several at once. */
enum { REST_MS = 150, PROGRESS_MS = 50 };

/* Wants */

static struct app_want *want_new(const struct request *r)
{
	struct app_want *w = xcalloc(1, sizeof(*w));

	w->request = request_copy(r);
	return w;
}

static void want_free(struct app_want *w)
{
	err_release(&w->err);
	free(w->request);
	free(w);
}

static struct app_want *find_want(const struct app *app, const struct request *r)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (request_eq(app->wants.items[i]->request, r))
			return app->wants.items[i];
	return NULL;
}

static bool want_is_fresh(const struct app *app, const struct app_want *w)
{
	const struct part *p = snapshot_part(app->snapshot, w->request);

	return p && p->generation == w->serial && !p->partial;
}

/* What it needs is there, fresh; what is not, is wanted too. */
static bool needs_met(struct app *app, struct app_want *w)
{
	unsigned needs = load_needs(w->request->part);
	bool met = true;

	for (int id = 0; id < PART_COUNT; id++) {
		const struct app_want *other;

		if (!(needs & NEEDS(id)))
			continue;
		app_want(app, REQUEST((enum part_id)id));
		other = find_want(app, REQUEST((enum part_id)id));
		if (err_is_set(&other->err) && !err_is_set(&w->err))
			err_copy(&w->err, &other->err);
		met = met && want_is_fresh(app, other);
	}
	return met;
}

static void start_job(struct app *app, struct app_want *w)
{
	struct job_spec spec;

	load_job(app->o.load, app->snapshot, w->request, &spec);
	spec.generation = w->serial = ++app->serial;
	w->running = true;
	w->progress = (struct app_progress){ .since = loop_now() };
	err_clear(&w->err);
	jobs_start(app->jobs, &spec);
}

static void start_want(struct app *app, struct app_want *w)
{
	w->waiting = !needs_met(app, w);
	if (!w->waiting)
		start_job(app, w);
}

void app_want(struct app *app, const struct request *r)
{
	struct app_want *w = find_want(app, r);

	if (!w) {
		w = want_new(r);
		vec_push(&app->wants, w);
	} else if (w->running || w->waiting || err_is_set(&w->err) || want_is_fresh(app, w)) {
		return;
	}
	start_want(app, w);
}

void app_reload(struct app *app, const struct request *r)
{
	struct app_want *w = find_want(app, r);

	if (!w) {
		app_want(app, r);
		return;
	}
	err_clear(&w->err);
	start_want(app, w);
}

/* All that were wanted of a kind. */
static void reload_kind(struct app *app, enum part_id id)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->request->part == id)
			app_reload(app, app->wants.items[i]->request);
}

void app_reload_cache(struct app *app)
{
	reload_kind(app, PART_CACHE);
}

/* What has parameters is wanted again by the views that still show it. */
static void drop_special_wants(struct app *app)
{
	size_t kept = 0;

	for (size_t i = 0; i < app->wants.n; i++) {
		struct app_want *w = app->wants.items[i];

		if (request_is_plain(w->request)) {
			app->wants.items[kept++] = w;
			continue;
		}
		jobs_cancel(app->jobs, w->request);
		want_free(w);
	}
	app->wants.n = kept;
}

/* Serials first, so that nothing old counts as fresh; then the jobs, in the order of their needs. */
void app_reload_all(struct app *app)
{
	drop_special_wants(app);
	for (size_t i = 0; i < app->wants.n; i++) {
		struct app_want *w = app->wants.items[i];

		w->serial = ++app->serial;
		w->running = w->waiting = false;
		err_clear(&w->err);
	}
	for (size_t i = 0; i < app->wants.n; i++)
		if (!app->wants.items[i]->running)
			start_want(app, app->wants.items[i]);
	app_refresh_view(app, app_current(app));
}

void *app_part(const struct app *app, const struct request *r)
{
	struct part *p = snapshot_part(app->snapshot, r);

	return p ? p->data : NULL;
}

const struct err *app_error(const struct app *app, const struct request *r)
{
	const struct app_want *w = find_want(app, r);

	return w && err_is_set(&w->err) ? &w->err : NULL;
}

bool app_loading(const struct app *app, const struct request *r,
		 const struct app_progress **progress)
{
	const struct app_want *w = find_want(app, r);

	if (progress)
		*progress = w ? &w->progress : NULL;
	return w && (w->running || (w->waiting && !err_is_set(&w->err)));
}

const struct app_want *app_busiest(const struct app *app)
{
	const struct app_want *found = NULL;

	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->running && (!found || app->wants.items[i]->progress.total))
			found = app->wants.items[i];
	for (size_t i = 0; i < app->changes.n; i++)
		found = app->changes.items[i];
	return found;
}

/* Changes */

static struct app_want *find_change(const struct view *v)
{
	const struct app *app = v->app;

	for (size_t i = 0; i < app->changes.n; i++)
		if (app->changes.items[i]->asker == v)
			return app->changes.items[i];
	return NULL;
}

bool app_changing(const struct view *v)
{
	return find_change(v) != NULL;
}

void app_change(struct view *v, const struct request *r)
{
	struct app_want *w = want_new(r);

	assert(v->ops->changed && !app_changing(v));
	w->asker = v;
	vec_push(&v->app->changes, w);
	start_job(v->app, w);
}

static void end_change(struct app *app, struct app_want *w, struct job_mail *m)
{
	struct view *v = w->asker;
	size_t i = 0;

	while (app->changes.items[i] != w)
		i++;
	app->changes.items[i] = app->changes.items[--app->changes.n];
	v->ops->changed(v, w->request, m->part, err_is_set(&m->err) ? &m->err : NULL);
	want_free(w);
}

/* Mail */

static bool nothing_to_do(struct job *j, void *arg, struct part **out, struct err *e)
{
	(void)j;
	(void)arg;
	(void)out;
	(void)e;
	return true;
}

static void let_go(void *part)
{
	part_unref(part);
}

/* To free a graph or a report of the whole cache takes longer than a frame may: the last reference is a job's. */
static void free_replaced(struct app *app)
{
	for (size_t i = 0; i < app->replaced.n; i++)
		jobs_start(app->jobs, &(struct job_spec){ .run = nothing_to_do,
							  .arg = app->replaced.items[i],
							  .free_arg = let_go });
	app->replaced.n = 0;
}

static void take_snapshot(struct app *app, struct snapshot *next)
{
	snapshot_unref(app->snapshot);
	app->snapshot = next;
}

static bool is_watched(enum part_id id)
{
	return id == PART_GRAPH || id == PART_CACHE || id == PART_TIDY || id == PART_GIT;
}

static void take_part(struct app *app, struct job_mail *m)
{
	struct part *old = snapshot_part(app->snapshot, m->request);

	if (old)
		vec_push(&app->replaced, part_ref(old));
	take_snapshot(app, snapshot_with(app->snapshot, m->part));
	m->part = NULL;
	if (m->kind == JOB_DONE && is_watched(m->request->part))
		load_watch_begin(&app->watching, app->snapshot, app->watch);
}

static bool any_busy(const struct app *app)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->running || app->wants.items[i]->waiting)
			return true;
	return false;
}

static bool is_wanted(void *app, const struct part *p)
{
	return find_want(app, p->request) != NULL;
}

/* After a reload, what nobody asked for again goes: it would keep the graph of its generation. */
static void drop_unwanted(struct app *app)
{
	struct snapshot *next;

	if (any_busy(app))
		return;
	next = snapshot_filter(app->snapshot, is_wanted, app);
	if (!next)
		return;
	for (size_t i = 0; i < app->snapshot->n; i++)
		if (!is_wanted(app, app->snapshot->parts[i]))
			vec_push(&app->replaced, part_ref(app->snapshot->parts[i]));
	take_snapshot(app, next);
}

static void start_waiting(struct app *app)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->waiting)
			start_want(app, app->wants.items[i]);
}

/* Whose mail it is; NULL for late mail and for mail of work without a name. */
static struct app_want *addressee(const struct app *app, const struct job_mail *m)
{
	struct app_want *w = m->request ? find_want(app, m->request) : NULL;

	if (w && w->serial == m->generation)
		return w;
	for (size_t i = 0; i < app->changes.n; i++)
		if (app->changes.items[i]->serial == m->generation)
			return app->changes.items[i];
	return NULL;
}

/* True if there is more to show than progress. */
static bool take_mail(struct app *app, struct job_mail *m)
{
	struct app_want *w = addressee(app, m);

	if (!w)
		return false;
	w->progress.done = m->done;
	w->progress.total = m->total;
	memcpy(w->progress.subject, m->subject, sizeof(w->progress.subject));
	if (m->kind == JOB_PROGRESS)
		return false;
	if (w->asker) {
		end_change(app, w, m);
		return true;
	}
	if (m->part)
		take_part(app, m);
	if (m->kind == JOB_FAILED)
		err_move(&w->err, &m->err);
	if (m->kind != JOB_PARTIAL)
		w->running = false;
	return true;
}

static void show_progress(void *ctx)
{
	((struct app *)ctx)->progress_timer = 0;
}

static void show_parts(struct app *app)
{
	start_waiting(app);
	app_refresh_views(app);
	drop_unwanted(app);
	free_replaced(app);
}

void app_on_mail(void *ctx)
{
	struct app *app = ctx;
	struct job_mail *m;
	bool parts = false;

	while ((m = jobs_take_mail(app->jobs))) {
		parts = take_mail(app, m) || parts;
		job_mail_free(m);
	}
	if (parts)
		show_parts(app);
	else if (
		!app->progress_timer) /* it comes thousands of times a second, and a timer that fires draws */
		app->progress_timer = loop_after(&app->loop, PROGRESS_MS, show_progress, app);
}

/* Files that changed */

static void act_on_changes(void *ctx)
{
	struct app *app = ctx;
	unsigned changed = app->changed;

	app->changed = 0;
	app->changed_timer = 0;
	if (changed & LOAD_CHANGED_PROJECT) {
		app_reload_all(app);
		app_message(app, STYLE_QUIET, "the project's files changed: reading them again");
		return;
	}
	if (changed & LOAD_CHANGED_CACHE)
		app_reload_cache(app);
	if (changed & (LOAD_CHANGED_SOURCE | LOAD_CHANGED_GIT))
		reload_kind(app, PART_GIT);
	if (changed & LOAD_CHANGED_SOURCE) {
		reload_kind(app, PART_TIDY);
		reload_kind(app, PART_IMPORTS);
	}
}

void app_on_watch(void *ctx)
{
	struct app *app = ctx;
	unsigned changed = watch_take(app->watch);

	if (!changed)
		return;
	app->changed |= changed;
	if (app->changed_timer)
		loop_cancel(&app->loop, app->changed_timer);
	app->changed_timer = loop_after(&app->loop, REST_MS, act_on_changes, app);
}

void app_parts_release(struct app *app)
{
	for (size_t i = 0; i < app->wants.n; i++)
		want_free(app->wants.items[i]);
	vec_release(&app->wants);
	for (size_t i = 0; i < app->changes.n; i++)
		want_free(app->changes.items[i]);
	vec_release(&app->changes);
	load_watch_release(&app->watching);
	vec_release(&app->replaced);
	snapshot_unref(app->snapshot);
	watch_free(app->watch);
}
