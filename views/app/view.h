/*
 * view.h - a view: one const table and its own state; the frame does the rest.
 *
 * A view is a file that defines `const struct view_ops view_NAME` and a line in screens/views.def. It does no I/O, starts no
 * thread and knows no curses: it reads parts of the current snapshot (app.h), draws on an area, and has
 * a table of actions (keymap.h), the source of keys, status line, help, palette and man page.
 *
 * Most views are a main widget and a detail pane. `open` creates the widget and sets view->list (or ->tree, or
 * ->page for a document) to it; the frame then draws it under the title line, moves the cursor, filters
 * (view->rows), sorts, marks, searches, handles the mouse, and calls `detail` for the document beside it whenever the
 * cursor moves to another row or the data changes. Other views have `draw`, `scope` and `event`.
 *
 * Calling sequence: open once (state is zeroed); refresh whenever a needed part arrives or changes, and once
 * after open; go to select an item; release at the end. All on the interface thread.
 */
#ifndef MODSCOPE_VIEW_H
#define MODSCOPE_VIEW_H

#include <assert.h>

#include "keymap.h"
#include "list.h"
#include "pager.h"
#include "parts/snapshot.h"
#include "tree.h"

struct app;
struct view;

#define NEEDS(id) (1u << (id))

struct view_ops {
	const char *name;		/* "cache": name of its key layer, in the palette, for -i, and of the command */
	const char *title;		/* in the tabs */
	const char *called;		/* in the palette; NULL: its name */
	const char *help;		/* its purpose, one line */
	bool tab;			/* has a tab */
	bool (*tabbed)(const struct app *app);	/* whether the tab is shown now; NULL: always */
	int split;			/* the list's share of the width in percent; 0: the default */
	bool above;			/* the detail pane is above the list: it describes all of it */
	unsigned needs;			/* NEEDS(PART_GRAPH) | ...: loaded when the view opens */
	const char *elsewhere;		/* what can be done where what it needs is not found, or this system lacks it (ERR_NOT_HERE); NULL: only reload */
	size_t state_size;
	const struct action *actions;	/* context: struct view; may be NULL */
	void (*open)(struct view *v);
	/* An option of the command that opens the view with -i (cli_flag.in_view, cli_command.view_arg), valid as the command checks it; after open, before
	 * refresh. value: "" of a switch; kept by the program. False: the view does not have it, a mistake in the tables. NULL: none. */
	bool (*option)(struct view *v, const char *name, const char *value);
	void (*release)(struct view *v);
	void (*refresh)(struct view *v);
	/* The change begun with app_change has ended; outcome is borrowed, NULL if it failed: e is then the reason. */
	void (*changed)(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
	/* Selects a target (a module path, a cache entry); false if it does not exist. NULL: no targets. */
	bool (*go)(struct view *v, const char *target);
	/* Appends the target of the selection, for go() to return to. */
	void (*place)(struct view *v, struct buf *b);
	/* Fills the title line: " ─ tree · all" and counts. */
	void (*heading)(struct view *v, struct line *l);
	/* Its right end: progress; may be NULL. */
	void (*progress)(struct view *v, struct line *l);
	/* Fills the document for the row under the cursor. NULL: no detail pane. */
	void (*detail)(struct view *v, struct doc *d);
	/* The user followed a link in the detail pane. */
	void (*follow)(struct view *v, const struct doc_link *link);
	/* Draws the whole view instead of widget and detail; with `whole`, only while that is true. */
	void (*draw)(struct view *v, struct area a);
	bool (*whole)(struct view *v);
	/* Filters without view->rows (trees). */
	void (*filter)(struct view *v, const char *text);
	/* More layers, between the view's own and the widget's. */
	void (*scope)(struct view *v, struct keymap_scope *sc);
	/* enter or a double click on the main widget; NULL: nothing. */
	void (*activate)(struct view *v);
	/* Leaves a state inside the view (a drawing, its own filter); false: there is none, so esc leaves the view. */
	bool (*back)(struct view *v);
	/* An event without a key binding; true: handled. */
	bool (*event)(struct view *v, const struct event *ev);
	/* Text for y and Y, and the shell command for c; each may append nothing. */
	void (*copy)(struct view *v, struct buf *b);
	void (*copy_more)(struct view *v, struct buf *b);
	void (*command)(struct view *v, struct buf *b);
	/* False: activate has no effect on the row under the cursor. NULL: it has for every row. */
	bool (*opens)(struct view *v);
	/* Longer work in slices of at most 8 ms; true: more is left. */
	bool (*work)(struct view *v);
};

struct view {
	const struct view_ops *ops;
	struct app *app;
	void *state;
	bool opened;
	/* The main widget: either list or page, or none; with a tree, list is &tree->list. */
	struct list *list;
	struct tree *tree;
	struct rows *rows;		/* of list: filter and sort; NULL: neither */
	struct pager *page;
	/* Set by the frame: */
	struct doc detail;
	struct pager pager;
	bool in_detail;			/* the detail pane has the focus */
	bool detail_whole;		/* and fills both panes */
	int split;			/* the list's share of the width in percent, if moved; 0: the view's own */
	bool detail_stale;
	bool rested;			/* the cursor rests: more expensive work for this row may start */
	uint64_t detail_key;
	char *search;			/* the search text of a list without a filter; NULL */
	bool search_fails;
	unsigned timer;			/* of app_after; 0: none */
	void (*turn)(struct view *v);
	char *pending;			/* target to go to once there are rows */
	struct area main_area, detail_area;	/* from the last draw */
};

/* The state of the view of that name, for its own files only. */
static inline void *view_state(const struct view *v, const char *name)
{
	assert(str_eq(v->ops->name, name));
	return v->state;
}

/* Whether `draw` now draws the whole view. */
static inline bool view_is_whole(struct view *v)
{
	return v->ops->draw && (!v->ops->whole || v->ops->whole(v));
}
/* For refresh: rebuild the detail pane at the next draw. */
void view_touch(struct view *v);

#endif
