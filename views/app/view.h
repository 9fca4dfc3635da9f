/*
 * view.h - what a view is: one const table, a state of its own, and what the frame around it does for it.
 *
 * A view is a file that defines `const struct view_ops view_NAME` and a line in screens/views.def. It does no I/O, starts no
 * thread and knows no curses: it reads parts of the current snapshot (app.h), draws on an area, and has
 * actions in a table (keymap.h) from which keys, status line, help, palette and man page come.
 *
 * Most views are a main widget and a detail pane. `open` makes the widget and points view->list (or ->tree, or
 * ->page for a document) at it; the frame then draws it under the title line, moves the cursor, filters
 * (view->rows), sorts, marks, searches, handles the mouse, and asks `detail` for the document beside it whenever the
 * cursor is on another row or the data changed. A view that is more than that has `draw`, `scope` and `event`.
 *
 * Calling sequence: open once (state is zeroed); refresh whenever a part that it needs has come or changed, also once
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
	const char *name;		/* "cache": its layer of keys, the palette, -i, modscope's command of that name */
	const char *title;		/* in the tabs */
	const char *called;		/* in the palette; NULL: its name */
	const char *help;		/* one line: what it is for */
	bool tab;			/* stands in the row of tabs */
	bool (*tabbed)(const struct app *app);	/* only while this is true; NULL: always */
	int split;			/* the list's share of the width in percent; 0: the usual */
	bool above;			/* the detail stands above the list: it is about the whole of it */
	unsigned needs;			/* NEEDS(PART_GRAPH) | ...: loaded when it is opened */
	size_t state_size;
	const struct action *actions;	/* context: struct view; may be NULL */
	void (*open)(struct view *v);
	void (*release)(struct view *v);
	void (*refresh)(struct view *v);
	/* The change that it asked for (app_change) has ended; outcome is borrowed, NULL if it failed: then e says why. */
	void (*changed)(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
	/* Selects what target names (a module path, a cache entry); false if there is no such thing. NULL: takes none. */
	bool (*go)(struct view *v, const char *target);
	/* What go() would take to come back here: what is selected. Append to b. */
	void (*place)(struct view *v, struct buf *b);
	/* Fills the title line: " ─ tree · all" and counts. */
	void (*heading)(struct view *v, struct line *l);
	/* Its right end: progress. NULL. */
	void (*progress)(struct view *v, struct line *l);
	/* Fills the document for the row under the cursor. NULL: no detail pane. */
	void (*detail)(struct view *v, struct doc *d);
	/* A link of the detail pane was followed. */
	void (*follow)(struct view *v, const struct doc_link *link);
	/* Draws the whole view instead of widget and detail; with `whole`, only while that is true. */
	void (*draw)(struct view *v, struct area a);
	bool (*whole)(struct view *v);
	/* Filters what view->rows does not (trees). */
	void (*filter)(struct view *v, const char *text);
	/* More layers, between the view's own and the widget's. */
	void (*scope)(struct view *v, struct keymap_scope *sc);
	/* enter or a double click on the main widget; NULL: nothing. */
	void (*activate)(struct view *v);
	/* Leaves a state inside of the view (a drawing, a filter of its own); false: there is none, so esc leaves the view. */
	bool (*back)(struct view *v);
	/* An event that no key binding took; true: handled. */
	bool (*event)(struct view *v, const struct event *ev);
	/* Text for y and Y, and the shell command for c; each may append nothing. */
	void (*copy)(struct view *v, struct buf *b);
	void (*copy_more)(struct view *v, struct buf *b);
	void (*command)(struct view *v, struct buf *b);
	/* False: activate does nothing for the row under the cursor. NULL: it always does something where there is a row. */
	bool (*opens)(struct view *v);
	/* A longer work in pieces of at most 8 ms; true: more is left. */
	bool (*work)(struct view *v);
};

struct view {
	const struct view_ops *ops;
	struct app *app;
	void *state;
	bool opened;
	/* The main widget: at most one of list and page; tree goes with list = &tree->list. */
	struct list *list;
	struct tree *tree;
	struct rows *rows;		/* of list: filter and sort; NULL: neither */
	struct pager *page;
	/* Kept by the frame: */
	struct doc detail;
	struct pager pager;
	bool in_detail;			/* the detail pane has the focus */
	bool detail_whole;		/* and the room of both */
	int split;			/* the list's share of the width in percent, where it was moved; 0: the view's own */
	bool detail_stale;
	bool rested;			/* the cursor stays: what costs more may be worked out for this row */
	uint64_t detail_key;
	char *search;			/* what a list without a filter was searched for; NULL */
	bool search_fails;
	unsigned timer;			/* of app_after; 0: none */
	void (*turn)(struct view *v);
	char *pending;			/* target to go to when the rows have come */
	struct area main_area, detail_area;	/* from the last draw */
};

/* The state of the view of that name, for its own files: never another view's. */
static inline void *view_state(const struct view *v, const char *name)
{
	assert(str_eq(v->ops->name, name));
	return v->state;
}

/* True if `draw` has the screen to itself now. */
static inline bool view_is_whole(struct view *v)
{
	return v->ops->draw && (!v->ops->whole || v->ops->whole(v));
}
/* For refresh: the detail pane is built anew at the next draw. */
void view_touch(struct view *v);

#endif
