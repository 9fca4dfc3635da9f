#include "app/app_private.h"

#include <time.h>

#include "base/fs.h"
#include "base/text.h"

#define VIEW(name) extern const struct view_ops view_##name;
#include "app/views.def"
#undef VIEW

const struct view_ops *const view_table[] = {
#define VIEW(name) &view_##name,
#include "app/views.def"
#undef VIEW
	NULL,
};

/* Milliseconds that files must rest before they are read: editors and go write several at once. */
enum { REST_MS = 150, PROGRESS_MS = 50, WATCH_SLICE = 100 };
/* Milliseconds that the cursor stays on a row before what costs more is worked out for it. */
enum { CURSOR_MS = 120 };

const struct view_ops *view_find(const char *name)
{
	for (size_t i = 0; view_table[i]; i++)
		if (str_eq(view_table[i]->name, name))
			return view_table[i];
	return NULL;
}

void view_touch(struct view *v)
{
	v->detail_stale = true;
	loop_dirty(&v->app->loop);
}

/* Parts */

struct want *app_find_want(const struct app *app, enum part_id id, const char *key)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->id == id && str_eq(app->wants.items[i]->key, key))
			return app->wants.items[i];
	return NULL;
}

static bool want_is_fresh(const struct app *app, const struct want *w)
{
	const struct part *p = snapshot_part(app->snapshot, w->id, w->key);

	return p && p->generation == w->serial && !p->partial;
}

/* What it needs is there, fresh; what is not, is wanted too. */
static bool needs_met(struct app *app, struct want *w)
{
	unsigned needs = load_needs(w->id);
	bool met = true;

	for (int id = 0; id < PART_COUNT; id++) {
		const struct want *other;

		if (!(needs & NEEDS(id)))
			continue;
		app_want(app, (enum part_id)id, "");
		other = app_find_want(app, (enum part_id)id, "");
		if (err_is_set(&other->err) && !err_is_set(&w->err))
			err_copy(&w->err, &other->err);
		met = met && want_is_fresh(app, other);
	}
	return met;
}

static void start_want(struct app *app, struct want *w)
{
	struct job_spec spec;

	w->waiting = !needs_met(app, w);
	if (w->waiting)
		return;
	load_job(app->o.load, app->snapshot, w->id, w->key, &spec);
	spec.generation = w->serial = ++app->serial;
	w->running = true;
	w->progress = (struct app_progress){ .title = spec.title, .since = loop_now() };
	err_clear(&w->err);
	jobs_start(app->jobs, &spec);
}

void app_want(struct app *app, enum part_id id, const char *key)
{
	struct want *w = app_find_want(app, id, key);

	if (!w) {
		w = xcalloc(1, sizeof(*w));
		w->id = id;
		w->key = xstrdup(key);
		vec_push(&app->wants, w);
	} else if (w->running || w->waiting || err_is_set(&w->err) || want_is_fresh(app, w)) {
		return;
	}
	start_want(app, w);
}

void app_reload(struct app *app, enum part_id id, const char *key)
{
	struct want *w = app_find_want(app, id, key);

	if (!w) {
		app_want(app, id, key);
		return;
	}
	err_clear(&w->err);
	start_want(app, w);
}

/* All that were wanted of a kind. */
static void reload_kind(struct app *app, enum part_id id)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->id == id)
			app_reload(app, id, app->wants.items[i]->key);
}

void app_reload_cache(struct app *app)
{
	reload_kind(app, PART_CACHE);
}

static void drop_keyed_wants(struct app *app)
{
	size_t kept = 0;

	for (size_t i = 0; i < app->wants.n; i++) {
		struct want *w = app->wants.items[i];

		if (!w->key[0]) {
			app->wants.items[kept++] = w;
			continue;
		}
		jobs_cancel(app->jobs, w->id, w->key);
		err_release(&w->err);
		free(w->key);
		free(w);
	}
	app->wants.n = kept;
}

/* Serials first, so that nothing old counts as fresh; then the jobs, in the order of their needs. */
void app_reload_all(struct app *app)
{
	drop_keyed_wants(app);
	for (size_t i = 0; i < app->wants.n; i++) {
		struct want *w = app->wants.items[i];

		w->serial = ++app->serial;
		w->running = w->waiting = false;
		err_clear(&w->err);
	}
	for (size_t i = 0; i < app->wants.n; i++)
		if (!app->wants.items[i]->running)
			start_want(app, app->wants.items[i]);
	app_refresh_view(app, app_current(app));
}

const char *app_steps(const struct app *app)
{
	return app->steps ? app->steps : "";
}

void app_set_steps(struct app *app, const char *steps)
{
	free(app->steps);
	app->steps = xstrdup(steps);
	for (size_t i = 0; i < app->n_views; i++)
		if (app->views[i].opened)
			app_refresh_view(app, &app->views[i]);
}

const struct snapshot *app_snapshot(const struct app *app)
{
	return app->snapshot;
}

void *app_part(const struct app *app, enum part_id id, const char *key)
{
	struct part *p = snapshot_part(app->snapshot, id, key);

	return p ? p->data : NULL;
}

const struct err *app_error(const struct app *app, enum part_id id, const char *key)
{
	const struct want *w = app_find_want(app, id, key);

	return w && err_is_set(&w->err) ? &w->err : NULL;
}

bool app_loading(const struct app *app, enum part_id id, const char *key,
		 const struct app_progress **progress)
{
	const struct want *w = app_find_want(app, id, key);

	if (progress)
		*progress = w ? &w->progress : NULL;
	return w && (w->running || (w->waiting && !err_is_set(&w->err)));
}

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
	for (size_t i = 0; i < app->replaced.n; i++) {
		struct part *p = app->replaced.items[i];
		char key[40];

		snprintf(key, sizeof(key), "free %llu", (unsigned long long)++app->serial);
		jobs_start(app->jobs, &(struct job_spec){ .part = p->id,
							  .key = key,
							  .title = "tidying up",
							  .run = nothing_to_do,
							  .arg = p,
							  .free_arg = let_go });
	}
	app->replaced.n = 0;
}

static void take_part(struct app *app, struct job_mail *m)
{
	struct snapshot *next = snapshot_with(app->snapshot, m->part);
	struct part *old = snapshot_part(app->snapshot, m->part_id, m->key);

	if (old)
		vec_push(&app->replaced, part_ref(old));
	m->part = NULL;
	snapshot_unref(app->snapshot);
	app->snapshot = next;
	if (m->kind == JOB_DONE && (m->part_id == PART_GRAPH || m->part_id == PART_CACHE ||
				    m->part_id == PART_TIDY || m->part_id == PART_GIT))
		load_watch_begin(&app->watching, app->snapshot, app->watch);
}

static void start_waiting(struct app *app)
{
	for (size_t i = 0; i < app->wants.n; i++)
		if (app->wants.items[i]->waiting)
			start_want(app, app->wants.items[i]);
}

/* True if there is more to show than progress. */
static bool take_mail(struct app *app, struct job_mail *m)
{
	struct want *w = app_find_want(app, m->part_id, m->key);

	if (!w || w->serial != m->generation)
		return false;
	w->progress.done = m->done;
	w->progress.total = m->total;
	memcpy(w->progress.subject, m->subject, sizeof(w->progress.subject));
	if (m->part)
		take_part(app, m);
	if (m->kind == JOB_FAILED)
		err_move(&w->err, &m->err);
	if (m->kind == JOB_DONE || m->kind == JOB_FAILED)
		w->running = false;
	return m->kind != JOB_PROGRESS;
}

static void show_progress(void *ctx)
{
	((struct app *)ctx)->progress_timer = 0;
}

static void on_mail(void *ctx)
{
	struct app *app = ctx;
	struct job_mail *m;
	bool parts = false;

	while ((m = jobs_take_mail(app->jobs))) {
		parts = take_mail(app, m) || parts;
		job_mail_free(m);
	}
	if (parts) {
		start_waiting(app);
		for (size_t i = 0; i < app->n_views; i++)
			if (app->views[i].opened)
				app_refresh_view(app, &app->views[i]);
		free_replaced(app);
		loop_dirty(&app->loop);
	} else if (!app->progress_timer) {
		/* it comes thousands of times a second, and a timer that fires draws */
		app->progress_timer = loop_after(&app->loop, PROGRESS_MS, show_progress, app);
	}
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

static void on_watch(void *ctx)
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

static void on_resumed(void *ctx)
{
	on_watch(ctx);
}

static void cursor_rests(void *ctx)
{
	struct app *app = ctx;
	struct view *v = app_current(app);

	app->rest_timer = 0;
	v->rested = true;
	view_touch(v);
}

void app_rest(struct app *app)
{
	if (app->rest_timer)
		loop_cancel(&app->loop, app->rest_timer);
	app->rest_timer = loop_after(&app->loop, CURSOR_MS, cursor_rests, app);
}

/* Views */

void app_refresh_view(struct app *app, struct view *v)
{
	if (v->ops->refresh)
		v->ops->refresh(v);
	if (v->pending && v->ops->go && v->ops->go(v, v->pending)) {
		free(v->pending);
		v->pending = NULL;
	}
	v->detail_stale = true;
	loop_dirty(&app->loop);
}

static void open_view(struct app *app, struct view *v)
{
	if (!v->opened) {
		v->opened = true;
		v->state = xcalloc(1, MAX(v->ops->state_size, 1));
		doc_init(&v->detail);
		pager_init(&v->pager);
		v->ops->open(v);
	}
	for (int id = 0; id < PART_COUNT; id++)
		if (v->ops->needs & NEEDS(id))
			app_want(app, (enum part_id)id, "");
	app_refresh_view(app, v);
}

static void go_to(struct view *v, const char *target)
{
	free(v->pending);
	v->pending = NULL;
	if (target && v->ops->go && !v->ops->go(v, target))
		v->pending = xstrdup(target);
	view_touch(v);
}

void app_show(struct app *app, size_t view)
{
	app->current = view;
	app->input = INPUT_NONE;
	open_view(app, &app->views[view]);
}

static void remember(struct app *app)
{
	struct view *v = app_current(app);
	struct buf b = BUF_INIT;
	struct app_place p = { .view = app->current };

	if (v->ops->place)
		v->ops->place(v, &b);
	if (b.len)
		p.target = buf_detach(&b);
	buf_release(&b);
	vec_push(&app->history, p);
}

static size_t view_index(const struct app *app, const char *name)
{
	for (size_t i = 0; i < app->n_views; i++)
		if (str_eq(app->views[i].ops->name, name))
			return i;
	return app->n_views;
}

void app_open(struct app *app, const char *view, const char *target)
{
	size_t i = view_index(app, view);
	char *copy = target ? xstrdup(target) : NULL;

	if (i < app->n_views) {
		remember(app);
		app_show(app, i);
		if (copy)
			go_to(&app->views[i], copy);
	}
	free(copy);
}

void app_tab(struct app *app, size_t view)
{
	if (view < app->n_views && app->views[view].ops->tab && view != app->current) {
		remember(app);
		app_show(app, view);
	}
}

bool app_back(struct app *app)
{
	struct app_place p;

	if (pane_back(app_current(app)))
		return true;
	if (!app->history.n)
		return false;
	p = app->history.items[--app->history.n];
	app_show(app, p.view);
	if (p.target)
		go_to(&app->views[p.view], p.target);
	free(p.target);
	return true;
}

struct view *app_view(struct app *app, const char *name)
{
	size_t i = view_index(app, name);

	if (i == app->n_views)
		return NULL;
	if (!app->views[i].opened)
		open_view(app, &app->views[i]);
	return &app->views[i];
}

/* Messages, copies, files */

void app_message(struct app *app, unsigned style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	free(app->message);
	app->message = buf_detach(&b);
	app->message_style = style;
	loop_dirty(&app->loop);
}

void app_copy(struct app *app, const char *text, const char *what)
{
	struct err e = ERR_INIT;
	const char *nl = strchr(text, '\n');

	if (!clipboard_copy(app->o.term, text, strlen(text), &e))
		app_message(app, STYLE_BAD, "not copied: %s", e.text);
	else if (what)
		app_message(app, STYLE_GOOD, "copied %s", what);
	else
		app_message(app, STYLE_GOOD, "copied: %.*s",
			    nl ? (int)(nl - text) : (int)strlen(text), text);
	err_release(&e);
}

void app_edit(struct app *app, const char *file, int line)
{
	char *at = xasprintf("+%d", MAX(line, 1));
	const char *argv[] = { app->o.editor, at, file, NULL };
	struct err e = ERR_INIT;
	int status;

	if (!app->o.editor)
		app_message(app, STYLE_ATTENTION, "%s:%d (set EDITOR to open it from here)", file,
			    line);
	else if (!loop_spawn(&app->loop, argv, &status, &e))
		app_message(app, STYLE_BAD, "%s", e.text);
	err_release(&e);
	free(at);
}

static void save_now(void *ctx, const char *name)
{
	struct app *app = ctx;
	struct err e = ERR_INIT;

	if (!name[0])
		return;
	if (fs_write_atomic(name, app->save_text, strlen(app->save_text), 0666, false, &e))
		app_message(app, STYLE_GOOD, "saved %s, %zu bytes", name, strlen(app->save_text));
	else
		app_message(app, STYLE_BAD, "not saved: %s", e.text);
	err_release(&e);
}

void app_save(struct app *app, const char *suggestion, char *text)
{
	free(app->save_text);
	app->save_text = text;
	app_input(app, "Save as", suggestion, save_now, app);
}

bool app_read_only(const struct app *app)
{
	return app->o.read_only;
}

int64_t app_time(const struct app *app)
{
	return app->o.now ? app->o.now : (int64_t)time(NULL);
}

uint64_t app_now(void)
{
	return loop_now();
}

struct activity *app_log(const struct app *app)
{
	return load_log(app->o.load);
}

bool app_ascii(const struct app *app)
{
	return app->o.term->ascii;
}

/* Events */

void app_scope(struct app *app, struct keymap_scope *sc)
{
	pane_scope(app_current(app), sc);
	keymap_scope_push(sc, "global", app);
}

static void tabs_click(struct app *app, const struct event *ev, int x)
{
	struct tab tabs[9];
	size_t n = app_tabs(app, tabs, ARRAY_LEN(tabs));
	size_t i = tabs_at(app->layout.tabs, tabs, n, app->current, x);

	if (i < n && ev->mouse == MOUSE_PRESS)
		app_tab(app, i);
}

static void on_event(void *ctx, const struct event *ev)
{
	struct app *app = ctx;
	struct keymap_scope sc = { &app->keymap };
	int x;

	if (ev->type == EV_KEY || (ev->type == EV_MOUSE && ev->mouse == MOUSE_PRESS)) {
		free(app->message);
		app->message = NULL;
	}
	if (over_event(app, ev))
		return;
	if (ev->type == EV_MOUSE && area_hit(app->layout.tabs, ev->x, ev->y, &x, NULL)) {
		tabs_click(app, ev, x);
		return;
	}
	app_scope(app, &sc);
	if (ev->type == EV_KEY && keymap_press(&sc, ev->key))
		return;
	pane_event(app_current(app), ev);
}

static bool on_work(void *ctx)
{
	struct app *app = ctx;
	bool more = over_work(app);

	more = load_watch_some(&app->watching, app->watch, WATCH_SLICE) || more;
	return pane_work(app_current(app)) || more;
}

static const struct loop_ops loop_ops = {
	.event = on_event,
	.draw = app_draw,
	.work = on_work,
	.resumed = on_resumed,
};

/* Life */

static bool make_keymap(struct app *app, struct err *e)
{
	const struct app_options *o = &app->o;

	keymap_init(&app->keymap);
	app_add_layers(&app->keymap);
	return !o->keys || keymap_load(&app->keymap, o->keys, strlen(o->keys), o->keys_name, e);
}

void app_add_layers(struct keymap *km)
{
	keymap_add(km, "global", app_actions);
	keymap_add(km, "detail", detail_actions);
	keymap_add(km, "list", list_actions);
	keymap_add(km, "tree", tree_actions);
	keymap_add(km, "pager", pager_actions);
	keymap_add(km, "draw", boxgraph_actions);
	for (size_t i = 0; view_table[i]; i++)
		if (view_table[i]->actions)
			keymap_add(km, view_table[i]->name, view_table[i]->actions);
}

static bool app_begin(struct app *app, struct err *e)
{
	if (!make_keymap(app, e) ||
	    !loop_init(&app->loop, app->o.term, &loop_ops, app, app->o.signals, e))
		return false;
	app->jobs = jobs_new(MIN(par_cpus() + 1, 8));
	if (!app->jobs)
		return err_set(e, ERR_SYS, "no pipe for the mailbox");
	app->watch = watch_new(app->o.polling);
	app->snapshot = snapshot_new();
	loop_add_fd(&app->loop, jobs_fd(app->jobs), on_mail, app);
	if (watch_fd(app->watch) >= 0)
		loop_add_fd(&app->loop, watch_fd(app->watch), on_watch, app);
	else
		loop_every(&app->loop, (unsigned)watch_interval(app->watch), on_watch, app);
	for (size_t i = 0; i < ARRAY_LEN(app->views) && view_table[i]; i++)
		app->views[app->n_views++] = (struct view){ .ops = view_table[i], .app = app };
	over_init(app);
	return true;
}

static void app_end(struct app *app)
{
	jobs_free(app->jobs);
	for (size_t i = 0; i < app->n_views; i++)
		pane_release(&app->views[i]);
	if (app->n_views)
		over_release(app);
	for (size_t i = 0; i < app->wants.n; i++) {
		err_release(&app->wants.items[i]->err);
		free(app->wants.items[i]->key);
		free(app->wants.items[i]);
	}
	vec_release(&app->wants);
	for (size_t i = 0; i < app->history.n; i++)
		free(app->history.items[i].target);
	vec_release(&app->history);
	load_watch_release(&app->watching);
	vec_release(&app->replaced);
	snapshot_unref(app->snapshot);
	watch_free(app->watch);
	keymap_release(&app->keymap);
	free(app->message);
	free(app->steps);
	free(app->save_text);
}

bool app_idle(void *ctx)
{
	const struct app *app = ctx;

	return jobs_pending(app->jobs) == 0 && !app->changed_timer && !app->rest_timer &&
	       !app->loop.more_work;
}

bool app_run(const struct app_options *o, struct err *e)
{
	struct app *app = xcalloc(1, sizeof(*app));
	size_t first;
	bool ok;

	app->o = *o;
	ok = app_begin(app, e);
	if (ok) {
		first = o->view ? view_index(app, o->view) : 0;
		app_show(app, first < app->n_views ? first : 0);
		if (o->target)
			go_to(app_current(app), o->target);
		app_want(app, PART_GIT, "");
		if (o->begun)
			o->begun(o->begun_ctx, app);
		if (o->stats)
			app->loop.stats = *o->stats;
		loop_run(&app->loop);
		if (o->stats)
			*o->stats = app->loop.stats;
	}
	app_end(app);
	loop_release(&app->loop);
	free(app);
	return ok;
}
