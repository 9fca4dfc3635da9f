/*
 * app_private.h - the app's own state, for the files of this room: app.c (what views ask for), pane.c, over.c, keys.c, frame.c and
 * shell.c on top. Not for views.
 */
#ifndef MODSCOPE_APP_PRIVATE_H
#define MODSCOPE_APP_PRIVATE_H

#include "app/app.h"
#include "clipboard.h"
#include "dialog.h"
#include "helpscreen.h"
#include "bar.h"
#include "hint.h"
#include "layout.h"
#include "tab.h"
#include "loop.h"
#include "palette.h"

struct app_place {
	size_t view;
	char *target;		/* may be NULL */
};

/* What the dialog asks, and for whom: dropped when that view is left. One of the functions is set. */
struct app_question {
	struct view *view;
	void (*confirmed)(struct view *v);
	void (*chosen)(struct view *v, int value);
	void (*written)(struct view *v, const char *text);
};

/* An action of a view that is not shown. */
struct app_afar {
	size_t view;
	const struct action *action;
};

struct app {
	struct app_options o;
	struct loop loop;
	struct keymap keymap;
	struct wants wants;
	struct view views[32];
	size_t n_views, current;
	VEC(struct app_place) history;
	struct layout layout;
	bool mouse_off;
	bool dragging;		/* the rule between the panes */

	char *message;
	unsigned message_style;
	struct view *input_view;	/* that the line above the status serves; NULL: there is none */
	struct pager *searched;		/* what it searches; NULL: it filters the view's rows */
	struct prompt prompt;
	struct prompt_history filters, commands;
	struct palette palette;
	struct palette pick;		/* of a question */
	struct arena pick_arena;	/* its items */
	const struct app_item *pick_items;
	size_t n_pick_items;
	struct helpscreen help;
	struct dialog dialog;
	struct app_question question;
	char *save_text;
	struct request *steps;	/* PART_WHATIF: the steps that are taken */
	struct keymap_row *over_rows;	/* of the palette: what can be done here */
	size_t over_n;
	VEC(struct app_afar) over_afar;	/* what can be done in other views */
	char over_help[160];
	char over_key[32];
	unsigned rest_timer;	/* until the cursor counts as resting */
};

static inline struct view *app_current(struct app *app)
{
	return &app->views[app->current];
}
/* Shows the view of the options, at their target. */
void app_start(struct app *app);
/* The views with tabs, in their order: numbers of views, at most `max`. */
size_t app_tabs(const struct app *app, size_t *views, size_t max);
enum { APP_MAX_TABS = 32 };
/* Shows that view, remembering where we were, if it is another one. */
void app_tab(struct app *app, size_t view);
/* The place before; false if there is none. */
bool app_previous(struct app *app);
void app_refresh_view(struct app *app, struct view *v);
void app_refresh_views(struct app *app);
void app_end_question(struct app *app);
void app_end_input(struct app *app);

#endif
