/*
 * layout.h - positions on the screen, for every size.
 *
 *	row 0		header
 *	row 1		tabs
 *	...		body: list left, rule, detail right from 100 columns on; below that the detail takes the lower third.
 *			With LAYOUT_ABOVE a title line, the detail, a rule and the list, at any width
 *	last rows	progress (if any), status
 *
 * Below LAYOUT_MIN_W x LAYOUT_MIN_H only a notice is shown; everything returns once there is room. Pure.
 */
#ifndef MODSCOPE_LAYOUT_H
#define MODSCOPE_LAYOUT_H

#include "area.h"

enum { LAYOUT_MIN_W = 60, LAYOUT_MIN_H = 16, LAYOUT_SIDE_W = 100, LAYOUT_USUAL_SPLIT = 58 };

enum layout_flag {
	LAYOUT_DETAIL = 1,		/* the view has a detail pane */
	LAYOUT_DETAIL_ONLY = 2,		/* where there is no room for both: the detail takes all (after tab) */
	LAYOUT_PROGRESS = 4,		/* a row for progress above the status */
	LAYOUT_INPUT = 8,		/* a row for a prompt above the status */
	LAYOUT_ABOVE = 16,		/* the detail stands above the list */
	LAYOUT_WHOLE = 32,		/* the detail has the room of both, below the title line */
};
struct layout {
	bool too_small;
	bool side;			/* list and detail are side by side */
	struct area screen, header, tabs, body, title, list, rule, detail, progress, input, status;
};
/* `split` is the list's width when side by side; 0 for the usual 58 percent. With LAYOUT_ABOVE it is the
 * rows that the detail would fill: it gets at most three fifths. `title` is the first row of the list or, above, of the body. */
void layout_compute(struct layout *l, struct area screen, unsigned flags, int split);
/* Draws the rule between the panes, and the notice if it is too small. */
void layout_draw(const struct layout *l);

#endif
