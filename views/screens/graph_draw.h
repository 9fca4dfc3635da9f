/*
 * graph_draw.h - a drawing of boxes and lines: the modules between the main module and another, or between two modules. Part of the graph view.
 */
#ifndef MODSCOPE_GRAPH_DRAW_H
#define MODSCOPE_GRAPH_DRAW_H

#include "boxgraph.h"
#include "graph/graphfile.h"
#include "parts/load.h"

struct graph_draw {
	bool shown;			/* instead of the trees and the table */
	const struct load_graph *g;	/* being drawn; borrowed */
	struct boxgraph box;
	char *title;
	size_t not_drawn;		/* requirers left out for lack of room */
};

void graph_draw_init(struct graph_draw *s);
void graph_draw_release(struct graph_draw *s);
/* From the main module to m, by shortest chains. */
void graph_draw_module(struct graph_draw *s, const struct load_graph *g, const struct load_module *m);
/* The shortest path between two modules, by their numbers; false if neither requires the other. */
bool graph_draw_paths(struct graph_draw *s, const struct load_graph *g, uint32_t a, uint32_t b);
void graph_draw_area(struct graph_draw *s, struct area a);
/* Appends the drawing for other programs. */
void graph_draw_text(const struct graph_draw *s, enum graphfile_format format, struct buf *out);

#endif
