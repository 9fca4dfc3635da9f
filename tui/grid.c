#include "grid.h"

enum { GRID_MAX = 1 << 14, GRID_CELLS = 1 << 22 };

static const struct grid_cell blank = { { ' ' }, 1, 1, STYLE_NORMAL };

void grid_init(struct grid *g)
{
	memset(g, 0, sizeof(*g));
	g->cursor_x = g->cursor_y = -1;
}

void grid_release(struct grid *g)
{
	free(g->cells);
	grid_init(g);
}

void grid_resize(struct grid *g, int w, int h)
{
	w = MAX(1, MIN(w, GRID_MAX));
	h = MAX(1, MIN(h, MIN(GRID_MAX, GRID_CELLS / w)));
	if (w != g->w || h != g->h || !g->cells) {
		g->cells = xreallocarray(g->cells, (size_t)w * (size_t)h, sizeof(*g->cells));
		g->w = w;
		g->h = h;
	}
	grid_clear(g);
}

void grid_clear(struct grid *g)
{
	size_t n = (size_t)g->w * (size_t)g->h;

	for (size_t i = 0; i < n; i++)
		g->cells[i] = blank;
	g->cursor_x = g->cursor_y = -1;
}

static struct grid_cell *at(struct grid *g, int x, int y)
{
	return g->cells + (size_t)y * (size_t)g->w + (size_t)x;
}

const struct grid_cell *grid_at(const struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->w || y >= g->h)
		return &blank;
	return g->cells + (size_t)y * (size_t)g->w + (size_t)x;
}

/* When half of a wide cluster is overwritten, blanks the other half. */
static void unhalve(struct grid *g, int x, int y)
{
	struct grid_cell *c = at(g, x, y);

	if (c->len == 0 && x > 0) {
		struct grid_cell *left = c - 1;
		uint16_t style = left->style;

		*left = blank;
		left->style = style;
	} else if (c->width == 2 && x + 1 < g->w) {
		uint16_t style = c[1].style;

		c[1] = blank;
		c[1].style = style;
	}
}

void grid_put(struct grid *g, int x, int y, unsigned style, const struct width_cluster *cl)
{
	struct grid_cell *c = at(g, x, y);

	unhalve(g, x, y);
	memset(c->text, 0, sizeof(c->text));
	memcpy(c->text, cl->text, cl->len);
	c->len = cl->len;
	c->width = cl->width;
	c->style = (uint16_t)style;
	if (cl->width == 2) {
		unhalve(g, x + 1, y);
		memset(c[1].text, 0, sizeof(c[1].text));
		c[1].len = c[1].width = 0;
		c[1].style = (uint16_t)style;
	}
}

void grid_tint(struct grid *g, int x, int y, unsigned flags)
{
	at(g, x, y)->style |= (uint16_t)(flags & ~(unsigned)STYLE_ID_MASK);
}
