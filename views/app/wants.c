#include "app/wants.h"

#include <assert.h>

#include "base/activity.h"
#include "gauge.h"

/* Milliseconds without changes before files are read: editors and go write several at once. */
enum { REST_MS = 150, PROGRESS_MS = 50, WATCH_SLICE = 100, MAX_JOBS = 8 };

/* Wants */

static struct want *want_new(const struct request *r)
{
	struct want *w = xcalloc(1, sizeof(*w));

	w->request = request_copy(r);
	return w;
}

static void want_free(struct want *w)
{
	err_release(&w->err);
	free(w->request);
	free(w);
}

static struct want *find_want(const struct wants *ws, const struct request *r)
{
	for (size_t i = 0; i < ws->parts.n; i++)
		if (request_eq(ws->parts.items[i]->request, r))
			return ws->parts.items[i];
	return NULL;
}

static bool want_is_fresh(const struct wants *ws, const struct want *w)
{
	const struct part *p = snapshot_part(ws->snapshot, w->request);

	return p && p->generation == w->serial && !p->partial;
}

/* Whether its needs are loaded and fresh; adds wants for those that are not. */
static bool needs_met(struct wants *ws, struct want *w)
{
	unsigned needs = load_needs(w->request->part);
	bool met = true;

	for (int id = 0; id < PART_COUNT; id++) {
		const struct want *other;

		if (!(needs & (1u << id)))
			continue;
		wants_add(ws, REQUEST((enum request_part)id));
		other = find_want(ws, REQUEST((enum request_part)id));
		if (err_is_set(&other->err) && !err_is_set(&w->err))
			err_copy(&w->err, &other->err);
		met = met && want_is_fresh(ws, other);
	}
	return met;
}

static void start_job(struct wants *ws, struct want *w)
{
	struct job_spec spec;

	load_job(ws->load, ws->snapshot, w->request, &spec);
	spec.generation = w->serial = ++ws->serial;
	w->running = true;
	w->progress = (struct wants_progress){ .since = loop_now() };
	err_clear(&w->err);
	jobs_start(ws->jobs, &spec);
}

static void start_want(struct wants *ws, struct want *w)
{
	w->waiting = !needs_met(ws, w);
	if (!w->waiting)
		start_job(ws, w);
}

void wants_add(struct wants *ws, const struct request *r)
{
	struct want *w = find_want(ws, r);

	if (!w) {
		w = want_new(r);
		vec_push(&ws->parts, w);
	} else if (w->running || w->waiting || err_is_set(&w->err) || want_is_fresh(ws, w)) {
		return;
	}
	start_want(ws, w);
}

void wants_reload(struct wants *ws, const struct request *r)
{
	struct want *w = find_want(ws, r);

	if (!w) {
		wants_add(ws, r);
		return;
	}
	err_clear(&w->err);
	start_want(ws, w);
}

/* All wants of a kind. */
void wants_reload_kind(struct wants *ws, enum request_part id)
{
	for (size_t i = 0; i < ws->parts.n; i++)
		if (ws->parts.items[i]->request->part == id)
			wants_reload(ws, ws->parts.items[i]->request);
}

/* Views that still show a part with parameters will request it again. */
static void drop_special_wants(struct wants *ws)
{
	size_t kept = 0;

	for (size_t i = 0; i < ws->parts.n; i++) {
		struct want *w = ws->parts.items[i];

		if (request_is_plain(w->request)) {
			ws->parts.items[kept++] = w;
			continue;
		}
		jobs_cancel(ws->jobs, w->request);
		want_free(w);
	}
	ws->parts.n = kept;
}

/* Serials first, so that no old part counts as fresh; then the jobs, in the order of their needs. */
void wants_reload_all(struct wants *ws)
{
	drop_special_wants(ws);
	for (size_t i = 0; i < ws->parts.n; i++) {
		struct want *w = ws->parts.items[i];

		w->serial = ++ws->serial;
		w->running = w->waiting = false;
		err_clear(&w->err);
	}
	for (size_t i = 0; i < ws->parts.n; i++)
		if (!ws->parts.items[i]->running)
			start_want(ws, ws->parts.items[i]);
}

void *wants_part(const struct wants *ws, const struct request *r)
{
	struct part *p = snapshot_part(ws->snapshot, r);

	return p ? p->data : NULL;
}

const struct err *wants_error(const struct wants *ws, const struct request *r)
{
	const struct want *w = find_want(ws, r);

	return w && err_is_set(&w->err) ? &w->err : NULL;
}

bool wants_loading(const struct wants *ws, const struct request *r,
		   const struct wants_progress **progress)
{
	const struct want *w = find_want(ws, r);

	if (progress)
		*progress = w ? &w->progress : NULL;
	return w && (w->running || (w->waiting && !err_is_set(&w->err)));
}

const struct want *wants_busiest(const struct wants *ws)
{
	const struct want *found = NULL;

	for (size_t i = 0; i < ws->parts.n; i++)
		if (ws->parts.items[i]->running && (!found || ws->parts.items[i]->progress.total))
			found = ws->parts.items[i];
	for (size_t i = 0; i < ws->changes.n; i++)
		found = ws->changes.items[i];
	return found;
}

/* Changes */

const struct wants_progress *wants_change_progress(const struct wants *ws, const struct view *v)
{
	for (size_t i = 0; i < ws->changes.n; i++)
		if (ws->changes.items[i]->asker == v)
			return &ws->changes.items[i]->progress;
	return NULL;
}

bool wants_changing(const struct wants *ws, const struct view *v)
{
	return wants_change_progress(ws, v) != NULL;
}

void wants_change(struct wants *ws, struct view *v, const struct request *r)
{
	struct want *w = want_new(r);

	assert(!wants_changing(ws, v));
	w->asker = v;
	vec_push(&ws->changes, w);
	start_job(ws, w);
}

static void end_change(struct wants *ws, struct want *w, struct job_mail *m)
{
	size_t i = 0;

	while (ws->changes.items[i] != w)
		i++;
	ws->changes.items[i] = ws->changes.items[--ws->changes.n];
	ws->ops->ended(ws->ctx, w->asker, w->request, m->part,
		       err_is_set(&m->err) ? &m->err : NULL);
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

/* Freeing a graph or a report of the whole cache takes too long for a frame: a job drops the last reference. */
static void free_replaced(struct wants *ws)
{
	for (size_t i = 0; i < ws->replaced.n; i++)
		jobs_start(ws->jobs, &(struct job_spec){ .run = nothing_to_do,
							 .arg = ws->replaced.items[i],
							 .free_arg = let_go });
	ws->replaced.n = 0;
}

static void take_snapshot(struct wants *ws, struct snapshot *next)
{
	snapshot_unref(ws->snapshot);
	ws->snapshot = next;
}

static bool is_watched(enum request_part id)
{
	return id == PART_ENV || id == PART_CACHE || id == PART_TIDY || id == PART_GIT ||
	       id == PART_VENDOR;
}

static void take_part(struct wants *ws, struct job_mail *m)
{
	struct part *old = snapshot_part(ws->snapshot, m->request);

	if (old)
		vec_push(&ws->replaced, part_ref(old));
	take_snapshot(ws, snapshot_with(ws->snapshot, m->part));
	m->part = NULL;
	if (m->kind == JOB_DONE && is_watched(m->request->part))
		load_watch_begin(&ws->watching, ws->snapshot, ws->watch);
}

static bool any_busy(const struct wants *ws)
{
	for (size_t i = 0; i < ws->parts.n; i++)
		if (ws->parts.items[i]->running || ws->parts.items[i]->waiting)
			return true;
	return false;
}

static bool is_wanted(void *ws, const struct part *p)
{
	return find_want(ws, p->request) != NULL;
}

/* After a reload, drop parts that were not requested again: they would keep the old graph. */
static void drop_unwanted(struct wants *ws)
{
	struct snapshot *next;

	if (any_busy(ws))
		return;
	next = snapshot_filter(ws->snapshot, is_wanted, ws);
	if (!next)
		return;
	for (size_t i = 0; i < ws->snapshot->n; i++)
		if (!is_wanted(ws, ws->snapshot->parts[i]))
			vec_push(&ws->replaced, part_ref(ws->snapshot->parts[i]));
	take_snapshot(ws, next);
}

static void start_waiting(struct wants *ws)
{
	for (size_t i = 0; i < ws->parts.n; i++)
		if (ws->parts.items[i]->waiting)
			start_want(ws, ws->parts.items[i]);
}

/* The want of a mail; NULL for late mail and mail of anonymous work. */
static struct want *addressee(const struct wants *ws, const struct job_mail *m)
{
	struct want *w = m->request ? find_want(ws, m->request) : NULL;

	if (w && w->serial == m->generation)
		return w;
	for (size_t i = 0; i < ws->changes.n; i++)
		if (ws->changes.items[i]->serial == m->generation)
			return ws->changes.items[i];
	return NULL;
}

/* True if there is more to show than progress. */
static bool take_mail(struct wants *ws, struct job_mail *m)
{
	struct want *w = addressee(ws, m);

	if (!w)
		return false;
	w->progress.done = m->done;
	w->progress.total = m->total;
	memcpy(w->progress.subject, m->subject, sizeof(w->progress.subject));
	if (m->kind == JOB_PROGRESS)
		return false;
	if (w->asker) {
		end_change(ws, w, m);
		return true;
	}
	if (m->part)
		take_part(ws, m);
	if (m->kind == JOB_FAILED)
		err_move(&w->err, &m->err);
	if (m->kind != JOB_PARTIAL)
		w->running = false;
	return true;
}

static void show_progress(void *ctx)
{
	((struct wants *)ctx)->progress_timer = 0;
}

static void show_parts(struct wants *ws)
{
	start_waiting(ws);
	ws->ops->arrived(ws->ctx);
	drop_unwanted(ws);
	free_replaced(ws);
}

static void on_mail(void *ctx)
{
	struct wants *ws = ctx;
	struct job_mail *m;
	bool parts = false;

	while ((m = jobs_take_mail(ws->jobs))) {
		parts = take_mail(ws, m) || parts;
		job_mail_free(m);
	}
	if (parts)
		show_parts(ws);
	else if (
		!ws->progress_timer) /* it comes thousands of times per second, and every timer redraws */
		ws->progress_timer = loop_after(ws->loop, PROGRESS_MS, show_progress, ws);
}

/* Files that changed */

static bool fetches(const struct request *r)
{
	return r->part == PART_TIDY ? r->tidy.fetch : r->part == PART_OFFLINE && !r->offline.glance;
}

/* Fetching was requested once, for the previous files. */
static void drop_fetches(struct wants *ws, enum request_part id)
{
	size_t kept = 0;

	for (size_t i = 0; i < ws->parts.n; i++) {
		struct want *w = ws->parts.items[i];

		if (w->request->part != id || !fetches(w->request)) {
			ws->parts.items[kept++] = w;
			continue;
		}
		jobs_cancel(ws->jobs, w->request);
		want_free(w);
	}
	ws->parts.n = kept;
}

static void act_on_changes(void *ctx)
{
	struct wants *ws = ctx;
	unsigned changed = ws->changed;

	ws->changed = 0;
	ws->changed_timer = 0;
	if (changed & LOAD_CHANGED_PROJECT) {
		wants_reload_all(ws);
		ws->ops->files_changed(ws->ctx);
		return;
	}
	if (changed & (LOAD_CHANGED_SOURCE | LOAD_CHANGED_CACHE)) {
		drop_fetches(ws, PART_OFFLINE);
		wants_reload_kind(ws, PART_OFFLINE);
	}
	if (changed & LOAD_CHANGED_CACHE)
		wants_reload_kind(ws, PART_CACHE);
	if (changed & LOAD_CHANGED_VENDOR)
		wants_reload_kind(ws, PART_VENDOR);
	if (changed & (LOAD_CHANGED_SOURCE | LOAD_CHANGED_GIT))
		wants_reload_kind(ws, PART_GIT);
	if (changed & LOAD_CHANGED_SOURCE) {
		drop_fetches(ws, PART_TIDY);
		wants_reload_kind(ws, PART_TIDY);
		wants_reload_kind(ws, PART_IMPORTS);
	}
}

void wants_changed(struct wants *ws, unsigned changed)
{
	ws->changed |= changed;
	if (ws->changed_timer)
		loop_cancel(ws->loop, ws->changed_timer);
	ws->changed_timer = loop_after(ws->loop, REST_MS, act_on_changes, ws);
}

static void on_watch(void *ctx)
{
	struct wants *ws = ctx;
	unsigned changed = watch_take(ws->watch);

	if (changed)
		wants_changed(ws, changed);
}

/* Once, until it is over. */
static void tell(struct wants *ws, unsigned about, size_t n, const char *what, const char *how)
{
	struct activity_row row;
	char *target;

	if (n && !(ws->told & about)) {
		target = xasprintf("%s %s", GAUGE_N(n), what);
		row = activity_begin("watch", target);
		activity_end(load_log(ws->load), &row, how, 0);
		free(target);
	}
	ws->told = n ? ws->told | about : ws->told & ~about;
}

static void tell_blindness(struct wants *ws)
{
	static const struct {
		enum watch_blind why;
		const char *what, *how;
	} blind[] = {
		{ WATCH_NO_WATCHES, "directories",
		  "looked at every two seconds: inotify has no more watches" },
		{ WATCH_REMOTE, "files and directories",
		  "looked at every two seconds: their file system does not tell of all changes" },
		{ WATCH_NO_INOTIFY, "files and directories",
		  "looked at every two seconds: inotify cannot be used" },
	};

	for (size_t i = 0; i < ARRAY_LEN(blind); i++)
		tell(ws, 1u << blind[i].why, watch_polled(ws->watch, blind[i].why), blind[i].what,
		     blind[i].how);
	if (!ws->watching.s)
		tell(ws, 1u, watch_full(ws->watch) ? WATCH_MAX : 0, "files and directories",
		     "the others are not watched: r reads again");
}

/* Also what inotify does not tell. */
static void take_look(struct wants *ws, unsigned changed)
{
	if (changed)
		wants_changed(ws, changed);
	on_watch(ws);
}

void wants_look(struct wants *ws)
{
	take_look(ws, watch_look_all(ws->watch));
}

static void on_look(void *ctx)
{
	struct wants *ws = ctx;

	take_look(ws, watch_fd(ws->watch) >= 0 ? watch_look(ws->watch) : 0);
	tell_blindness(ws);
	loop_after(ws->loop, (unsigned)watch_interval(ws->watch), on_look, ws);
}

/* Life */

bool wants_init(struct wants *ws, bool polling, struct err *e)
{
	ws->jobs = jobs_new(MIN(par_cpus() + 1, MAX_JOBS));
	if (!ws->jobs)
		return err_set(e, ERR_SYS, "no pipe for the mailbox");
	ws->watch = watch_new(polling);
	ws->snapshot = snapshot_new();
	loop_add_fd(ws->loop, jobs_fd(ws->jobs), on_mail, ws);
	if (watch_fd(ws->watch) >= 0)
		loop_add_fd(ws->loop, watch_fd(ws->watch), on_watch, ws);
	loop_after(ws->loop, (unsigned)watch_interval(ws->watch), on_look, ws);
	return true;
}

bool wants_work(struct wants *ws)
{
	return load_watch_some(&ws->watching, ws->watch, WATCH_SLICE);
}

void wants_stop(struct wants *ws)
{
	jobs_free(ws->jobs);
	ws->jobs = NULL;
}

void wants_release(struct wants *ws)
{
	for (size_t i = 0; i < ws->parts.n; i++)
		want_free(ws->parts.items[i]);
	vec_release(&ws->parts);
	for (size_t i = 0; i < ws->changes.n; i++)
		want_free(ws->changes.items[i]);
	vec_release(&ws->changes);
	load_watch_release(&ws->watching);
	vec_release(&ws->replaced);
	snapshot_unref(ws->snapshot);
	watch_free(ws->watch);
}
