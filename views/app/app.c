#include "app/app_private.h"

enum { WATCH_SLICE = 100 };

static void on_resumed(void *ctx)
{
	app_on_watch(ctx);
}

/* Events */

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
	if (app_over_event(app, ev))
		return;
	if (ev->type == EV_MOUSE && area_hit(app->layout.tabs, ev->x, ev->y, &x, NULL)) {
		tabs_click(app, ev, x);
		return;
	}
	app_scope(app, &sc);
	if (ev->type == EV_KEY && keymap_press(&sc, ev->key))
		return;
	app_pane_event(app_current(app), ev);
}

static bool on_work(void *ctx)
{
	struct app *app = ctx;
	bool more = app_over_work(app);

	more = load_watch_some(&app->watching, app->watch, WATCH_SLICE) || more;
	return app_pane_work(app_current(app)) || more;
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
	app_add_layers(&app->keymap, o->views);
	return !o->keys || keymap_load(&app->keymap, o->keys, strlen(o->keys), o->keys_name, e);
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
	for (size_t i = 0; i < ARRAY_LEN(app->views) && app->o.views[i]; i++)
		app->views[app->n_views++] = (struct view){ .ops = app->o.views[i], .app = app };
	app_over_init(app);
	return true;
}

static void app_end(struct app *app)
{
	jobs_free(app->jobs);
	for (size_t i = 0; i < app->n_views; i++)
		app_pane_release(&app->views[i]);
	if (app->n_views)
		app_over_release(app);
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
	bool ok;

	app->o = *o;
	ok = app_begin(app, e);
	if (ok) {
		app_begin_at(app, o->view, o->target);
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
