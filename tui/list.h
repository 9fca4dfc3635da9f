/*
 * list.h - a list or table of any length: only the visible rows are requested.
 *
 * Rows are numbers 0..count-1 of the source; with `rows` set (rows.h: filter and sort) the list shows those in that
 * order, and all callbacks still get the source's row. The cursor belongs to a row's key, not to its number: list_refresh()
 * finds it again after reload, filter and sort. Marks are keys too. Two lines of context stay visible while moving.
 *
 * Columns: the list measures what it shows and gives each column as much, up to its max; then beyond that; the rest to those with
 * flex. A column without contents gets no room. When the list is too narrow, columns get no more than their min, then those with
 * the highest priority number vanish first (0 never does), then columns that can be cut get less than their min, so that
 * those with `whole` are not cut.
 *
 * Keys come through keymap.h: push layer "list" (list_actions) with the struct list as its context. Mouse events go
 * to list_event(). Nothing in it is global; the interface thread owns it.
 */
#ifndef MODSCOPE_LIST_H
#define MODSCOPE_LIST_H

#include "area.h"
#include "keymap.h"
#include "keyset.h"
#include "event.h"
#include "rows.h"

#define LIST_NONE SIZE_MAX
enum { LIST_COLUMNS = 24 };

struct list_column {
	const char *id, *title;
	short min, max;			/* columns; max 0: no limit */
	unsigned char flex;		/* share of the room that is left over */
	unsigned char priority;		/* vanishes when narrow, highest first; 0: never */
	bool right;			/* aligned right */
	bool match;			/* the filter's matched letters are shown in it */
	bool whole;			/* not cut while other columns can shrink: versions */
	enum width_cut cut;
};

struct list_ops {
	size_t (*count)(void *ctx);
	/* Identity of a row that survives reloads (a hash of module and version); never 0. NULL: row + 1. */
	uint64_t (*key)(void *ctx, size_t row);
	/* The row with that key or LIST_NONE; `guess` is where it was. NULL: searched around the guess, then everywhere. */
	size_t (*find)(void *ctx, uint64_t key, size_t guess);
	/* Fills the line of one cell. */
	void (*cell)(void *ctx, size_t row, unsigned column, struct line *out);
	/* Style flags (or STYLE_QUIET etc. for a whole row, where the cell says STYLE_NORMAL). NULL: none. */
	unsigned (*style)(void *ctx, size_t row);
	/* True for headings and the like, which the cursor skips. NULL: none. */
	bool (*skip)(void *ctx, size_t row);
	/* The cursor moved to another row (show its detail); may be NULL. */
	void (*moved)(void *ctx, size_t row);
	/* A column title was clicked, or sorting was asked for; NULL: list sorts through `rows`, if set. */
	void (*sort)(void *ctx, unsigned column, bool descending);
};

struct list {
	const struct list_ops *ops;
	void *ctx;
	const struct list_column *columns;
	unsigned n_columns;
	struct rows *rows;		/* borrowed; NULL: all, in order */
	const char *empty;		/* shown if the list is empty; wrapped */
	bool header;			/* show column titles */
	bool focused;			/* cursor is bright; set by the owner before drawing */
	bool no_marks;			/* space marks nothing here */
	int sort;			/* column with the marker, -1: none */
	bool descending;
	struct keyset marks;
	/* cursor: positions, not rows */
	size_t cursor, top;
	uint64_t cursor_key;		/* the row that the cursor belongs to, even while a filter hides it */
	size_t cursor_row;		/* its source row when it was last seen */
	uint64_t told_key;		/* what ops->moved was last told */
	int height;			/* rows that fit, from the last draw */
	struct area drawn;		/* where it was drawn last, for the mouse */
	short widths[LIST_COLUMNS];	/* 0: vanished */
	short seen[LIST_COLUMNS];	/* the widest cell so far, of those that have another after them in their row */
	short alone[LIST_COLUMNS];	/* of the others: they extend over the empty cells */
	bool sparse[LIST_COLUMNS];	/* most cells shown are a dash: vanishes before a name is cut, if it may */
	struct line scratch;
};

void list_init(struct list *l, const struct list_ops *ops, void *ctx, const struct list_column *columns, unsigned n);
void list_release(struct list *l);
/* Call when the source, the filter or the order changed: the cursor follows its row, or stays near. */
void list_refresh(struct list *l);
/* Forgets measured widths (for another kind of rows). */
void list_reset_widths(struct list *l);
/* The width in which no column of those rows that are shown next, at most `rows` of them, is hidden or cut. */
int list_natural_width(struct list *l, int rows, bool ascii);
void list_draw(struct list *l, struct area a);

size_t list_count(const struct list *l);			/* positions shown */
size_t list_row_at(const struct list *l, size_t position);	/* source row or LIST_NONE */
size_t list_row(const struct list *l);				/* the one under the cursor, LIST_NONE if empty */
uint64_t list_key(const struct list *l);			/* its key, 0 if empty */
/* Moves the cursor to a source row; false if it is not shown. */
bool list_go(struct list *l, size_t row);

/* Moves the cursor to the next row (dir 1) or the one before (-1) whose cells show the text, round the ends; `here`: the row under the
 * cursor counts. Capitals count where the text has some. False if there is none. */
bool list_find(struct list *l, const char *text, int dir, bool here);

enum list_move {
	LIST_UP, LIST_DOWN, LIST_PAGE_UP, LIST_PAGE_DOWN, LIST_HALF_UP, LIST_HALF_DOWN, LIST_TOP, LIST_BOTTOM,
	LIST_SCROLL_UP, LIST_SCROLL_DOWN, LIST_MIDDLE,
};
void list_move(struct list *l, enum list_move m);
/* Moves to the next (dir 1) or previous (-1) row, round the ends, for which test() is true; false if none. At most the whole list. */
bool list_search(struct list *l, int dir, bool (*test)(void *ctx, size_t row), void *ctx);

bool list_marked(const struct list *l, size_t row);
void list_mark(struct list *l, size_t row, bool on);
static inline size_t list_marks(const struct list *l)
{
	return l->marks.n;
}
/* Source rows that are marked, in shown order (also hidden ones, last); *out is the caller's. */
size_t list_marked_rows(const struct list *l, size_t **out);

enum list_result {
	LIST_IGNORED,	/* not for this list */
	LIST_HANDLED,
	LIST_ACTIVATED,	/* double click on the row under the cursor: as enter */
};
enum list_result list_event(struct list *l, const struct event *ev);
/* For a list below an input line: true if k was an arrow or page key, which moves the cursor. */
bool list_arrow(struct list *l, struct key k);
/* The mouse on a list that lies over everything else, in `frame`: a press outside of that leaves it. */
enum list_over { LIST_STAYS, LIST_TAKEN, LIST_LEFT };
enum list_over list_over_mouse(struct list *l, struct area frame, const struct event *ev);
/* Sorts by a column; the same column again reverses the order. */
void list_sort_by(struct list *l, unsigned column);

/* Layer "list", context struct list: arrows, j k, pgup pgdn, ctrl-u ctrl-d, g G home end, space (mark and go down), * u marks. */
extern const struct action list_actions[];

#endif
