#include "boxgraph_impl.h"

enum {
	BOX_H = 3,
	GAP = 4,
	LABEL_MAX = 40,
	WIDE = 120, /* a box is not made wider than this to hold the labels of its edges */
	SWEEPS = 8,
	PASS_MAX = 4000, /* vertices for passing edges; edges over that are left out */
};
enum { N = 1, E = 2, S = 4, W = 8 };

static void dir(struct boxgraph_plan *p, int x, int y, unsigned d, unsigned style)
{
	size_t at;

	if (x < 0 || y < 0 || x >= p->g->canvas.w || y >= p->g->canvas.h)
		return;
	at = (size_t)y * (size_t)p->g->canvas.w + (size_t)x;
	p->mask[at] |= (unsigned char)d;
	p->style[at] = (uint16_t)style;
}

static void vertical(struct boxgraph_plan *p, int x, int y0, int y1, unsigned style)
{
	for (int y = y0; y <= y1; y++)
		dir(p, x, y, (y > y0 ? N : 0) | (y < y1 ? S : 0), style);
}

static void horizontal(struct boxgraph_plan *p, int y, int x0, int x1, unsigned style)
{
	for (int x = MIN(x0, x1); x <= MAX(x0, x1); x++)
		dir(p, x, y, (x > MIN(x0, x1) ? W : 0) | (x < MAX(x0, x1) ? E : 0), style);
}

static void trace(struct boxgraph_plan *p, const struct boxgraph_seg *s)
{
	const struct boxgraph_vertex *u = &p->v.items[s->up], *d = &p->v.items[s->down];
	unsigned style = p->g->edges.items[s->edge].style;
	int top = p->layer_y[u->layer] + BOXGRAPH_BOX_H - 1, bottom = p->layer_y[d->layer];
	int track = p->channel_y[u->layer] + p->track[s->up];

	if (s->out == s->in) {
		vertical(p, s->in, top, bottom, style);
	} else {
		vertical(p, s->out, top, track, style);
		horizontal(p, track, s->out, s->in, style);
		vertical(p, s->in, track, bottom, style);
	}
	if (d->node < 0) { /* through the layer; bends in its last row */
		const struct boxgraph_seg *next = s + 1;
		int out = next->out;

		vertical(p, s->in, bottom, bottom + BOXGRAPH_BOX_H - 1, style);
		if (out != s->in)
			horizontal(p, bottom + BOXGRAPH_BOX_H - 1, s->in, out, style);
	}
}

static const char *line_char(unsigned mask)
{
	static const char *const chars[16] = {
		[N] = "│",	   [S] = "│",	      [N | S] = "│",	     [E] = "─",
		[W] = "─",	   [E | W] = "─",     [N | E] = "└",	     [N | W] = "┘",
		[S | E] = "┌",	   [S | W] = "┐",     [N | S | E] = "├",     [N | S | W] = "┤",
		[E | W | S] = "┬", [E | W | N] = "┴", [N | E | S | W] = "┼",
	};

	return chars[mask];
}

static void draw_lines(struct boxgraph_plan *p, struct area a)
{
	for (int y = 0; y < a.h; y++) {
		for (int x = 0; x < a.w; x++) {
			size_t at = (size_t)y * (size_t)a.w + (size_t)x;

			if (p->mask[at])
				area_text(a, x, y, 1, p->style[at], CUT_NONE,
					  line_char(p->mask[at]));
		}
	}
}

static void draw_label(struct boxgraph_plan *p, struct area a, const struct boxgraph_seg *s)
{
	struct boxgraph_edge *e = &p->g->edges.items[s->edge];
	int y = p->layer_y[p->v.items[s->down].layer] - 1, x = s->in + 2;
	bool labels;

	boxgraph_ports_room(p, s->down, &labels);
	e->label_x = x;
	e->label_y = y;
	if (!labels || !*e->label)
		return;
	if (e->back)
		x += area_glyph(a, x, y, e->style, GLYPH_UP) + 1;
	area_text(a, x, y, -1, e->style, CUT_NONE, e->label);
}

static void draw_nodes(struct boxgraph_plan *p, struct area a)
{
	for (size_t i = 0; i < p->g->nodes.n; i++) {
		struct boxgraph_node *n = &p->g->nodes.items[i];
		struct area box;

		n->x = p->v.items[i].x;
		n->y = p->layer_y[n->layer];
		n->w = p->v.items[i].w;
		n->order = p->v.items[i].order;
		box = area_sub(a, n->x, n->y, n->w, BOXGRAPH_BOX_H);
		area_fill(box, STYLE_NORMAL);
		box = area_box(box, STYLE_RULE, NULL);
		area_text(box, (box.w - width_text(n->label, false)) / 2, 0, -1, n->style, CUT_NONE,
			  n->label);
	}
}

static void draw_ports(struct boxgraph_plan *p, struct area a, const struct boxgraph_seg *s)
{
	const struct boxgraph_edge *e = &p->g->edges.items[s->edge];

	if (s->first)
		area_text(a, s->out, p->layer_y[p->v.items[s->up].layer] + BOXGRAPH_BOX_H - 1, 1,
			  STYLE_RULE, CUT_NONE, "┬");
	if (s->last)
		area_text(a, s->in, p->layer_y[p->v.items[s->down].layer], 1,
			  e->back ? STYLE_RULE : e->style, CUT_NONE, e->back ? "┴" : "▼");
}

void boxgraph_paint(struct boxgraph_plan *p)
{
	struct area a;
	size_t cells;

	grid_resize(&p->g->canvas, p->w + BOXGRAPH_GAP, p->h);
	a = area_of(&p->g->canvas);
	cells = (size_t)a.w * (size_t)a.h;
	p->mask = xcalloc(cells, sizeof(*p->mask));
	p->style = xcalloc(cells, sizeof(*p->style));
	for (size_t i = 0; i < p->s.n; i++)
		trace(p, &p->s.items[i]);
	draw_lines(p, a);
	for (size_t i = 0; i < p->s.n; i++)
		if (p->s.items[i].last)
			draw_label(p, a, &p->s.items[i]);
	draw_nodes(p, a);
	for (size_t i = 0; i < p->s.n; i++)
		draw_ports(p, a, &p->s.items[i]);
}
