#include "boxgraph_impl.h"

enum { WIDE = 120 }; /* a box is not made wider than this to hold the labels of its edges */

static int label_room(const struct boxgraph_plan *p, const struct boxgraph_seg *s)
{
	int w = width_text(p->g->edges.items[s->edge].label, false) +
		(p->g->edges.items[s->edge].back ? 2 : 0);

	return w > 0 ? (w + 5) & ~1 : 2;
}

int boxgraph_ports_room(const struct boxgraph_plan *p, int v, bool *labels)
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

static int by_source(const struct boxgraph_plan *p, const struct boxgraph_seg *a,
		     const struct boxgraph_seg *b)
{
	double ca = boxgraph_centre(&p->v.items[a->up]), cb = boxgraph_centre(&p->v.items[b->up]);

	return ca < cb ? -1 : ca > cb;
}

static void set_ports_in(struct boxgraph_plan *p, int v)
{
	const struct boxgraph_vertex *me = &p->v.items[v];
	struct boxgraph_seg *in[BOXGRAPH_EDGES];
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
	total = boxgraph_ports_room(p, v, &labels);
	/* a single edge enters in the middle; its label may extend into the gap between boxes */
	at = n == 1 ? me->x + me->w / 2 : me->x + 1 + MAX(0, (me->w - 2 - total) / 2);
	if (n == 1 && labels)
		at = MIN(at, MAX(me->x + 1, me->x + me->w + BOXGRAPH_GAP - label_room(p, in[0])));
	for (int i = 0; i < n; i++) {
		in[i]->in = at | 1;
		at += labels ? label_room(p, in[i]) : 2;
	}
}

/* Straight down if the entry is below the box, else from the trunk: an even column near the middle. */
static void set_ports_out(struct boxgraph_plan *p)
{
	for (size_t i = 0; i < p->v.n; i++)
		p->v.items[i].trunk = p->v.items[i].node < 0
					      ? p->v.items[i].x + 2
					      : (p->v.items[i].x + p->v.items[i].w / 2) & ~1;
	for (size_t i = 0; i < p->s.n; i++) {
		struct boxgraph_seg *s = &p->s.items[i];
		const struct boxgraph_vertex *u = &p->v.items[s->up];

		if (u->node < 0)
			s->out = s->in == u->x + 1 ? s->in : u->trunk;
		else
			s->out = s->in > u->x && s->in < u->x + u->w - 1 ? s->in : u->trunk;
	}
}

static void set_stretches(struct boxgraph_plan *p)
{
	for (size_t i = 0; i < p->v.n; i++)
		p->v.items[i].from = p->v.items[i].to = p->v.items[i].trunk;
	for (size_t i = 0; i < p->s.n; i++) {
		const struct boxgraph_seg *s = &p->s.items[i];
		struct boxgraph_vertex *u = &p->v.items[s->up];

		if (s->out == s->in)
			continue;
		u->bends = true;
		u->from = MIN(u->from, s->in);
		u->to = MAX(u->to, s->in);
	}
}

/* The bending source that begins leftmost and has no track yet, -1 if all have. */
static int next_bending(const struct boxgraph_plan *p, int layer, const bool *done)
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
static void set_tracks(struct boxgraph_plan *p, int layer)
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

static bool channel_has_labels(const struct boxgraph_plan *p, int layer)
{
	for (size_t i = 0; i < p->s.n; i++)
		if (p->s.items[i].last && p->v.items[p->s.items[i].down].layer == layer + 1 &&
		    *p->g->edges.items[p->s.items[i].edge].label)
			return true;
	return false;
}

static void set_rows(struct boxgraph_plan *p)
{
	int y = 0;

	for (int l = 0; l < p->n_layers; l++) {
		p->layer_y[l] = y;
		y += BOXGRAPH_BOX_H;
		p->channel_y[l] = y;
		if (l + 1 < p->n_layers) {
			set_tracks(p, l);
			y += MAX(1, p->tracks[l] + (channel_has_labels(p, l) ? 1 : 0));
		}
	}
	p->h = y;
}

void boxgraph_route(struct boxgraph_plan *p)
{
	size_t layers = (size_t)p->n_layers + 1;

	for (size_t i = 0; i < p->v.n; i++)
		set_ports_in(p, (int)i);
	set_ports_out(p);
	set_stretches(p);
	p->layer_y = xcalloc(layers, sizeof(int));
	p->channel_y = xcalloc(layers, sizeof(int));
	p->tracks = xcalloc(layers, sizeof(int));
	p->track = xcalloc(p->v.n + 1, sizeof(int));
	set_rows(p);
}
