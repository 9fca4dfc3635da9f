#include "app/shell.h"

#include "app/app_private.h"
#include "app/frame.h"
#include "app/keys.h"
#include "app/over.h"
#include "app/pane.h"
#include "boxgraph.h"

/* Parts that arrived */

static void on_arrived(void *ctx)
{
	app_refresh_views(ctx);
	loop_dirty(&((struct app *)ctx)->loop);
}

static void on_files_changed(void *ctx)
{
	struct app *app = ctx;

	app_refresh_view(app, app_current(app));
	/* "written; modscope undo ... takes it back" says more of the same change */
	if (!app->message || app->message_style == STYLE_QUIET)
		app_message(app, STYLE_QUIET, "the project's files changed: reloading");
}

static void on_ended(void *ctx, struct view *v, const struct request *r, const struct part *outcome,
		     const struct err *e)
{
	(void)ctx;
	v->ops->changed(v, r, outcome, e);
}

static const struct wants_ops wants_ops = { on_arrived, on_files_changed, on_ended };

/* Events */

static void tabs_click(struct app *app, const struct event *ev, int x)
{
	if (ev->mouse == MOUSE_PRESS)
		app_tab(app, frame_tab_at(app, x));
}

/* Dragging the divider between the panes. */
static bool drag_event(struct app *app, const struct event *ev)
{
	const struct area body = app->layout.body;

	if (ev->type != EV_MOUSE)
		return false;
	if (ev->mouse == MOUSE_PRESS && app->layout.side &&
	    area_hit(app->layout.rule, ev->x, ev->y, NULL, NULL)) {
		app->dragging = true;
		return true;
	}
	if (!app->dragging)
		return false;
	if (ev->mouse == MOUSE_DRAG && body.w > 0)
		pane_move_divider(app_current(app), (ev->x - body.x + 1) * 100 / body.w);
	else
		app->dragging = false;
	return true;
}

static bool frame_event(struct app *app, const struct event *ev)
{
	int x;

	if (ev->type != EV_MOUSE)
		return false;
	if (area_hit(app->layout.tabs, ev->x, ev->y, &x, NULL)) {
		tabs_click(app, ev, x);
		return true;
	}
	if (ev->mouse == MOUSE_PRESS && area_hit(app->layout.status, ev->x, ev->y, &x, NULL)) {
		frame_click_status(app, x);
		return true;
	}
	return drag_event(app, ev);
}

/* A key without effect gets a message. */
static void tell_unused(struct app *app, struct key k)
{
	struct buf b = BUF_INIT;

	key_write(&b, k);
	app_message(app, STYLE_QUIET, "%s does nothing here; ? lists the keys that do", b.data);
	buf_release(&b);
}

static void on_event(void *ctx, const struct event *ev)
{
	struct app *app = ctx;
	struct keymap_scope sc = { &app->keymap };

	if (ev->type == EV_KEY || (ev->type == EV_MOUSE && ev->mouse == MOUSE_PRESS)) {
		free(app->message);
		app->message = NULL;
	}
	if (over_event(app, ev))
		return;
	if (frame_event(app, ev))
		return;
	pane_scope(app_current(app), &sc);
	if (ev->type == EV_KEY && keymap_press(&sc, ev->key))
		return;
	if (!pane_event(app_current(app), ev) && ev->type == EV_KEY)
		tell_unused(app, ev->key);
}

static bool on_work(void *ctx)
{
	struct app *app = ctx;
	bool more = over_work(app);

	more = wants_work(&app->wants) || more;
	return pane_work(app_current(app)) || more;
}

static void on_resumed(void *ctx)
{
	wants_look(&((struct app *)ctx)->wants);
}

static const struct loop_ops loop_ops = {
	.event = on_event,
	.draw = frame_draw,
	.work = on_work,
	.resumed = on_resumed,
};

/* Life */

static bool make_keymap(struct app *app, struct err *e)
{
	const struct app_options *o = &app->o;

	keymap_init(&app->keymap);
	shell_add_layers(&app->keymap, o->views);
	return !o->keys || keymap_load(&app->keymap, o->keys, strlen(o->keys), o->keys_name, e);
}

void shell_add_layers(struct keymap *km, const struct view_ops *const *views)
{
	keymap_add(km, "global", keys_actions);
	keymap_add(km, "detail", pane_actions);
	keymap_add(km, "list", list_actions);
	keymap_add(km, "tree", tree_actions);
	keymap_add(km, "pager", pager_actions);
	keymap_add(km, "draw", boxgraph_actions);
	for (; *views; views++)
		if ((*views)->actions)
			keymap_add(km, (*views)->name, (*views)->actions);
}

static bool begin(struct app *app, struct err *e)
{
	if (!make_keymap(app, e) ||
	    !loop_init(&app->loop, app->o.term, &loop_ops, app, app->o.signals, e))
		return false;
	app->wants = (struct wants){
		.ops = &wants_ops, .ctx = app, .loop = &app->loop, .load = app->o.load
	};
	if (!wants_init(&app->wants, app->o.polling, e))
		return false;
	app->steps = request_copy(REQUEST(PART_WHATIF, .steps = { 0 }));
	for (size_t i = 0; i < ARRAY_LEN(app->views) && app->o.views[i]; i++)
		app->views[app->n_views++] = (struct view){ .ops = app->o.views[i], .app = app };
	over_init(app);
	return true;
}

static void end(struct app *app)
{
	wants_stop(&app->wants);
	for (size_t i = 0; i < app->n_views; i++)
		pane_release(&app->views[i]);
	if (app->n_views)
		over_release(app);
	for (size_t i = 0; i < app->history.n; i++)
		free(app->history.items[i].target);
	vec_release(&app->history);
	wants_release(&app->wants);
	keymap_release(&app->keymap);
	free(app->message);
	free(app->steps);
	free(app->save_text);
	loop_release(&app->loop);
	free(app);
}

static void run(struct app *app)
{
	struct loop_stats *stats = app->o.stats;

	app_start(app);
	app_want(app, REQUEST(PART_GIT));
	if (app->o.begun)
		app->o.begun(app->o.begun_ctx, app);
	if (stats)
		app->loop.stats = *stats;
	loop_run(&app->loop);
	if (stats)
		*stats = app->loop.stats;
}

bool shell_run(const struct app_options *o, struct err *e)
{
	struct app *app = xcalloc(1, sizeof(*app));
	bool ok;

	app->o = *o;
	ok = begin(app, e);
	if (ok)
		run(app);
	end(app);
	return ok;
}
