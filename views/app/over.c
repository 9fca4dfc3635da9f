#include "app/over.h"

#include "app/app_private.h"
#include "app/pane.h"
#include "texts/words.h"

static const struct helpscreen_legend legend[] = {
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
	{ 0 },
};

/* The palette: actions available here, views, modules. */

static size_t module_count(const struct app *app)
{
	const struct load_graph *g = app_part(app, REQUEST(PART_GRAPH));

	return g ? g->n_modules : 0;
}

static const char *module_name(const struct app *app, size_t i)
{
	const struct load_graph *g = app_part(app, REQUEST(PART_GRAPH));

	return g && i < g->n_modules ? g->modules[i].path : "";
}

static size_t palette_count(void *ctx)
{
	struct app *app = ctx;

	return app->over_n + app->n_views + app->over_afar.n + module_count(app);
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

static void palette_afar(struct app *app, const struct app_afar *f, struct palette_item *out)
{
	const struct view_ops *ops = app->views[f->view].ops;

	snprintf(app->over_help, sizeof(app->over_help), "opens %s: %s", ops->title,
		 f->action->help);
	*out = (struct palette_item){ .text = f->action->id,
				      .help = app->over_help,
				      .group = ops->called ? ops->called : ops->name };
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
		*out = (struct palette_item){ .text = app->views[i].ops->called
							      ? app->views[i].ops->called
							      : app->views[i].ops->name,
					      .help = app->views[i].ops->help,
					      .group = "view",
					      .takes_argument = app->views[i].ops->go != NULL };
		return;
	}
	i -= app->n_views;
	if (i < app->over_afar.n) {
		palette_afar(app, &app->over_afar.items[i], out);
		return;
	}
	*out = (struct palette_item){ .text = module_name(app, i - app->over_afar.n),
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
	pane_scope(app_current(app), &sc);
	n = keymap_rows(&sc, &rows);
	for (size_t i = 0; i < n; i++)
		if (!(rows[i].action->flags & ACTION_NO_PALETTE))
			rows[kept++] = rows[i];
	app->over_rows = rows;
	app->over_n = kept;
}

static void take_afar(struct app *app)
{
	app->over_afar.n = 0;
	for (size_t i = 0; i < app->n_views; i++) {
		const struct action *a = app->views[i].ops->actions;

		for (; i != app->current && a && a->id; a++)
			if (!(a->flags & ACTION_NO_PALETTE))
				vec_push(&app->over_afar, (struct app_afar){ i, a });
	}
}

void over_palette(struct app *app)
{
	take_rows(app);
	take_afar(app);
	palette_open(&app->palette, ":", "");
}

/* Most need a selected row first: then show the key. */
static void run_afar(struct app *app, struct app_afar f)
{
	struct view *v = &app->views[f.view];
	struct buf b = BUF_INIT;

	app_open(app, v->ops->name, NULL);
	keymap_first_key(keymap_layer(&app->keymap, v->ops->name), f.action, &b);
	if (!(f.action->flags & ACTION_FROM_AFAR))
		app_message(app, STYLE_NORMAL, "%s: %s", b.len ? b.data : f.action->id,
			    f.action->help);
	else if (action_enabled(f.action, v))
		f.action->run(v, f.action->arg);
	buf_release(&b);
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
	} else if (i - app->over_n - app->n_views < app->over_afar.n) {
		run_afar(app, app->over_afar.items[i - app->over_n - app->n_views]);
	} else {
		i -= app->over_n + app->n_views + app->over_afar.n;
		app_open(app, "explain", module_name(app, i));
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

/* One of many, for a view. */

static size_t pick_count(void *ctx)
{
	return ((const struct app *)ctx)->n_pick_items;
}

static void pick_item(void *ctx, size_t i, struct palette_item *out)
{
	const struct app_item *it = &((const struct app *)ctx)->pick_items[i];

	*out = (struct palette_item){ .text = it->text, .help = it->help };
}

static const struct palette_ops pick_ops = { pick_count, pick_item };

static void pick_take(struct app *app, const struct event *ev)
{
	struct app_question q = app->question;
	size_t item;
	char *text;

	switch (palette_event(&app->pick, ev)) {
	case PALETTE_STAYS: break;
	case PALETTE_CANCEL: app_end_question(app); break;
	case PALETTE_RUN:
		item = app->pick.item;
		text = xstrdup(item == SIZE_MAX ? palette_argument(&app->pick)
						: app->pick_items[item].text);
		app_end_question(app);
		q.written(q.view, text);
		free(text);
		break;
	}
}

/* A column's title may name two things: "hop, module". */
static bool is_title(const struct list *l, const char *word)
{
	for (unsigned c = 0; l && c < l->n_columns; c++)
		if (l->columns[c].title && words_stands_in(word, l->columns[c].title))
			return true;
	return false;
}

static void shown_text(const struct grid *g, struct buf *b)
{
	for (int y = 0; y < g->h; y++) {
		for (int x = 0; x < g->w; x++)
			buf_add(b, grid_at(g, x, y)->text, grid_at(g, x, y)->len);
		buf_addch(b, '\n');
	}
}

/* The glossary, what is on the screen first. */
static void add_words(struct app *app)
{
	struct list *l = app_current(app)->list;
	VEC(struct helpscreen_legend) here = { 0 }, other = { 0 };
	struct buf b = BUF_INIT;

	shown_text(&app->loop.grid, &b);
	for (const struct word *w = words_all; w->word; w++) {
		struct helpscreen_legend row = { .style = STYLE_STRONG,
						 .text = w->meaning,
						 .word = w->word };

		if (is_title(l, w->word) || (!w->plain && words_stands_in(w->word, b.data)))
			vec_push(&here, row);
		else
			vec_push(&other, row);
	}
	vec_push(&here, (struct helpscreen_legend){ 0 });
	vec_push(&other, (struct helpscreen_legend){ 0 });
	helpscreen_add(&app->help, "words on this screen", here.items);
	helpscreen_add(&app->help, "other words", other.items);
	vec_release(&here);
	vec_release(&other);
	buf_release(&b);
}

void over_help(struct app *app)
{
	struct keymap_scope sc = { &app->keymap };

	pane_scope(app_current(app), &sc);
	helpscreen_open(&app->help, "Keys that work here, and what words mean", &sc, legend);
	add_words(app);
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

/* The answer may ask again, so end the question before acting on it. */
static void dialog_take(struct app *app, const struct event *ev)
{
	enum dialog_result r = dialog_event(&app->dialog, ev);
	struct app_question q = app->question;
	char *text;

	if (r == DIALOG_STAYS)
		return;
	text = xstrdup(prompt_text(&app->dialog.prompt));
	app_end_question(app);
	if (r != DIALOG_OK)
		;
	else if (q.confirmed)
		q.confirmed(q.view);
	else if (q.chosen)
		q.chosen(q.view, app->dialog.value);
	else
		q.written(q.view, text);
	free(text);
}

/* The line above the status: filters while typing; the arrows still move in the list. */
void over_filter(struct app *app)
{
	struct view *v = app_current(app);

	prompt_release(&app->prompt);
	prompt_init(&app->prompt, "/");
	app->prompt.history = &app->filters;
	app->searched = v->in_detail ? &v->pager : v->page;
	app->input_view = v;
	if (!app->searched && v->rows)
		prompt_offer(&app->prompt, v->rows->filter.pattern);
	else if (!app->searched && v->list && v->search)
		prompt_offer(&app->prompt, v->search);
}

/* It serves the pane that it was opened for, wherever the focus is now. */
static void apply_input(struct app *app, const char *text)
{
	if (app->searched)
		pager_search(app->searched, text);
	else
		pane_filter(app->input_view, text);
}

static bool input_take(struct app *app, const struct event *ev)
{
	switch (prompt_event(&app->prompt, ev)) {
	case PROMPT_IGNORED: return false;
	case PROMPT_HANDLED: break;
	case PROMPT_CHANGED: apply_input(app, prompt_text(&app->prompt)); break;
	case PROMPT_CANCEL: apply_input(app, ""); /* fallthrough */
	case PROMPT_ACCEPT: app_end_input(app); break;
	}
	return true;
}

/* A click outside the line closes it and goes no further. */
static bool input_event(struct app *app, const struct event *ev)
{
	if (ev->type != EV_MOUSE)
		return input_take(app, ev);
	if (ev->mouse == MOUSE_PRESS || ev->mouse == MOUSE_DOUBLE)
		app_end_input(app);
	return true;
}

bool over_event(struct app *app, const struct event *ev)
{
	if (app->dialog.is_open)
		dialog_take(app, ev);
	else if (app->pick.is_open)
		pick_take(app, ev);
	else if (app->palette.is_open)
		palette_take(app, ev);
	else if (app->help.is_open)
		help_take(app, ev);
	else if (app->input_view)
		return input_event(app, ev);
	else
		return false;
	return true;
}

void over_draw(struct app *app, struct area screen)
{
	if (app->help.is_open)
		helpscreen_draw(&app->help, screen);
	if (app->palette.is_open)
		palette_draw(&app->palette, screen);
	if (app->pick.is_open)
		palette_draw(&app->pick, screen);
	if (app->dialog.is_open)
		dialog_draw(&app->dialog, screen);
}

bool over_work(struct app *app)
{
	return palette_work(&app->palette, 6000) || palette_work(&app->pick, 6000);
}

void over_init(struct app *app)
{
	prompt_init(&app->prompt, "/");
	palette_init(&app->palette, &palette_ops, app, &app->commands);
	palette_init(&app->pick, &pick_ops, app, NULL);
	app->pick.any = true;
	app->pick.list.empty = "None is of that name: enter takes what is typed.";
	helpscreen_init(&app->help);
	dialog_init(&app->dialog);
}

void over_release(struct app *app)
{
	prompt_release(&app->prompt);
	palette_release(&app->palette);
	palette_release(&app->pick);
	arena_release(&app->pick_arena);
	helpscreen_release(&app->help);
	dialog_release(&app->dialog);
	free(app->over_rows);
	vec_release(&app->over_afar);
	prompt_history_release(&app->filters);
	prompt_history_release(&app->commands);
}
