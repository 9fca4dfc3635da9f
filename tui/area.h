/*
 * area.h - a rectangle of a grid (grid.h), passed by value, and drawing into it.
 *
 * Coordinates start at 0,0, and everything drawn is clipped to the area, so a widget cannot draw outside of what it was given.
 */
#ifndef MODSCOPE_AREA_H
#define MODSCOPE_AREA_H

#include "grid.h"
#include "line.h"

struct area {
	struct grid *g;
	int x, y, w, h;		/* on the grid; w and h are never negative */
};

struct area area_of(struct grid *g);
/* A part of an area, clipped to it; w or h of -1 means "all the rest". */
struct area area_sub(struct area a, int x, int y, int w, int h);
static inline bool area_empty(struct area a)
{
	return a.w <= 0 || a.h <= 0;
}
/* True if a point of the grid (a mouse event) is inside; *x and *y become relative to the area (NULL: not wanted). */
bool area_hit(struct area a, int gx, int gy, int *x, int *y);

/* Draws s from column x in at most w columns (w < 0: to the area's edge), cut with an ellipsis. Returns the columns used. */
int area_text(struct area a, int x, int y, int w, unsigned style, enum width_cut cut, const char *s);
int area_textn(struct area a, int x, int y, int w, unsigned style, enum width_cut cut, const char *s, size_t len);
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

/* As area_text; `flags` are or'ed into every style. */
int area_line(struct area a, int x, int y, int w, enum width_cut cut, unsigned flags, const struct line *l);

#endif
