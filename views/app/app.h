/*
 * app.h - what views ask of the program around them: parts, changes, questions, other views.
 *
 * The app owns the current snapshot, the jobs, the watch and all views. A view asks for parts with app_want() and
 * gets refresh() when they come; what is there already is app_part(). Nothing here waits for a job, draws or takes events:
 * shell.h does, around it.
 */
#ifndef MODSCOPE_APP_H
#define MODSCOPE_APP_H

#include "app/view.h"
#include "app/wants.h"

struct app_options {
	const struct view_ops *const *views;	/* NULL ends it; the first ten with tabs have the keys 1 to 9 and 0 */
	struct term *term;		/* borrowed */
	struct load *load;		/* borrowed */
	const char *view;		/* where to begin; NULL: the first */
	const char *target;		/* of it; may be NULL */
	const char *keys, *keys_name;	/* text of a key file; may be NULL */
	const char *editor;		/* $VISUAL or $EDITOR; may be NULL */
	const char *copy;		/* a shell command that copies its standard input; may be NULL */
	bool read_only;
	bool behind;			/* what nobody asked for may be worked out, at the lowest priority */
	bool signals;			/* false in tests */
	bool polling;			/* watch by time: tests */
	/* Called before the first turn; may be NULL. */
	void (*begun)(void *ctx, struct app *app);
	void *begun_ctx;
	int64_t now;			/* seconds since 1970, for tests; 0: the clock's */
	struct loop_stats *stats;	/* in: took; out: from key to frame; may be NULL */
};

/* The what-if steps that are taken. Setting them copies and refreshes all views. */
const struct whatif_steps *app_steps(const struct app *app);
void app_set_steps(struct app *app, const struct whatif_steps *steps);
const struct snapshot *app_snapshot(const struct app *app);
/* Data of a part, NULL while it is not there. */
void *app_part(const struct app *app, const struct request *r);
/* Loads a part (of the current generation) if it is not there. */
void app_want(struct app *app, const struct request *r);
/* Loads it again. */
void app_reload(struct app *app, const struct request *r);
/* A change of ours has written the project's files: they are read again, also where nothing watches them. */
void app_project_changed(struct app *app);
/* Everything about the module cache, again. */
void app_reload_cache(struct app *app);
/* The error that the last try to load it ended with; NULL if none. */
const struct err *app_error(const struct app *app, const struct request *r);
/* True while it is loaded; progress may be NULL. */
bool app_loading(const struct app *app, const struct request *r, const struct wants_progress **progress);
/* Begins a change (PART_PLAN, PART_APPLY, PART_EXPORT): it is no part of a snapshot, and its outcome goes to v->ops->changed. A view has one
 * at a time. What a change needs is on the screen already. */
void app_change(struct view *v, const struct request *r);
bool app_changing(const struct view *v);
/* How far it is; NULL if none is under way. */
const struct wants_progress *app_change_progress(const struct view *v);

/* Goes to a view, remembering where we were; target may be NULL. */
void app_open(struct app *app, const char *view, const char *target);
/* The view of that name (opened if need be). */
struct view *app_view(struct app *app, const char *name);
/* A line in place of the status line's hints, until the next key. Formatted text is escaped. */
void app_message(struct app *app, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Copies through the terminal and says so. */
void app_copy(struct app *app, const char *text, const char *what);
/* $EDITOR at file and line. */
void app_edit(struct app *app, const char *file, int line);
/* Asks for a file name, then writes the text (taken: free). */
void app_save(struct view *v, const char *suggestion, char *text);
/*
 * Questions. A question belongs to the view that asks: only the one that is shown can, and when another is shown the question is
 * dropped. The answer comes with that view.
 */
/* Shows what fill() writes; enter confirms. */
void app_ask(struct view *v, const char *title, void (*fill)(void *what, struct doc *d), void *what,
	     void (*confirmed)(struct view *v));
/* One line of input. */
void app_input(struct view *v, const char *label, const char *text, void (*written)(struct view *v, const char *text));
/* One of many, narrowed by typing; what is typed counts where none of them is of that name. The items are copied. While it is asked
 * (app_picking), asking again with more items keeps what is typed. */
struct app_item {
	const char *text, *help;
};
void app_pick(struct view *v, const char *label, const struct app_item *items, size_t n,
	      void (*written)(struct view *v, const char *text));
bool app_picking(const struct view *v);
/* One of several; the first letters of their texts are keys. NULL as text ends the table, which is borrowed. */
struct app_choice {
	const char *text;
	int value;
};
void app_choose(struct view *v, const char *title, const struct app_choice *choices, void (*chosen)(struct view *v, int value));
int64_t app_time(const struct app *app);	/* the time of day, for ages */
/* Calls turn(v) once, so many milliseconds from now; another call takes its place, with NULL it ends. */
void app_after(struct view *v, unsigned ms, void (*turn)(struct view *v));
uint64_t app_now(void);	/* milliseconds of a steady clock */
struct activity *app_log(const struct app *app);
bool app_read_only(const struct app *app);
bool app_works_behind(const struct app *app);
/* The cursor moved: view->rested will be set when it stays. */
void app_rest(struct app *app);

#endif
