#include "app/app_private.h"

#include <time.h>

#include "base/fs.h"
#include "base/text.h"

const struct view_ops *const view_table[] = {
#define VIEW(name) &view_##name,
#include "app/views.def"
#undef VIEW
	NULL,
};

enum { WATCH_SLICE = 100 };
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

static void on_resumed(void *ctx)
{
	app_on_watch(ctx);
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

const struct snapshot *app_snapshot(const struct app *app)
{
	return app->snapshot;
}

const struct whatif_steps *app_steps(const struct app *app)
{
	return &app->steps->steps;
}

void app_set_steps(struct app *app, const struct whatif_steps *steps)
{
	struct request *old = app->steps;

	app->steps = request_copy(REQUEST(PART_WHATIF, .steps = *steps));
	free(old);
	app_refresh_views(app);
}

void app_refresh_view(struct app *app, struct view *v)
{
	if (v->ops->refresh)
		v->ops->refresh(v);
	if (v == app_current(app) && v->pending && v->ops->go && v->ops->go(v, v->pending)) {
		free(v->pending);
		v->pending = NULL;
	}
	v->detail_stale = true;
	loop_dirty(&app->loop);
}

void app_refresh_views(struct app *app)
{
	for (size_t i = 0; i < app->n_views; i++)
		if (app->views[i].opened)
			app_refresh_view(app, &app->views[i]);
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
			app_want(app, REQUEST((enum part_id)id));
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
	over_close(app);
	app->current = view;
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

static void save_now(struct view *v, const char *name)
{
	struct app *app = v->app;
	struct err e = ERR_INIT;

	if (!name[0])
		return;
	if (fs_write_atomic(name, app->save_text, strlen(app->save_text), 0666, false, &e))
		app_message(app, STYLE_GOOD, "saved %s, %zu bytes", name, strlen(app->save_text));
	else
		app_message(app, STYLE_BAD, "not saved: %s", e.text);
	err_release(&e);
}

void app_save(struct view *v, const char *suggestion, char *text)
{
	free(v->app->save_text);
	v->app->save_text = text;
	app_input(v, "Save as", suggestion, save_now);
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
	app->steps = request_copy(REQUEST(PART_WHATIF, .steps = { 0 }));
	loop_add_fd(&app->loop, jobs_fd(app->jobs), app_on_mail, app);
	if (watch_fd(app->watch) >= 0)
		loop_add_fd(&app->loop, watch_fd(app->watch), app_on_watch, app);
	else
		loop_every(&app->loop, (unsigned)watch_interval(app->watch), app_on_watch, app);
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
	for (size_t i = 0; i < app->history.n; i++)
		free(app->history.items[i].target);
	vec_release(&app->history);
	app_parts_release(app);
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
		app_want(app, REQUEST(PART_GIT));
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
