/*
 * cell.h - the grid of cells that everything draws on, styled lines, and areas.
 *
 * A grid is a frame: w x h cells, each a grapheme cluster of width 1 or 2 and a style (style.h). A cell right of a
 * wide one has len 0. A terminal backend (term.h) shows a grid; nothing else reaches a terminal. An area is a
 * rectangle of a grid, passed by value: its coordinates start at 0,0, and everything drawn is clipped to it, so a
 * widget cannot draw outside of what it was given.
 *
 * Invariant: no cell ever holds a control character: all text passes width_next() (width.h), which escapes.
 * With grid.ascii every cluster is ASCII. A grid belongs to the interface thread.
 */
#ifndef MODSCOPE_CELL_H
#define MODSCOPE_CELL_H

#include "base/buf.h"
#include "style.h"
#include "width.h"

struct cell {
	char text[CLUSTER_MAX];		/* not terminated; unused bytes are 0 */
	unsigned char len;		/* 0: covered by the wide cell to the left */
	unsigned char width;
	uint16_t style;
};

struct grid {
	int w, h;
	struct cell *cells;		/* row by row */
	bool ascii;
	int cursor_x, cursor_y;		/* the terminal's own cursor; -1 hides it */
};

void grid_init(struct grid *g);
void grid_release(struct grid *g);
/* Sets the size (capped to 1..16384 each and 4 million cells) and clears. */
void grid_resize(struct grid *g, int w, int h);
/* All blanks in STYLE_NORMAL, cursor hidden. */
void grid_clear(struct grid *g);
const struct cell *grid_at(const struct grid *g, int x, int y);
/* The text of the whole grid, rows end with newline, trailing blanks dropped. Append. */
void grid_dump(const struct grid *g, struct buf *out);
/* The same with style names: runs as {bad:text}, for tests of looks. Append. */
void grid_dump_styles(const struct grid *g, struct buf *out);

struct area {
	struct grid *g;
	int x, y, w, h;		/* on the grid; w and h are never negative */
};

struct area grid_area(struct grid *g);
/* A part of an area, clipped to it; w or h of -1 means "all the rest". */
struct area area_sub(struct area a, int x, int y, int w, int h);
static inline bool area_empty(struct area a)
{
	return a.w <= 0 || a.h <= 0;
}
/* True if a point of the grid (a mouse event) is inside; *x and *y become relative to the area (NULL: not wanted). */
bool area_hit(struct area a, int gx, int gy, int *x, int *y);

/* Draws s from column x in at most w columns (w < 0: to the area's edge), cut with an ellipsis. Returns the columns used. */
int area_text(struct area a, int x, int y, int w, unsigned style, enum cut cut, const char *s);
int area_textn(struct area a, int x, int y, int w, unsigned style, enum cut cut, const char *s, size_t len);
/* Formatted, cut at the end. */
int area_fmt(struct area a, int x, int y, int w, unsigned style, const char *fmt, ...) PRINTF_FMT(6, 7);
/* Ends at column x + w - 1. */
int area_text_right(struct area a, int x, int y, int w, unsigned style, const char *s);
int area_glyph(struct area a, int x, int y, unsigned style, enum glyph g);
/* Blanks in a style. */
void area_fill(struct area a, unsigned style);
void area_hline(struct area a, int x, int y, int w, unsigned style);
void area_vline(struct area a, int x, int y, int h, unsigned style);
/* A frame on the area's own edge; returns the inside. A title may be NULL. */
struct area area_box(struct area a, unsigned style, const char *title);
/* Or's flags (STYLE_CURSOR, STYLE_BOLD, ...) into the style of the cells of a rectangle. */
void area_tint(struct area a, int x, int y, int w, int h, unsigned flags);
/* Puts the terminal's cursor there (prompts). */
void area_cursor(struct area a, int x, int y);

/* A line made of styled pieces; reused by line_clear, freed by line_release. A zeroed struct is NOT valid: LINE_INIT. */
struct span {
	size_t start;		/* in text; ends where the next begins */
	unsigned style;
};
struct line {
	struct buf text;	/* raw, escaped when drawn */
	VEC(struct span) spans;
	size_t head;			/* bytes that are never cut off the front: indentation, marks */
};
#define LINE_INIT { BUF_INIT, { 0 } }
void line_init(struct line *l);
void line_release(struct line *l);
void line_clear(struct line *l);
void line_add(struct line *l, unsigned style, const char *s);
void line_addn(struct line *l, unsigned style, const char *s, size_t len);
void line_addf(struct line *l, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Adds the glyph as UTF-8; drawing turns it into its twin where needed. */
void line_glyph(struct line *l, unsigned style, enum glyph g);
int line_width(const struct line *l, bool ascii);
/* As area_text; `flags` are or'ed into every style. */
int area_line(struct area a, int x, int y, int w, enum cut cut, unsigned flags, const struct line *l);

#endif
