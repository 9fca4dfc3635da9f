#include "app/app_private.h"

#include <time.h>

/* Milliseconds that the cursor stays on a row before what costs more is worked out for it. */
enum { CURSOR_MS = 120 };

void view_touch(struct view *v)
{
	v->detail_stale = true;
	loop_dirty(&v->app->loop);
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

const struct snapshot *app_snapshot(const struct app *app)
{
	return app->snapshot;
}

const struct whatif_steps *app_steps(const struct app *app)
{
	return &app->steps->steps;
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

void app_set_steps(struct app *app, const struct whatif_steps *steps)
{
	struct request *old = app->steps;

	app->steps = request_copy(REQUEST(PART_WHATIF, .steps = *steps));
	free(old);
	app_refresh_views(app);
}

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
