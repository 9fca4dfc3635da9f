#include "boxgraph.h"

#include <limits.h>

enum { LABEL_MAX = 40 };

void boxgraph_init(struct boxgraph *g)
{
	memset(g, 0, sizeof(*g));
	g->focused = true;
	grid_init(&g->canvas);
}

void boxgraph_clear(struct boxgraph *g)
{
	for (size_t i = 0; i < g->nodes.n; i++)
		free(g->nodes.items[i].label);
	for (size_t i = 0; i < g->edges.n; i++)
		free(g->edges.items[i].label);
	g->nodes.n = g->edges.n = 0;
	g->cursor = 0;
	g->scroll_x = g->scroll_y = 0;
	grid_release(&g->canvas);
}

void boxgraph_release(struct boxgraph *g)
{
	boxgraph_clear(g);
	vec_release(&g->nodes);
	vec_release(&g->edges);
}

static char *cut_label(const struct boxgraph *g, const char *label)
{
	struct buf b = BUF_INIT;

	width_cut(&b, label, strlen(label), g->max_label > 0 ? g->max_label : LABEL_MAX, CUT_MIDDLE,
		  false);
	return buf_detach(&b);
}

int boxgraph_node(struct boxgraph *g, const char *label, unsigned style, uint64_t target)
{
	struct boxgraph_node n = { .style = style, .target = target };

	if (g->nodes.n == BOXGRAPH_NODES)
		return -1;
	n.label = cut_label(g, label);
	vec_push(&g->nodes, n);
	return (int)g->nodes.n - 1;
}

bool boxgraph_edge(struct boxgraph *g, unsigned from, unsigned to, const char *label,
		   unsigned style)
{
	struct boxgraph_edge e = { .from = from, .to = to, .style = style };

	if (g->edges.n == BOXGRAPH_EDGES || from >= g->nodes.n || to >= g->nodes.n || from == to)
		return false;
	e.label = cut_label(g, label ? label : "");
	vec_push(&g->edges, e);
	return true;
}

/* On the screen */

static int into_view(int scroll, int from, int size, int room)
{
	if (from < scroll)
		scroll = from;
	if (from + size > scroll + room)
		scroll = from + size - room;
	return scroll;
}

static void clamp(struct boxgraph *g)
{
	g->scroll_x = MAX(0, MIN(g->scroll_x, g->canvas.w - g->drawn.w));
	g->scroll_y = MAX(0, MIN(g->scroll_y, g->canvas.h - g->drawn.h));
}

static void follow(struct boxgraph *g)
{
	const struct boxgraph_node *n;

	if (g->nodes.n == 0 || area_empty(g->drawn))
		return;
	n = &g->nodes.items[g->cursor];
	g->scroll_x = into_view(g->scroll_x, n->x, n->w, g->drawn.w);
	g->scroll_y = into_view(g->scroll_y, n->y - 1, BOXGRAPH_BOX_H + 2, g->drawn.h);
	clamp(g);
}

/* Copies one cell of the canvas. In ASCII mode the three dots of an ellipsis do not fit into its column. */
static void copy_cell(struct area a, int x, int y, unsigned style, const struct grid_cell *c)
{
	if (a.g->ascii && c->len == 3 && memcmp(c->text, "…", 3) == 0)
		area_text(a, x, y, 1, style, CUT_NONE, "*");
	else if (c->len > 0)
		area_textn(a, x, y, c->width, style, CUT_NONE, c->text, c->len);
}

/* Centres a picture smaller than the area. */
static int margin(int room, int size)
{
	return size < room ? (room - size) / 2 : 0;
}

void boxgraph_draw(struct boxgraph *g, struct area a)
{
	bool first = area_empty(g->drawn);
	int mx = margin(a.w, g->canvas.w), my = MIN(1, margin(a.h, g->canvas.h));

	g->drawn = a;
	if (!g->canvas.cells || area_empty(a))
		return;
	if (first)
		follow(g);
	clamp(g);
	for (int y = 0; y < a.h && y + g->scroll_y < g->canvas.h; y++) {
		for (int x = 0; x < a.w && x + g->scroll_x < g->canvas.w; x++) {
			const struct grid_cell *c = grid_at(&g->canvas, x + g->scroll_x,
							    y + g->scroll_y);

			copy_cell(a, mx + x, my + y, c->style, c);
		}
	}
	if (g->nodes.n) {
		const struct boxgraph_node *n = &g->nodes.items[g->cursor];
		int x0 = n->x + 1 - g->scroll_x, x1 = n->x + n->w - 1 - g->scroll_x;

		area_tint(a, mx + MAX(x0, 0), my + n->y + 1 - g->scroll_y, MAX(0, x1 - MAX(x0, 0)),
			  1, g->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF);
	}
}

/* The nearest node in a direction: along the layer, or in the next layer that has one. */
static unsigned neighbour(const struct boxgraph *g, int dx, int dy)
{
	const struct boxgraph_node *me = &g->nodes.items[g->cursor];
	unsigned best = g->cursor;
	long least = LONG_MAX;

	for (unsigned i = 0; i < g->nodes.n; i++) {
		const struct boxgraph_node *n = &g->nodes.items[i];
		long away = labs((long)(n->x + n->w / 2) - (me->x + me->w / 2));

		if (dx && (n->layer != me->layer || (n->order - me->order) * dx <= 0))
			continue;
		if (dy && (n->layer - me->layer) * dy <= 0)
			continue;
		if (dy)
			away += labs((long)n->layer - me->layer) * 1000000;
		if (away < least) {
			least = away;
			best = i;
		}
	}
	return best;
}

static unsigned extreme(const struct boxgraph *g, bool last)
{
	unsigned best = 0;

	for (unsigned i = 1; i < g->nodes.n; i++) {
		const struct boxgraph_node *n = &g->nodes.items[i], *b = &g->nodes.items[best];
		bool later = n->layer != b->layer ? n->layer > b->layer : n->order > b->order;

		if (later == last)
			best = i;
	}
	return best;
}

void boxgraph_move(struct boxgraph *g, enum boxgraph_move m)
{
	if (g->nodes.n == 0)
		return;
	switch (m) {
	case BOXGRAPH_UP: g->cursor = neighbour(g, 0, -1); break;
	case BOXGRAPH_DOWN: g->cursor = neighbour(g, 0, 1); break;
	case BOXGRAPH_LEFT: g->cursor = neighbour(g, -1, 0); break;
	case BOXGRAPH_RIGHT: g->cursor = neighbour(g, 1, 0); break;
	case BOXGRAPH_FIRST: g->cursor = extreme(g, false); break;
	case BOXGRAPH_LAST: g->cursor = extreme(g, true); break;
	}
	follow(g);
}

static void scroll(struct boxgraph *g, int dx, int dy)
{
	g->scroll_x += dx;
	g->scroll_y += dy;
	clamp(g);
}

static bool click(struct boxgraph *g, int x, int y)
{
	x += g->scroll_x - margin(g->drawn.w, g->canvas.w);
	y += g->scroll_y - MIN(1, margin(g->drawn.h, g->canvas.h));
	for (unsigned i = 0; i < g->nodes.n; i++) {
		const struct boxgraph_node *n = &g->nodes.items[i];

		if (x >= n->x && x < n->x + n->w && y >= n->y && y < n->y + BOXGRAPH_BOX_H) {
			g->cursor = i;
			return true;
		}
	}
	return false;
}

bool boxgraph_event(struct boxgraph *g, const struct event *ev, bool *activated)
{
	int x, y;

	*activated = false;
	if (ev->type != EV_MOUSE || !area_hit(g->drawn, ev->x, ev->y, &x, &y))
		return false;
	if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN) {
		int by = ev->mouse == MOUSE_WHEEL_UP ? -3 : 3;

		scroll(g, ev->mods & KEY_SHIFT ? 4 * by : 0, ev->mods & KEY_SHIFT ? 0 : by);
		return true;
	}
	if ((ev->mouse == MOUSE_PRESS || ev->mouse == MOUSE_DOUBLE) && ev->button == 1 &&
	    click(g, x, y))
		*activated = ev->mouse == MOUSE_DOUBLE;
	return true;
}

static void run_move(void *ctx, int arg)
{
	boxgraph_move(ctx, (enum boxgraph_move)arg);
}

static void run_scroll(void *ctx, int arg)
{
	struct boxgraph *g = ctx;

	scroll(g, 0, arg * MAX(1, g->drawn.h - 2));
}

static void run_pan(void *ctx, int arg)
{
	struct boxgraph *g = ctx;

	scroll(g, arg * MAX(1, g->drawn.w / 2), 0);
}

const struct action boxgraph_actions[] = {
	{ "down", "down j", NULL, "to a box below", NULL, run_move, BOXGRAPH_DOWN,
	  ACTION_NO_PALETTE },
	{ "up", "up k", NULL, "to a box above", NULL, run_move, BOXGRAPH_UP, ACTION_NO_PALETTE },
	{ "left", "left h", NULL, "to the box on the left", NULL, run_move, BOXGRAPH_LEFT,
	  ACTION_NO_PALETTE },
	{ "right", "right l", NULL, "to the box on the right", NULL, run_move, BOXGRAPH_RIGHT,
	  ACTION_NO_PALETTE },
	{ "first", "g home", NULL, "to the first box", NULL, run_move, BOXGRAPH_FIRST,
	  ACTION_NO_PALETTE },
	{ "last", "G end", NULL, "to the last box", NULL, run_move, BOXGRAPH_LAST,
	  ACTION_NO_PALETTE },
	{ "page-down", "pgdn ctrl-f", NULL, "scroll a page down", NULL, run_scroll, 1,
	  ACTION_NO_PALETTE },
	{ "page-up", "pgup ctrl-b", NULL, "scroll a page up", NULL, run_scroll, -1,
	  ACTION_NO_PALETTE },
	{ "pan-right", "L", NULL, "scroll to the right", NULL, run_pan, 1, ACTION_NO_PALETTE },
	{ "pan-left", "H", NULL, "scroll to the left", NULL, run_pan, -1, ACTION_NO_PALETTE },
	{ 0 },
};
