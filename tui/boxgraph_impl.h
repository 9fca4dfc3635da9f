/*
 * boxgraph_impl.h - shared by the files that implement boxgraph.h: a graph while it is laid out.
 *
 * boxgraph_layout.c finds layers, their order and the columns (layered drawing after Sugiyama), boxgraph_route.c where
 * edges enter and leave boxes and the tracks between two layers, boxgraph_paint.c draws all of it on the canvas.
 *
 * Boxes are 3 rows high; long edges pass layers through vertices of their own. Between two layers lies a channel:
 * horizontal tracks, one per source, then a row for labels. Two rules keep lines apart without solving a channel routing
 * problem: edges come in at odd columns and leave at even ones (unless they run straight down), and a source's edges share
 * one trunk and one track. So a vertical below a track never meets one above it in the same column, and a crossing is
 * always only that.
 */
#ifndef MODSCOPE_BOXGRAPH_IMPL_H
#define MODSCOPE_BOXGRAPH_IMPL_H

#include "boxgraph.h"

enum { BOXGRAPH_GAP = 4 };

struct boxgraph_vertex {
	int node; /* -1: an edge passes */
	int layer, order;
	int x, w;
	double want;
	int trunk;    /* column where its edges leave */
	bool bends;   /* some do not run straight: it needs a track, */
	int from, to; /* from here to there */
};
struct boxgraph_seg {
	int up, down; /* vertices */
	unsigned edge;
	bool last;   /* ends at the edge's box */
	bool first;  /* begins at one */
	int in, out; /* columns */
};
struct boxgraph_plan {
	struct boxgraph *g;
	VEC(struct boxgraph_vertex) v;
	VEC(struct boxgraph_seg) s;
	VEC(int) by_layer; /* vertices, layer by layer in order */
	int *layer_start;  /* n_layers + 1 */
	int *layer_y, *channel_y, *tracks;
	int *track; /* per vertex: its row in the channel below */
	int n_layers, w, h;
	unsigned char *mask; /* per cell of the canvas: directions of lines */
	uint16_t *style;
};

static inline double boxgraph_centre(const struct boxgraph_vertex *v)
{
	return v->x + v->w / 2.0;
}

/* Room that the edges into a vertex need beside each other; labels are left out where that would be too much. */
int boxgraph_ports_room(const struct boxgraph_plan *p, int v, bool *labels);
/* Sets where segments enter and leave, the tracks, and the rows of layers and channels. */
void boxgraph_route(struct boxgraph_plan *p);
/* Draws the plan on the graph's canvas. */
void boxgraph_paint(struct boxgraph_plan *p);

#endif
