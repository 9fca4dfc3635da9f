#include "app/keys.h"

#include "app/app_private.h"
#include "app/over.h"
#include "app/pane.h"

static void run_tab(void *ctx, int arg)
{
	struct app *app = ctx;
	size_t tabs[APP_MAX_TABS];

	if ((size_t)arg < app_tabs(app, tabs, APP_MAX_TABS))
		app_tab(app, tabs[arg]);
}

/* From a view without a tab: to the first or the last. */
static void run_beside(void *ctx, int arg)
{
	struct app *app = ctx;
	size_t tabs[APP_MAX_TABS], n = app_tabs(app, tabs, APP_MAX_TABS), i = 0;

	while (i < n && tabs[i] != app->current)
		i++;
	if (i == n && arg > 0)
		i = n - 1;
	if (n)
		app_tab(app, tabs[(i + n + (size_t)arg) % n]);
}

static void run_back(void *ctx, int arg)
{
	struct app *app = ctx;

	if (pane_back(app_current(app)) || app_previous(app))
		return;
	if (arg)
		loop_quit(&app->loop);
	else
		app_message(app, STYLE_QUIET, "this is the first view; q leaves");
}

static void run_quit(void *ctx, int arg)
{
	(void)arg;
	loop_quit(&((struct app *)ctx)->loop);
}

static void run_pane(void *ctx, int arg)
{
	struct view *v = app_current(ctx);

	(void)arg;
	v->in_detail = !v->in_detail;
}

static bool has_pane(void *ctx)
{
	struct view *v = app_current(ctx);

	return v->ops->detail && !view_is_whole(v);
}

/* Filtering hides other rows. */
static bool can_filter(void *ctx)
{
	const struct view *v = app_current(ctx);

	return !v->in_detail && !v->page && (v->rows || v->ops->filter);
}

/* Searching moves the cursor to a match. */
static bool can_find(void *ctx)
{
	const struct view *v = app_current(ctx);

	return !can_filter(ctx) && (v->list || v->page || v->in_detail);
}

/* In the detail pane. */
static bool has_divider(void *ctx)
{
	return has_pane(ctx) && !app_current(ctx)->ops->above;
}

static bool is_elsewhere(void *ctx)
{
	return !str_eq(app_current(ctx)->ops->name, "activity");
}

static bool has_before(void *ctx)
{
	return ((struct app *)ctx)->history.n > 0;
}

static bool is_first(void *ctx)
{
	return !has_before(ctx);
}

static void run_divider(void *ctx, int arg)
{
	struct view *v = app_current(ctx);

	if (!pane_move_divider(v, pane_share(v) + arg))
		app_message(ctx, STYLE_QUIET, "the panes are beside each other from %d columns on",
			    LAYOUT_SIDE_W);
}

static void run_whole(void *ctx, int arg)
{
	struct view *v = app_current(ctx);

	(void)arg;
	v->detail_whole = !v->detail_whole;
	v->in_detail = v->detail_whole;
}

static void run_filter(void *ctx, int arg)
{
	(void)arg;
	over_filter(ctx);
}

static void run_search(void *ctx, int arg)
{
	if (!pane_search_next(app_current(ctx), arg))
		app_message(ctx, STYLE_QUIET, "no other match; / begins a search");
}

static void run_palette(void *ctx, int arg)
{
	(void)arg;
	over_palette(ctx);
}

static void run_help(void *ctx, int arg)
{
	(void)arg;
	over_help(ctx);
}

static void run_open(void *ctx, int arg)
{
	(void)arg;
	app_open(ctx, "activity", NULL);
}

static bool can_enter(void *ctx)
{
	struct view *v = app_current(ctx);

	return v->ops->activate && !v->in_detail && (!v->list || list_count(v->list)) &&
	       (!v->ops->opens || v->ops->opens(v));
}

static void run_enter(void *ctx, int arg)
{
	struct view *v = app_current(ctx);

	(void)arg;
	v->ops->activate(v);
}

static void copy_with(struct app *app, void (*fill)(struct view *v, struct buf *b))
{
	struct view *v = app_current(app);
	struct buf b = BUF_INIT;

	if (fill)
		fill(v, &b);
	if (b.len)
		app_copy(app, b.data, NULL);
	else
		app_message(app, STYLE_QUIET,
			    "nothing to copy: the cursor is on nothing that has a name");
	buf_release(&b);
}

static bool can_copy(void *ctx)
{
	return app_current(ctx)->ops->copy != NULL;
}

static void run_copy(void *ctx, int arg)
{
	(void)arg;
	copy_with(ctx, app_current(ctx)->ops->copy);
}

static void copy_detail(struct view *v, struct buf *b)
{
	doc_text(&v->detail, b);
}

static bool can_copy_more(void *ctx)
{
	struct view *v = app_current(ctx);

	return v->ops->copy_more || (v->ops->detail && !view_is_whole(v));
}

static void run_copy_more(void *ctx, int arg)
{
	const struct view *v = app_current(ctx);

	(void)arg;
	copy_with(ctx, v->ops->copy_more ? v->ops->copy_more : copy_detail);
}

static bool can_command(void *ctx)
{
	return app_current(ctx)->ops->command != NULL;
}

static void run_command(void *ctx, int arg)
{
	(void)arg;
	copy_with(ctx, app_current(ctx)->ops->command);
}

static void run_export(void *ctx, int arg)
{
	struct view *v = app_current(ctx);
	struct buf b = BUF_INIT;
	char *name = xasprintf("modscope-%s.txt", v->ops->name);

	(void)arg;
	pane_export_text(v, &b);
	app_save(v, name, buf_detach(&b));
	free(name);
}

static void run_reload(void *ctx, int arg)
{
	struct app *app = ctx;

	(void)arg;
	wants_reload_all(&app->wants);
	app_refresh_view(app, app_current(app));
	app_message(ctx, STYLE_QUIET, "reloading everything");
}

static void run_mouse(void *ctx, int arg)
{
	struct app *app = ctx;
	struct term *t = app->o.term;

	(void)arg;
	app->mouse_off = !app->mouse_off;
	t->ops->mouse(t, !app->mouse_off);
	app_message(app, STYLE_QUIET,
		    app->mouse_off ? "mouse off: the terminal selects text" : "mouse on");
}

static void take_theme(struct view *v, int i)
{
	struct app *app = v->app;
	struct term *t = app->o.term;
	const char *name = theme_names()[i];

	t->theme = theme_find(name);
	t->ops->redraw(t);
	app_message(app, STYLE_QUIET,
		    "theme %s; --theme %s, or a line \"base %s\" in modscope/theme, keeps it", name,
		    name, name);
}

static void run_theme(void *ctx, int arg)
{
	struct app_choice choices[DIALOG_ANSWERS + 1] = { { 0 } };
	const char *const *names = theme_names();

	(void)arg;
	for (size_t i = 0; names[i] && i + 1 < ARRAY_LEN(choices); i++)
		choices[i] = (struct app_choice){ names[i], (int)i };
	app_choose(app_current(ctx), "Theme", choices, take_theme);
}

static bool is_loading(void *ctx)
{
	return jobs_pending(((struct app *)ctx)->wants.jobs) > 0;
}

static void run_cancel(void *ctx, int arg)
{
	struct app *app = ctx;

	(void)arg;
	jobs_cancel_all(app->wants.jobs);
	app_message(app, STYLE_ATTENTION, "cancelled; r loads again");
}

const struct action keys_actions[] = {
	{ "enter", "enter", "open", "open what the cursor is on", can_enter, run_enter, 0,
	  ACTION_NO_PALETTE },
	{ "pane", "tab", NULL, "go to the other pane", has_pane, run_pane, 0, 0 },
	{ "whole", "+", NULL, "the detail pane alone, or beside the list again", has_pane,
	  run_whole, 0, 0 },
	{ "narrower", "<", NULL, "more room for the detail pane", has_divider, run_divider, -4, 0 },
	{ "wider", ">", NULL, "more room for the list", has_divider, run_divider, 4, 0 },
	{ "filter", "/", "filter", "filter the rows as you type", can_filter, run_filter, 0, 0 },
	{ "search", "/", "search", "search a text as you type", can_find, run_filter, 0, 0 },
	{ "next", "n", NULL, "the next match", NULL, run_search, 1, ACTION_NO_PALETTE },
	{ "previous", "N", NULL, "the previous match", NULL, run_search, -1, ACTION_NO_PALETTE },
	{ "copy", "y", "copy", "copy what the cursor is on: path@version", can_copy, run_copy, 0,
	  0 },
	{ "copy-text", "Y", NULL, "copy the explanation beside it", can_copy_more, run_copy_more, 0,
	  0 },
	{ "copy-command", "c", NULL, "copy the command that does the same in a shell", can_command,
	  run_command, 0, 0 },
	{ "export", "e", NULL, "save what is shown as a file", NULL, run_export, 0, 0 },
	{ "reload", "r", NULL, "reload everything, retry what failed", NULL, run_reload, 0, 0 },
	{ "cancel", "ctrl-x", NULL, "stop the running work", is_loading, run_cancel, 0, 0 },
	{ "leave", "q", "back", "back to the view before", has_before, run_back, 1,
	  ACTION_NO_PALETTE },
	{ "leave-program", "q", "quit", "at the first view: quit", is_first, run_back, 1,
	  ACTION_NO_PALETTE },
	{ "commands", ":", "commands", "all actions, views and modules by name", NULL, run_palette,
	  0, ACTION_NO_PALETTE },
	{ "help", "? f1", "keys", "the keys that work here", NULL, run_help, 0, 0 },
	{ "activity", "@", NULL, "the log of requests and file operations", is_elsewhere, run_open,
	  0, 0 },
	{ "mouse", "M", NULL, "mouse on or off, so that the terminal can select text", NULL,
	  run_mouse, 0, 0 },
	{ "theme", "T", NULL, "another theme: colours for dark or light, high contrast, none", NULL,
	  run_theme, 0, 0 },
	{ "back", "esc backspace", NULL, "one step back", NULL, run_back, 0, ACTION_NO_PALETTE },
	{ "quit", "Q ctrl-c", NULL, "quit", NULL, run_quit, 0, 0 },
	{ "view-1", "1", NULL, "the first view", NULL, run_tab, 0,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-2", "2", NULL, "the second view", NULL, run_tab, 1,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-3", "3", NULL, "the third view", NULL, run_tab, 2,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-4", "4", NULL, "the fourth view", NULL, run_tab, 3,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-5", "5", NULL, "the fifth view", NULL, run_tab, 4,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-6", "6", NULL, "the sixth view", NULL, run_tab, 5,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-7", "7", NULL, "the seventh view", NULL, run_tab, 6,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-8", "8", NULL, "the eighth view", NULL, run_tab, 7,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-9", "9", NULL, "the ninth view", NULL, run_tab, 8,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "view-10", "0", NULL, "the tenth view", NULL, run_tab, 9,
	  ACTION_NO_PALETTE | ACTION_NO_HELP },
	{ "next-view", "}", NULL, "the view in the next tab", NULL, run_beside, 1,
	  ACTION_NO_PALETTE },
	{ "previous-view", "{", NULL, "the view in the tab before", NULL, run_beside, -1,
	  ACTION_NO_PALETTE },
	{ 0 },
};
