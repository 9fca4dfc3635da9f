#include "boxdraw.h"

#include <limits.h>

/*
 * Layered drawing after Sugiyama. Boxes are 3 rows high; long edges pass layers through vertices of their own. Between
 * two layers lies a channel: horizontal tracks, one per source, then a row for labels.
 *
 * Two rules keep lines apart without solving a channel routing problem: edges come in at odd columns and leave at
 * even ones (unless they run straight down), and a source's edges share one trunk and one track. So a vertical below
 * a track never meets one above it in the same column, and a crossing is always only that.
 */

enum {
	BOX_H = 3,
	GAP = 4,
	LABEL_MAX = 40,
	WIDE = 120, /* a box is not made wider than this to hold the labels of its edges */
	SWEEPS = 8,
	PASS_MAX = 4000, /* vertices for passing edges; edges over that are left out */
};
enum { N = 1, E = 2, S = 4, W = 8 };

struct vertex {
	int node; /* -1: an edge passes */
	int layer, order;
	int x, w;
	double want;
	int trunk;    /* column where its edges leave */
	bool bends;   /* some do not run straight: it needs a track, */
	int from, to; /* from here to there */
};
struct seg {
	int up, down; /* vertices */
	unsigned edge;
	bool last;   /* ends at the edge's box */
	bool first;  /* begins at one */
	int in, out; /* columns */
};
struct plan {
	struct boxgraph *g;
	VEC(struct vertex) v;
	VEC(struct seg) s;
	VEC(int) by_layer; /* vertices, layer by layer in order */
	int *layer_start;  /* n_layers + 1 */
	int *layer_y, *channel_y, *tracks;
	int *track; /* per vertex: its row in the channel below */
	int n_layers, w, h;
	unsigned char *mask; /* per cell of the canvas: directions of lines */
	uint16_t *style;
};

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

/* Layers */

/* Marks the edges that close a cycle: those that reach a node which is still being visited. */
static void find_back_edges(struct boxgraph *g)
{
	size_t n = g->nodes.n, m = g->edges.n;
	unsigned char *state = xcalloc(n + 1, 1); /* 1 open, 2 done */
	unsigned *stack = xcalloc(n + 1, sizeof(*stack)), *at = xcalloc(n + 1, sizeof(*at));

	for (size_t root = 0; root < n; root++) {
		size_t depth = 0;

		if (state[root])
			continue;
		stack[depth++] = (unsigned)root;
		state[root] = 1;
		while (depth > 0) {
			unsigned v = stack[depth - 1], e = at[v]++;

			if (e >= m) {
				state[v] = 2;
				depth--;
			} else if (g->edges.items[e].from == v) {
				unsigned to = g->edges.items[e].to;

				g->edges.items[e].back = state[to] == 1;
				if (state[to] == 0) {
					state[to] = 1;
					stack[depth++] = to;
				}
			}
		}
	}
	free(state);
	free(stack);
	free(at);
}

static unsigned upper(const struct boxgraph_edge *e)
{
	return e->back ? e->to : e->from;
}

static unsigned lower_end(const struct boxgraph_edge *e)
{
	return e->back ? e->from : e->to;
}

/* Longest paths: relax until nothing moves; there is no cycle any more, so that takes at most n rounds. */
static int set_layers(struct boxgraph *g)
{
	bool moved = true;
	int most = 0;

	for (size_t i = 0; i < g->nodes.n; i++)
		g->nodes.items[i].layer = 0;
	for (size_t round = 0; moved && round <= g->nodes.n; round++) {
		moved = false;
		for (size_t i = 0; i < g->edges.n; i++) {
			struct boxgraph_node *a = &g->nodes.items[upper(&g->edges.items[i])];
			struct boxgraph_node *b = &g->nodes.items[lower_end(&g->edges.items[i])];

			if (b->layer <= a->layer) {
				b->layer = a->layer + 1;
				moved = true;
			}
		}
	}
	for (size_t i = 0; i < g->nodes.n; i++)
		most = MAX(most, g->nodes.items[i].layer);
	return most + 1;
}

static void add_edge(struct plan *p, unsigned number)
{
	const struct boxgraph_edge *e = &p->g->edges.items[number];
	int up = (int)upper(e), end = (int)lower_end(e);
	int to = p->g->nodes.items[end].layer;

	if (p->v.n + (size_t)(to - p->g->nodes.items[up].layer) > p->g->nodes.n + PASS_MAX)
		return;
	for (int layer = p->g->nodes.items[up].layer + 1; layer <= to; layer++) {
		struct seg s = { .up = up, .edge = number, .last = layer == to };

		s.first = p->v.items[up].node >= 0;
		if (s.last) {
			s.down = end;
		} else {
			s.down = (int)p->v.n;
			vec_push(&p->v, (struct vertex){ .node = -1, .layer = layer, .w = 3 });
		}
		vec_push(&p->s, s);
		up = s.down;
	}
}

static void make_vertices(struct plan *p)
{
	for (size_t i = 0; i < p->g->nodes.n; i++)
		vec_push(&p->v,
			 (struct vertex){ .node = (int)i, .layer = p->g->nodes.items[i].layer });
	for (size_t i = 0; i < p->g->edges.n; i++)
		add_edge(p, (unsigned)i);
}

/* Order within the layers */

static void fill_layers(struct plan *p)
{
	p->layer_start = xcalloc((size_t)p->n_layers + 1, sizeof(*p->layer_start));
	for (int l = 0; l < p->n_layers; l++) {
		p->layer_start[l] = (int)p->by_layer.n;
		for (size_t i = 0; i < p->v.n; i++) {
			if (p->v.items[i].layer != l)
				continue;
			p->v.items[i].order = (int)p->by_layer.n - p->layer_start[l];
			vec_push(&p->by_layer, (int)i);
		}
	}
	p->layer_start[p->n_layers] = (int)p->by_layer.n;
}

/* Mean order of the neighbours above (down) or below. */
static void barycenters(struct plan *p, int layer, bool down)
{
	int *n = xcalloc(p->v.n + 1, sizeof(*n));

	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++)
		p->v.items[p->by_layer.items[i]].want = 0;
	for (size_t i = 0; i < p->s.n; i++) {
		int me = down ? p->s.items[i].down : p->s.items[i].up;
		int other = down ? p->s.items[i].up : p->s.items[i].down;

		if (p->v.items[me].layer != layer)
			continue;
		p->v.items[me].want += p->v.items[other].order;
		n[me]++;
	}
	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++) {
		struct vertex *v = &p->v.items[p->by_layer.items[i]];

		v->want = n[p->by_layer.items[i]] ? v->want / n[p->by_layer.items[i]] : v->order;
	}
	free(n);
}

/* Insertion sort by want: stable, and nearly sorted after the first sweeps. */
static void reorder(struct plan *p, int layer)
{
	int *row = p->by_layer.items + p->layer_start[layer],
	    n = p->layer_start[layer + 1] - p->layer_start[layer];

	for (int i = 1; i < n; i++) {
		int me = row[i], k = i;

		for (; k > 0 && p->v.items[row[k - 1]].want > p->v.items[me].want; k--)
			row[k] = row[k - 1];
		row[k] = me;
	}
	for (int i = 0; i < n; i++)
		p->v.items[row[i]].order = i;
}

static void order_layers(struct plan *p)
{
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		bool down = sweep % 2 == 0;

		for (int i = 1; i < p->n_layers; i++) {
			int layer = down ? i : p->n_layers - 1 - i;

			barycenters(p, layer, down);
			reorder(p, layer);
		}
	}
}

/* Columns */

static int label_room(const struct plan *p, const struct seg *s)
{
	int w = width_text(p->g->edges.items[s->edge].label, false) +
		(p->g->edges.items[s->edge].back ? 2 : 0);

	return w > 0 ? (w + 5) & ~1 : 2;
}

/* Room that the edges into a vertex need beside each other; labels are left out where that would be too much. */
static int ports_room(const struct plan *p, int v, bool *labels)
{
	int with = 0, without = 0;

	for (size_t i = 0; i < p->s.n; i++) {
		if (p->s.items[i].down != v)
			continue;
		with += label_room(p, &p->s.items[i]);
		without += 2;
	}
	*labels = with <= WIDE;
	return *labels ? with : without;
}

static void set_widths(struct plan *p)
{
	for (size_t i = 0; i < p->g->nodes.n; i++) {
		bool labels;
		int w = width_text(p->g->nodes.items[i].label, false) + 4;

		w = MAX(w, ports_room(p, (int)i, &labels) + 2);
		p->v.items[i].w = MAX(w | 1, 5);
	}
}

struct block {
	double sum; /* of want - offset */
	int n, from;
};

/* The places nearest to what is wanted that keep order and gaps: pool adjacent violators. */
static void settle(struct plan *p, int layer)
{
	const int *row = p->by_layer.items + p->layer_start[layer];
	int n = p->layer_start[layer + 1] - p->layer_start[layer], blocks = 0, offset = 0;
	struct block *b = xcalloc((size_t)n + 1, sizeof(*b));
	int *offsets = xcalloc((size_t)n + 1, sizeof(*offsets));

	for (int i = 0; i < n; i++) {
		offsets[i] = offset;
		b[blocks++] = (struct block){ p->v.items[row[i]].want - offset, 1, i };
		while (blocks > 1 &&
		       b[blocks - 2].sum / b[blocks - 2].n > b[blocks - 1].sum / b[blocks - 1].n) {
			b[blocks - 2].sum += b[blocks - 1].sum;
			b[blocks - 2].n += b[blocks - 1].n;
			blocks--;
		}
		offset += p->v.items[row[i]].w + GAP;
		offset += offset % 2;
	}
	for (int k = 0; k < blocks; k++) {
		int at = (int)(b[k].sum / b[k].n);

		/* even; the same for the whole block, so gaps stay */
		at -= (at % 2 + 2) % 2;
		for (int i = b[k].from; i < b[k].from + b[k].n; i++)
			p->v.items[row[i]].x = at + offsets[i];
	}
	free(b);
	free(offsets);
}

static double centre(const struct vertex *v)
{
	return v->x + v->w / 2.0;
}

static void want_columns(struct plan *p, int layer, bool down)
{
	int *n = xcalloc(p->v.n + 1, sizeof(*n));

	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++)
		p->v.items[p->by_layer.items[i]].want = 0;
	for (size_t i = 0; i < p->s.n; i++) {
		int me = down ? p->s.items[i].down : p->s.items[i].up;
		int other = down ? p->s.items[i].up : p->s.items[i].down;

		if (p->v.items[me].layer != layer)
			continue;
		p->v.items[me].want += centre(&p->v.items[other]);
		n[me]++;
	}
	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++) {
		int me = p->by_layer.items[i];
		struct vertex *v = &p->v.items[me];

		v->want = n[me] ? v->want / n[me] - v->w / 2.0 : v->x;
	}
	free(n);
}

static void set_columns(struct plan *p)
{
	int least = INT32_MAX;

	for (int l = 0; l < p->n_layers; l++)
		settle(p, l);
	for (int pass = 0; pass < 2 * SWEEPS; pass++) {
		bool down = pass % 2 == 0;

		for (int i = 1; i < p->n_layers; i++) {
			int layer = down ? i : p->n_layers - 1 - i;

			want_columns(p, layer, down);
			settle(p, layer);
		}
	}
	for (size_t i = 0; i < p->v.n; i++)
		least = MIN(least, p->v.items[i].x);
	for (size_t i = 0; i < p->v.n; i++) {
		p->v.items[i].x -= least; /* even minus even */
		p->w = MAX(p->w, p->v.items[i].x + p->v.items[i].w);
	}
}

/* Ports and tracks */

static int by_source(const struct plan *p, const struct seg *a, const struct seg *b)
{
	double ca = centre(&p->v.items[a->up]), cb = centre(&p->v.items[b->up]);

	return ca < cb ? -1 : ca > cb;
}

static void set_ports_in(struct plan *p, int v)
{
	const struct vertex *me = &p->v.items[v];
	struct seg *in[BOXGRAPH_EDGES];
	int n = 0, at, total;
	bool labels;

	if (me->node < 0) {
		for (size_t i = 0; i < p->s.n; i++)
			if (p->s.items[i].down == v)
				p->s.items[i].in = me->x + 1;
		return;
	}
	for (size_t i = 0; i < p->s.n && n < BOXGRAPH_EDGES; i++) {
		int k = n;

		if (p->s.items[i].down != v)
			continue;
		for (; k > 0 && by_source(p, in[k - 1], &p->s.items[i]) > 0; k--)
			in[k] = in[k - 1];
		in[k] = &p->s.items[i];
		n++;
	}
	total = ports_room(p, v, &labels);
	/* one edge comes in at the middle, its label beside it, which may reach into the gap between boxes */
	at = n == 1 ? me->x + me->w / 2 : me->x + 1 + MAX(0, (me->w - 2 - total) / 2);
	if (n == 1 && labels)
		at = MIN(at, MAX(me->x + 1, me->x + me->w + GAP - label_room(p, in[0])));
	for (int i = 0; i < n; i++) {
		in[i]->in = at | 1;
		at += labels ? label_room(p, in[i]) : 2;
	}
}

/* Straight down where the way in lies below, else from the trunk: an even column near the middle. */
static void set_ports_out(struct plan *p)
{
	for (size_t i = 0; i < p->v.n; i++)
		p->v.items[i].trunk = p->v.items[i].node < 0
					      ? p->v.items[i].x + 2
					      : (p->v.items[i].x + p->v.items[i].w / 2) & ~1;
	for (size_t i = 0; i < p->s.n; i++) {
		struct seg *s = &p->s.items[i];
		const struct vertex *u = &p->v.items[s->up];

		if (u->node < 0)
			s->out = s->in == u->x + 1 ? s->in : u->trunk;
		else
			s->out = s->in > u->x && s->in < u->x + u->w - 1 ? s->in : u->trunk;
	}
}

static void set_stretches(struct plan *p)
{
	for (size_t i = 0; i < p->v.n; i++)
		p->v.items[i].from = p->v.items[i].to = p->v.items[i].trunk;
	for (size_t i = 0; i < p->s.n; i++) {
		const struct seg *s = &p->s.items[i];
		struct vertex *u = &p->v.items[s->up];

		if (s->out == s->in)
			continue;
		u->bends = true;
		u->from = MIN(u->from, s->in);
		u->to = MAX(u->to, s->in);
	}
}

/* The bending source that begins leftmost and has no track yet, -1 if all have. */
static int next_bending(const struct plan *p, int layer, const bool *done)
{
	int best = -1;

	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++) {
		int v = p->by_layer.items[i];

		if (p->v.items[v].bends && !done[v] &&
		    (best < 0 || p->v.items[v].from < p->v.items[best].from))
			best = v;
	}
	return best;
}

/* Each takes the first track that is free where it begins. */
static void set_tracks(struct plan *p, int layer)
{
	int n = p->layer_start[layer + 1] - p->layer_start[layer], used = 0, v;
	int *end = xcalloc((size_t)n + 1, sizeof(*end));
	bool *done = xcalloc(p->v.n + 1, sizeof(*done));

	while ((v = next_bending(p, layer, done)) >= 0) {
		int t = 0;

		while (t < used && end[t] + 1 >= p->v.items[v].from)
			t++;
		used = MAX(used, t + 1);
		end[t] = p->v.items[v].to;
		p->track[v] = t;
		done[v] = true;
	}
	p->tracks[layer] = used;
	free(end);
	free(done);
}

static bool channel_has_labels(const struct plan *p, int layer)
{
	for (size_t i = 0; i < p->s.n; i++)
		if (p->s.items[i].last && p->v.items[p->s.items[i].down].layer == layer + 1 &&
		    *p->g->edges.items[p->s.items[i].edge].label)
			return true;
	return false;
}

static void set_rows(struct plan *p)
{
	int y = 0;

	for (int l = 0; l < p->n_layers; l++) {
		p->layer_y[l] = y;
		y += BOX_H;
		p->channel_y[l] = y;
		if (l + 1 < p->n_layers) {
			set_tracks(p, l);
			y += MAX(1, p->tracks[l] + (channel_has_labels(p, l) ? 1 : 0));
		}
	}
	p->h = y;
}

/* Drawing on the canvas */

static void dir(struct plan *p, int x, int y, unsigned d, unsigned style)
{
	size_t at;

	if (x < 0 || y < 0 || x >= p->g->canvas.w || y >= p->g->canvas.h)
		return;
	at = (size_t)y * (size_t)p->g->canvas.w + (size_t)x;
	p->mask[at] |= (unsigned char)d;
	p->style[at] = (uint16_t)style;
}

static void vertical(struct plan *p, int x, int y0, int y1, unsigned style)
{
	for (int y = y0; y <= y1; y++)
		dir(p, x, y, (y > y0 ? N : 0) | (y < y1 ? S : 0), style);
}

static void horizontal(struct plan *p, int y, int x0, int x1, unsigned style)
{
	for (int x = MIN(x0, x1); x <= MAX(x0, x1); x++)
		dir(p, x, y, (x > MIN(x0, x1) ? W : 0) | (x < MAX(x0, x1) ? E : 0), style);
}

static void trace(struct plan *p, const struct seg *s)
{
	const struct vertex *u = &p->v.items[s->up], *d = &p->v.items[s->down];
	unsigned style = p->g->edges.items[s->edge].style;
	int top = p->layer_y[u->layer] + BOX_H - 1, bottom = p->layer_y[d->layer];
	int track = p->channel_y[u->layer] + p->track[s->up];

	if (s->out == s->in) {
		vertical(p, s->in, top, bottom, style);
	} else {
		vertical(p, s->out, top, track, style);
		horizontal(p, track, s->out, s->in, style);
		vertical(p, s->in, track, bottom, style);
	}
	if (d->node <
	    0) { /* through the layer; sideways in its last row where it does not leave straight */
		const struct seg *next = s + 1;
		int out = next->out;

		vertical(p, s->in, bottom, bottom + BOX_H - 1, style);
		if (out != s->in)
			horizontal(p, bottom + BOX_H - 1, s->in, out, style);
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

static void draw_lines(struct plan *p, struct area a)
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

static void draw_label(struct plan *p, struct area a, const struct seg *s)
{
	struct boxgraph_edge *e = &p->g->edges.items[s->edge];
	int y = p->layer_y[p->v.items[s->down].layer] - 1, x = s->in + 2;
	bool labels;

	ports_room(p, s->down, &labels);
	e->label_x = x;
	e->label_y = y;
	if (!labels || !*e->label)
		return;
	if (e->back)
		x += area_glyph(a, x, y, e->style, GLYPH_UP) + 1;
	area_text(a, x, y, -1, e->style, CUT_NONE, e->label);
}

static void draw_nodes(struct plan *p, struct area a)
{
	for (size_t i = 0; i < p->g->nodes.n; i++) {
		struct boxgraph_node *n = &p->g->nodes.items[i];
		struct area box;

		n->x = p->v.items[i].x;
		n->y = p->layer_y[n->layer];
		n->w = p->v.items[i].w;
		n->order = p->v.items[i].order;
		box = area_sub(a, n->x, n->y, n->w, BOX_H);
		area_fill(box, STYLE_NORMAL);
		box = area_box(box, STYLE_RULE, NULL);
		area_text(box, (box.w - width_text(n->label, false)) / 2, 0, -1, n->style, CUT_NONE,
			  n->label);
	}
}

static void draw_ports(struct plan *p, struct area a, const struct seg *s)
{
	const struct boxgraph_edge *e = &p->g->edges.items[s->edge];

	if (s->first)
		area_text(a, s->out, p->layer_y[p->v.items[s->up].layer] + BOX_H - 1, 1, STYLE_RULE,
			  CUT_NONE, "┬");
	if (s->last)
		area_text(a, s->in, p->layer_y[p->v.items[s->down].layer], 1,
			  e->back ? STYLE_RULE : e->style, CUT_NONE, e->back ? "┴" : "▼");
}

static void draw_plan(struct plan *p)
{
	struct area a;
	size_t cells;

	grid_resize(&p->g->canvas, p->w + GAP, p->h);
	a = grid_area(&p->g->canvas);
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

static void plan_release(struct plan *p)
{
	vec_release(&p->v);
	vec_release(&p->s);
	vec_release(&p->by_layer);
	free(p->layer_start);
	free(p->layer_y);
	free(p->channel_y);
	free(p->tracks);
	free(p->track);
	free(p->mask);
	free(p->style);
}

void boxgraph_layout(struct boxgraph *g)
{
	struct plan p = { .g = g };
	size_t layers;

	if (g->nodes.n == 0)
		return;
	find_back_edges(g);
	p.n_layers = set_layers(g);
	make_vertices(&p);
	fill_layers(&p);
	order_layers(&p);
	set_widths(&p);
	set_columns(&p);
	for (size_t i = 0; i < p.v.n; i++)
		set_ports_in(&p, (int)i);
	set_ports_out(&p);
	set_stretches(&p);
	layers = (size_t)p.n_layers + 1;
	p.layer_y = xcalloc(layers, sizeof(int));
	p.channel_y = xcalloc(layers, sizeof(int));
	p.tracks = xcalloc(layers, sizeof(int));
	p.track = xcalloc(p.v.n + 1, sizeof(int));
	set_rows(&p);
	draw_plan(&p);
	plan_release(&p);
	g->cursor = MIN(g->cursor, (unsigned)g->nodes.n - 1);
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
	g->scroll_y = into_view(g->scroll_y, n->y - 1, BOX_H + 2, g->drawn.h);
	clamp(g);
}

/* Copies one cell of the canvas; where only ASCII goes, an ellipsis has one column to be seen in. */
static void copy_cell(struct area a, int x, int y, unsigned style, const struct cell *c)
{
	if (a.g->ascii && c->len == 3 && memcmp(c->text, "…", 3) == 0)
		area_text(a, x, y, 1, style, CUT_NONE, "*");
	else if (c->len > 0)
		area_textn(a, x, y, c->width, style, CUT_NONE, c->text, c->len);
}

/* A small picture stands in the middle. */
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
			const struct cell *c = grid_at(&g->canvas, x + g->scroll_x,
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

void boxgraph_scroll(struct boxgraph *g, int dx, int dy)
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

		if (x >= n->x && x < n->x + n->w && y >= n->y && y < n->y + BOX_H) {
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

		boxgraph_scroll(g, ev->mods & KEY_SHIFT ? 4 * by : 0,
				ev->mods & KEY_SHIFT ? 0 : by);
		return true;
	}
	if ((ev->mouse == MOUSE_PRESS || ev->mouse == MOUSE_DOUBLE) && ev->button == 1 &&
	    click(g, x, y))
		*activated = ev->mouse == MOUSE_DOUBLE;
	return true;
}

void boxgraph_text(const struct boxgraph *g, bool ascii, struct buf *out)
{
	struct grid copy;
	struct area a;

	if (!g->canvas.cells)
		return;
	grid_init(&copy);
	copy.ascii = ascii;
	grid_resize(&copy, g->canvas.w, g->canvas.h);
	a = grid_area(&copy);
	for (int y = 0; y < a.h; y++) {
		for (int x = 0; x < a.w; x++) {
			copy_cell(a, x, y, STYLE_NORMAL, grid_at(&g->canvas, x, y));
		}
	}
	grid_dump(&copy, out);
	grid_release(&copy);
}

static void run_move(void *ctx, int arg)
{
	boxgraph_move(ctx, (enum boxgraph_move)arg);
}

static void run_scroll(void *ctx, int arg)
{
	struct boxgraph *g = ctx;

	boxgraph_scroll(g, 0, arg * MAX(1, g->drawn.h - 2));
}

static void run_pan(void *ctx, int arg)
{
	struct boxgraph *g = ctx;

	boxgraph_scroll(g, arg * MAX(1, g->drawn.w / 2), 0);
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
