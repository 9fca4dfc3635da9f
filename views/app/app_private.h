/*
 * app_private.h - the app's own state, shared by its files. Not for views. From the ground up, each file calling only those before it:
 *
 *	app_state	the snapshot, messages, refreshing a view
 *	app_parts	parts that views want, jobs for them, files that changed
 *	app_vital	what the header says about the project
 *	app_pane	a view's widget and its detail
 *	app_ask		dialogs, the line above the status
 *	app_output	copies, the editor, files that are saved
 *	app_places	opening views, going back
 *	app_over	palette, help, and what has the keys before the view
 *	app_frame	drawing it all
 *	app_keys	the keys that work everywhere
 *	app_tables	the layers of keys, and what generators read of them
 *	app		the loop: begin, events, end
 */
#ifndef MODSCOPE_APP_PRIVATE_H
#define MODSCOPE_APP_PRIVATE_H

#include "app/app.h"
#include "boxdraw.h"
#include "texts/describe.h"
#include "clipboard.h"
#include "dialog.h"
#include "helpscreen.h"
#include "layout.h"
#include "loop.h"
#include "palette.h"

/* A part that somebody wants, or a change that a view asked for. */
struct app_want {
	struct request *request;
	struct view *asker;	/* of a change; else NULL */
	uint64_t serial;	/* generation of the newest job for it; a part with it is fresh */
	bool waiting;		/* for what it needs */
	bool running;
	struct err err;
	struct app_progress progress;
};

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

struct app {
	struct app_options o;
	struct loop loop;
	struct keymap keymap;
	struct jobs *jobs;
	struct watch *watch;
	struct load_watching watching;	/* a watch that is being set up */
	struct snapshot *snapshot;
	VEC(struct part *) replaced;	/* by newer ones: kept until no view shows them */
	uint64_t serial;
	VEC(struct app_want *) wants, changes;
	struct view views[32];
	size_t n_views, current;
	VEC(struct app_place) history;
	struct layout layout;
	bool mouse_off;

	char *message;
	unsigned message_style;
	struct view *input_view;	/* that the line above the status serves; NULL: there is none */
	struct pager *searched;		/* what it searches; NULL: it filters the view's rows */
	struct prompt prompt;
	struct prompt_history filters, commands;
	struct palette palette;
	struct helpscreen help;
	struct dialog dialog;
	struct app_question question;
	char *save_text;
	struct request *steps;	/* PART_WHATIF: the steps that are taken */
	struct keymap_row *over_rows;	/* of the palette: what can be done here */
	size_t over_n;
	char over_key[32];
	unsigned changed;	/* LOAD_CHANGED_*: seen, acted on after a short rest */
	unsigned changed_timer;
	unsigned progress_timer;	/* until progress that came is shown */
	unsigned rest_timer;	/* until the cursor counts as resting */
};

static inline struct view *app_current(struct app *app)
{
	return &app->views[app->current];
}

/* app_state.c */
void app_refresh_view(struct app *app, struct view *v);
void app_refresh_views(struct app *app);
/* The cursor moved: view->rested will be set when it stays. */
void app_rest(struct app *app);

/* app_parts.c */
const struct app_want *app_busiest(const struct app *app);
void app_on_mail(void *app);
void app_on_watch(void *app);
void app_parts_release(struct app *app);
void app_reload_all(struct app *app);

/* app_vital.c */
size_t app_module_count(const struct app *app);
const char *app_module_name(const struct app *app, size_t i);
void app_vital_signs(const struct app *app, struct line *left, struct line *right);

/* app_pane.c */
extern const struct action app_pane_actions[];
void app_scope(struct app *app, struct keymap_scope *sc);
void app_pane_draw(struct view *v, const struct layout *l);
/* What layout_compute is to be told as split: for a detail pane above the list, the rows that it would fill. */
int app_pane_split(struct view *v, int width, bool ascii);
bool app_pane_event(struct view *v, const struct event *ev);
bool app_pane_work(struct view *v);
void app_pane_filter(struct view *v, const char *text);
bool app_pane_search_next(struct view *v, int dir);
bool app_pane_back(struct view *v);
void app_pane_release(struct view *v);
void app_pane_export_text(struct view *v, struct buf *b);

/* app_ask.c */
/* An event for the dialog that is open; for the line above the status, which leaves some keys to others. */
void app_ask_dialog(struct app *app, const struct event *ev);
bool app_ask_line(struct app *app, const struct event *ev);
void app_ask_filter(struct app *app);
/* Another view is shown: what served the one before is closed. */
void app_ask_close(struct app *app);

/* app_places.c */
void app_begin_at(struct app *app, const char *view, const char *target);
bool app_back(struct app *app);
void app_tab(struct app *app, size_t view);

/* app_over.c */
void app_over_init(struct app *app);
void app_over_release(struct app *app);
bool app_over_event(struct app *app, const struct event *ev);
void app_over_draw(struct app *app, struct area screen);
bool app_over_work(struct app *app);
void app_over_palette(struct app *app);
void app_over_help(struct app *app);

/* app_frame.c */
void app_draw(void *ctx, struct grid *g);
size_t app_tabs(const struct app *app, struct tab *tabs, size_t max);

/* app_keys.c */
extern const struct action app_actions[];

#endif
