#include "boxgraph_impl.h"

enum {
	SWEEPS = 8,
	PASS_MAX = 4000, /* vertices for passing edges; edges over that are left out */
};

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

/* Longest paths: relax until nothing moves. Without cycles that takes at most n rounds. */
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

static void add_edge(struct boxgraph_plan *p, unsigned number)
{
	const struct boxgraph_edge *e = &p->g->edges.items[number];
	int up = (int)upper(e), end = (int)lower_end(e);
	int to = p->g->nodes.items[end].layer;

	if (p->v.n + (size_t)(to - p->g->nodes.items[up].layer) > p->g->nodes.n + PASS_MAX)
		return;
	for (int layer = p->g->nodes.items[up].layer + 1; layer <= to; layer++) {
		struct boxgraph_seg s = { .up = up, .edge = number, .last = layer == to };

		s.first = p->v.items[up].node >= 0;
		if (s.last) {
			s.down = end;
		} else {
			s.down = (int)p->v.n;
			vec_push(&p->v,
				 (struct boxgraph_vertex){ .node = -1, .layer = layer, .w = 3 });
		}
		vec_push(&p->s, s);
		up = s.down;
	}
}

static void make_vertices(struct boxgraph_plan *p)
{
	for (size_t i = 0; i < p->g->nodes.n; i++)
		vec_push(&p->v, (struct boxgraph_vertex){ .node = (int)i,
							  .layer = p->g->nodes.items[i].layer });
	for (size_t i = 0; i < p->g->edges.n; i++)
		add_edge(p, (unsigned)i);
}

/* Order within the layers */

static void fill_layers(struct boxgraph_plan *p)
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

/* What a vertex wants to be near: the mean place of its neighbours above (down) or below, or else its own place. */
static void set_wants(struct boxgraph_plan *p, int layer, bool down,
		      double (*place)(const struct boxgraph_vertex *v))
{
	int *n = xcalloc(p->v.n + 1, sizeof(*n));

	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++)
		p->v.items[p->by_layer.items[i]].want = 0;
	for (size_t i = 0; i < p->s.n; i++) {
		int me = down ? p->s.items[i].down : p->s.items[i].up;
		int other = down ? p->s.items[i].up : p->s.items[i].down;

		if (p->v.items[me].layer != layer)
			continue;
		p->v.items[me].want += place(&p->v.items[other]);
		n[me]++;
	}
	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++) {
		int me = p->by_layer.items[i];
		struct boxgraph_vertex *v = &p->v.items[me];

		v->want = n[me] ? v->want / n[me] : place(v);
	}
	free(n);
}

static double order_of(const struct boxgraph_vertex *v)
{
	return v->order;
}

/* Insertion sort by want: stable, and nearly sorted after the first sweeps. */
static void reorder(struct boxgraph_plan *p, int layer)
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

static void order_layers(struct boxgraph_plan *p)
{
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		bool down = sweep % 2 == 0;

		for (int i = 1; i < p->n_layers; i++) {
			int layer = down ? i : p->n_layers - 1 - i;

			set_wants(p, layer, down, order_of);
			reorder(p, layer);
		}
	}
}

/* Columns */

static void set_widths(struct boxgraph_plan *p)
{
	for (size_t i = 0; i < p->g->nodes.n; i++) {
		bool labels;
		int w = width_text(p->g->nodes.items[i].label, false) + 4;

		w = MAX(w, boxgraph_ports_room(p, (int)i, &labels) + 2);
		p->v.items[i].w = MAX(w | 1, 5);
	}
}

struct block {
	double sum; /* of want - offset */
	int n, from;
};

/* The columns closest to the wanted ones that preserve order and gaps: pool adjacent violators. */
static void settle(struct boxgraph_plan *p, int layer)
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
		offset += p->v.items[row[i]].w + BOXGRAPH_GAP;
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

static void want_columns(struct boxgraph_plan *p, int layer, bool down)
{
	set_wants(p, layer, down, boxgraph_centre);
	for (int i = p->layer_start[layer]; i < p->layer_start[layer + 1]; i++) {
		struct boxgraph_vertex *v = &p->v.items[p->by_layer.items[i]];

		v->want -= v->w / 2.0;
	}
}

static void set_columns(struct boxgraph_plan *p)
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

static void plan_release(struct boxgraph_plan *p)
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
	struct boxgraph_plan p = { .g = g };

	if (g->nodes.n == 0)
		return;
	find_back_edges(g);
	p.n_layers = set_layers(g);
	make_vertices(&p);
	fill_layers(&p);
	order_layers(&p);
	set_widths(&p);
	set_columns(&p);
	boxgraph_route(&p);
	boxgraph_paint(&p);
	plan_release(&p);
	g->cursor = MIN(g->cursor, (unsigned)g->nodes.n - 1);
}
