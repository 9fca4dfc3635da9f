#include "app/app_private.h"

static const struct help_legend legend[] = {
	{ GLYPH_BAD, STYLE_BAD, "bad: go fails, or uses content that is not what it should be" },
	{ GLYPH_ATTENTION, STYLE_ATTENTION, "attention: go works, perhaps silently wrong" },
	{ GLYPH_UNKNOWN, STYLE_ATTENTION, "unknown: the row says what would settle it" },
	{ GLYPH_GOOD, STYLE_GOOD, "checked and good" },
	{ GLYPH_ON, STYLE_STRONG, "the requirement that decides; selected, in use" },
	{ GLYPH_OFF, STYLE_QUIET, "not in use, not decisive" },
	{ GLYPH_FOLDED, STYLE_NORMAL, "can be unfolded" },
	{ GLYPH_ARROW, STYLE_NORMAL, "asked for, then selected" },
	{ GLYPH_BUSY, STYLE_GO, "work that is under way" },
	{ GLYPH_MARK, STYLE_ATTENTION, "marked with space" },
	{ 0, 0, NULL },
};

/* The palette: what can be done here, the views, the modules. */

static size_t palette_count(void *ctx)
{
	struct app *app = ctx;

	return app->over_n + app->n_views + app_module_count(app);
}

static void palette_action(struct app *app, size_t i, struct palette_item *out)
{
	const struct keymap_row *r = &app->over_rows[i];
	struct buf b = BUF_INIT;

	keymap_first_key(r->layer, r->action, &b);
	snprintf(app->over_key, sizeof(app->over_key), "%s", b.data);
	buf_release(&b);
	*out = (struct palette_item){ .text = r->action->id,
				      .help = r->action->help,
				      .group = r->layer->name,
				      .key = app->over_key,
				      .disabled = !r->enabled };
}

static void palette_item(void *ctx, size_t i, struct palette_item *out)
{
	struct app *app = ctx;

	if (i < app->over_n) {
		palette_action(app, i, out);
		return;
	}
	i -= app->over_n;
	if (i < app->n_views) {
		*out = (struct palette_item){ .text = app->views[i].ops->name,
					      .help = app->views[i].ops->help,
					      .group = "view",
					      .takes_argument = app->views[i].ops->go != NULL };
		return;
	}
	*out = (struct palette_item){ .text = app_module_name(app, i - app->n_views),
				      .help = "explain",
				      .group = "module" };
}

static const struct palette_ops palette_ops = { palette_count, palette_item };

static void take_rows(struct app *app)
{
	struct keymap_scope sc = { &app->keymap };
	struct keymap_row *rows;
	size_t n, kept = 0;

	free(app->over_rows);
	app_scope(app, &sc);
	n = keymap_rows(&sc, &rows);
	for (size_t i = 0; i < n; i++)
		if (!(rows[i].action->flags & ACTION_NO_PALETTE))
			rows[kept++] = rows[i];
	app->over_rows = rows;
	app->over_n = kept;
}

void app_over_palette(struct app *app)
{
	take_rows(app);
	palette_open(&app->palette, ":", "");
}

static void run_item(struct app *app, size_t i)
{
	if (i < app->over_n) {
		const struct keymap_row *r = &app->over_rows[i];

		if (action_enabled(r->action, r->ctx))
			r->action->run(r->ctx, r->action->arg);
	} else if (i - app->over_n < app->n_views) {
		const char *target = palette_argument(&app->palette);

		app_open(app, app->views[i - app->over_n].ops->name, target[0] ? target : NULL);
	} else {
		app_open(app, "explain", app_module_name(app, i - app->over_n - app->n_views));
	}
}

static void palette_take(struct app *app, const struct event *ev)
{
	switch (palette_event(&app->palette, ev)) {
	case PALETTE_STAYS: break;
	case PALETTE_RUN:
		palette_close(&app->palette);
		run_item(app, app->palette.item);
		break;
	case PALETTE_CANCEL: palette_close(&app->palette); break;
	}
}

void app_over_help(struct app *app)
{
	struct keymap_scope sc = { &app->keymap };

	app_scope(app, &sc);
	helpscreen_open(&app->help, "Keys that work here", &sc, legend);
}

static void help_take(struct app *app, const struct event *ev)
{
	struct keymap_row run;

	switch (helpscreen_event(&app->help, ev)) {
	case HELP_STAYS: break;
	case HELP_RUN:
		run = app->help.run;
		helpscreen_close(&app->help);
		if (run.action && action_enabled(run.action, run.ctx))
			run.action->run(run.ctx, run.action->arg);
		break;
	case HELP_CANCEL: helpscreen_close(&app->help); break;
	}
}

bool app_over_event(struct app *app, const struct event *ev)
{
	if (app->dialog.is_open)
		app_ask_dialog(app, ev);
	else if (app->palette.is_open)
		palette_take(app, ev);
	else if (app->help.is_open)
		help_take(app, ev);
	else if (app->input_view)
		return app_ask_line(app, ev);
	else
		return false;
	return true;
}

void app_over_draw(struct app *app, struct area screen)
{
	if (app->help.is_open)
		helpscreen_draw(&app->help, screen);
	if (app->palette.is_open)
		palette_draw(&app->palette, screen);
	if (app->dialog.is_open)
		dialog_draw(&app->dialog, screen);
}

bool app_over_work(struct app *app)
{
	return app->palette.is_open && palette_work(&app->palette, 6000);
}

void app_over_init(struct app *app)
{
	prompt_init(&app->prompt, "/");
	palette_init(&app->palette, &palette_ops, app, &app->commands);
	helpscreen_init(&app->help);
	dialog_init(&app->dialog);
}

void app_over_release(struct app *app)
{
	prompt_release(&app->prompt);
	palette_release(&app->palette);
	helpscreen_release(&app->help);
	dialog_release(&app->dialog);
	free(app->over_rows);
	prompt_history_release(&app->filters);
	prompt_history_release(&app->commands);
}
