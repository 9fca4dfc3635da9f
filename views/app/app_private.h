/*
 * app_private.h - the app's own state, for the files of this room: app.c (for views), pane.c, over.c, keys.c, frame.c and
 * shell.c on top.
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

/* A question and its view: dropped when that view is left. One of the functions is set. */
struct app_question {
	struct view *view;
	void (*confirmed)(struct view *v);
	void (*chosen)(struct view *v, int value);
	void (*written)(struct view *v, const char *text);
};

/* An action of a hidden view. */
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
	bool dragging;		/* the divider between the panes */

	char *message;
	unsigned message_style;
	struct view *input_view;	/* the view that the input line serves; NULL: no input line */
	struct pager *searched;		/* the pager that it searches; NULL: it filters the view's rows */
	struct prompt prompt;
	struct prompt_history filters, commands;
	struct palette palette;
	struct palette pick;		/* of app_pick */
	struct arena pick_arena;	/* its items */
	const struct app_item *pick_items;
	size_t n_pick_items;
	struct helpscreen help;
	struct dialog dialog;
	struct app_question question;
	char *save_text;
	struct request *steps;	/* PART_WHATIF: the current steps */
	struct keymap_row *over_rows;	/* of the palette: actions available here */
	size_t over_n;
	VEC(struct app_afar) over_afar;	/* actions of other views */
	char over_help[160];
	char over_key[32];
	unsigned rest_timer;	/* until the cursor counts as resting */
};

static inline struct view *app_current(struct app *app)
{
	return &app->views[app->current];
}
/* Shows the initial view, at its target. */
void app_start(struct app *app);
/* The numbers of the views with tabs, in order, at most `max`. Returns how many. */
size_t app_tabs(const struct app *app, size_t *views, size_t max);
enum { APP_MAX_TABS = 32 };
/* Switches to that view, recording the current place in the history. */
void app_tab(struct app *app, size_t view);
/* Goes to the previous place; false if there is none. */
bool app_previous(struct app *app);
void app_refresh_view(struct app *app, struct view *v);
void app_refresh_views(struct app *app);
void app_end_question(struct app *app);
void app_end_input(struct app *app);

#endif
