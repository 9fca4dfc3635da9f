#include "app/app_private.h"

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

static void show(struct app *app, size_t view)
{
	app_ask_close(app);
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
		show(app, i);
		if (copy)
			go_to(&app->views[i], copy);
	}
	free(copy);
}

void app_begin_at(struct app *app, const char *view, const char *target)
{
	size_t first = view ? view_index(app, view) : 0;

	show(app, first < app->n_views ? first : 0);
	if (target)
		go_to(app_current(app), target);
}

void app_tab(struct app *app, size_t view)
{
	if (view < app->n_views && app->views[view].ops->tab && view != app->current) {
		remember(app);
		show(app, view);
	}
}

bool app_back(struct app *app)
{
	struct app_place p;

	if (app_pane_back(app_current(app)))
		return true;
	if (!app->history.n)
		return false;
	p = app->history.items[--app->history.n];
	show(app, p.view);
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
