/*
 * app.h - what the program provides to views: parts, changes, questions, other views.
 *
 * The app owns the current snapshot, the jobs, the watch and all views. A view requests parts with app_want() and
 * gets refresh() when they arrive; app_part() returns a loaded one. Nothing here waits for a job, draws or takes events:
 * shell.h does.
 */
#ifndef MODSCOPE_APP_H
#define MODSCOPE_APP_H

#include "app/view.h"
#include "app/wants.h"

struct app_option {
	const char *name, *value;
};

struct app_options {
	const struct view_ops *const *views;	/* NULL-terminated; the first ten with tabs have the keys 1 to 9 and 0 */
	struct term *term;		/* borrowed */
	struct load *load;		/* borrowed */
	const char *view;		/* initial view; NULL: the first */
	const char *target;		/* initial target; may be NULL */
	const struct app_option *options;	/* for the initial view; borrowed until the program ends */
	size_t n_options;
	const char *keys, *keys_name;	/* text of a key file; may be NULL */
	const char *editor;		/* $VISUAL or $EDITOR; may be NULL */
	const char *copy;		/* a shell command that copies its standard input; may be NULL */
	bool read_only;
	bool behind;			/* background work at the lowest priority is allowed */
	bool signals;			/* false in tests */
	bool polling;			/* watch by polling: tests */
	/* Called before the first turn; may be NULL. */
	void (*begun)(void *ctx, struct app *app);
	void *begun_ctx;
	int64_t now;			/* seconds since 1970, for tests; 0: the clock's */
	struct loop_stats *stats;	/* in: took; out: from key to frame; may be NULL */
};

/* The current what-if steps. Setting them copies them and refreshes all views. */
const struct whatif_steps *app_steps(const struct app *app);
void app_set_steps(struct app *app, const struct whatif_steps *steps);
const struct snapshot *app_snapshot(const struct app *app);
/* The data of a part; NULL while it is not loaded. */
void *app_part(const struct app *app, const struct request *r);
/* Loads a part (of the current generation) unless it is loaded. */
void app_want(struct app *app, const struct request *r);
/* Reloads a part. */
void app_reload(struct app *app, const struct request *r);
/* Call after a change of ours has written the project's files: reloads them, even if they are not watched. */
void app_project_changed(struct app *app);
/* Reloads everything about the module cache. */
void app_reload_cache(struct app *app);
/* The error of the last attempt to load it; NULL if none. */
const struct err *app_error(const struct app *app, const struct request *r);
/* True while it is being loaded; progress may be NULL. */
bool app_loading(const struct app *app, const struct request *r, const struct wants_progress **progress);
/* Begins a change (PART_PLAN, PART_APPLY, PART_EXPORT): it is not part of a snapshot, and its outcome goes to v->ops->changed. A view has one
 * at a time. The parts that a change needs are loaded already. */
void app_change(struct view *v, const struct request *r);
bool app_changing(const struct view *v);
/* Its progress; NULL if there is no change. */
const struct wants_progress *app_change_progress(const struct view *v);

/* Goes to a view, recording the current place in the history; target may be NULL. */
void app_open(struct app *app, const char *view, const char *target);
/* The view of that name, opened if needed. */
struct view *app_view(struct app *app, const char *name);
/* Shows a line instead of the status line's hints, until the next key. Escapes the formatted text. */
void app_message(struct app *app, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Copies through the terminal and shows a message. */
void app_copy(struct app *app, const char *text, const char *what);
/* Opens $EDITOR at file and line. */
void app_edit(struct app *app, const char *file, int line);
/* Asks for a file name, then writes the text, which it takes and frees. */
void app_save(struct view *v, const char *suggestion, char *text);
/*
 * Questions. A question belongs to the view that asks; only the visible view can ask, and switching to another drops the question.
 * The answer is a call with that view.
 */
/* Shows the document from fill(); enter confirms. */
void app_ask(struct view *v, const char *title, void (*fill)(void *what, struct doc *d), void *what,
	     void (*confirmed)(struct view *v));
/* One line of input. */
void app_input(struct view *v, const char *label, const char *text, void (*written)(struct view *v, const char *text));
/* Picks one of many, narrowed by typing; other input is accepted as typed. The items are copied. During the question
 * (app_picking), asking again with more items keeps the input. */
struct app_item {
	const char *text, *help;
};
void app_pick(struct view *v, const char *label, const struct app_item *items, size_t n,
	      void (*written)(struct view *v, const char *text));
bool app_picking(const struct view *v);
/* Chooses one of several; the first letters of their texts are keys. A NULL text ends the table, which is borrowed. */
struct app_choice {
	const char *text;
	int value;
};
void app_choose(struct view *v, const char *title, const struct app_choice *choices, void (*chosen)(struct view *v, int value));
int64_t app_time(const struct app *app);	/* the time of day, for ages */
/* Calls turn(v) once, after ms milliseconds; a second call replaces the first, with NULL it cancels. */
void app_after(struct view *v, unsigned ms, void (*turn)(struct view *v));
uint64_t app_now(void);	/* milliseconds of a monotonic clock */
struct activity *app_log(const struct app *app);
bool app_read_only(const struct app *app);
bool app_works_behind(const struct app *app);
/* Call when the cursor has moved: sets view->rested once it rests. */
void app_rest(struct app *app);

#endif
