/*
 * boxgraph.h - a directed graph as boxes and lines in cells: layers top to bottom, labels on the edges, scrolls.
 *
 *	boxgraph_init(&g);
 *	a = boxgraph_node(&g, "thanos", STYLE_NORMAL, target);
 *	b = boxgraph_node(&g, "grpc v1.63.2", STYLE_STRONG, target2);
 *	boxgraph_edge(&g, a, b, "v1.63.2", STYLE_GO);
 *	boxgraph_layout(&g);
 *	boxgraph_draw(&g, area);		again after moves
 *
 * Layers are longest paths from the roots (edges of a cycle that point back are drawn upwards); crossings are reduced by
 * barycenters. At most BOXGRAPH_NODES nodes and BOXGRAPH_EDGES edges; more are refused, and the caller says so ("and 12 more").
 * The cursor is on one node and moves along the layers; the picture scrolls to it.
 */
#ifndef MODSCOPE_BOXGRAPH_H
#define MODSCOPE_BOXGRAPH_H

#include "area.h"
#include "event.h"
#include "keymap.h"

enum { BOXGRAPH_NODES = 400, BOXGRAPH_EDGES = 1600, BOXGRAPH_BOX_H = 3 };

struct boxgraph_node {
	char *label;
	unsigned style;
	uint64_t target;	/* the owner's */
	int layer, order;
	int x, y, w;		/* of the box on the canvas; BOXGRAPH_BOX_H high */
};
struct boxgraph_edge {
	unsigned from, to;
	char *label;
	unsigned style;
	bool back;		/* points upwards */
	int label_x, label_y;
};
struct boxgraph {
	VEC(struct boxgraph_node) nodes;
	VEC(struct boxgraph_edge) edges;
	unsigned cursor;
	bool focused;
	int max_label;		/* longer labels are cut in the middle; 0: 40 */
	struct grid canvas;	/* UTF-8; drawn in ASCII if needed */
	int scroll_x, scroll_y;
	struct area drawn;
};

void boxgraph_init(struct boxgraph *g);
void boxgraph_release(struct boxgraph *g);
void boxgraph_clear(struct boxgraph *g);
/* The node's number, or -1 if there are too many. */
int boxgraph_node(struct boxgraph *g, const char *label, unsigned style, uint64_t target);
bool boxgraph_edge(struct boxgraph *g, unsigned from, unsigned to, const char *label, unsigned style);
void boxgraph_layout(struct boxgraph *g);
void boxgraph_draw(struct boxgraph *g, struct area a);
enum boxgraph_move { BOXGRAPH_UP, BOXGRAPH_DOWN, BOXGRAPH_LEFT, BOXGRAPH_RIGHT, BOXGRAPH_FIRST, BOXGRAPH_LAST };
void boxgraph_move(struct boxgraph *g, enum boxgraph_move m);
/* Selects the clicked node; the wheel scrolls. True if the event was used. *activated on a double click. */
bool boxgraph_event(struct boxgraph *g, const struct event *ev, bool *activated);

/* Layer "draw", context struct boxgraph. */
extern const struct action boxgraph_actions[];

#endif
