/*
 * grid.h - a frame for the terminal: w x h cells, each a grapheme cluster of width 1 or 2 and a style (style.h).
 *
 * A cell right of a wide one has len 0. A terminal backend (term.h) shows a grid; nothing else reaches a terminal.
 * Everything is drawn through areas of it (area.h).
 *
 * Invariant: no cell ever holds a control character: all text passes width_next() (width.h), which escapes.
 * With grid.ascii every cluster is ASCII. A grid belongs to the interface thread.
 */
#ifndef MODSCOPE_GRID_H
#define MODSCOPE_GRID_H

#include "base/base.h"
#include "style.h"
#include "width.h"

struct grid_cell {
	char text[CLUSTER_MAX];		/* not terminated; unused bytes are 0 */
	unsigned char len;		/* 0: covered by the wide cell to the left */
	unsigned char width;
	uint16_t style;
};

struct grid {
	int w, h;
	struct grid_cell *cells;		/* row by row */
	bool ascii;
	int cursor_x, cursor_y;		/* the terminal's own cursor; -1 hides it */
};

void grid_init(struct grid *g);
void grid_release(struct grid *g);
/* Sets the size (capped to 1..16384 each and 4 million cells) and clears. */
void grid_resize(struct grid *g, int w, int h);
/* All blanks in STYLE_NORMAL, cursor hidden. */
void grid_clear(struct grid *g);
const struct grid_cell *grid_at(const struct grid *g, int x, int y);

/* For area.h, at coordinates that are inside: puts one cluster; or's flags into the style. */
void grid_put(struct grid *g, int x, int y, unsigned style, const struct width_cluster *cl);
void grid_tint(struct grid *g, int x, int y, unsigned flags);

#endif
