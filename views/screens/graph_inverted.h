/*
 * graph_inverted.h - the graph from a module up: the requirers of any version of it, and theirs. A widget of the graph view.
 */
#ifndef MODSCOPE_GRAPH_INVERTED_H
#define MODSCOPE_GRAPH_INVERTED_H

#include "parts/load.h"
#include "tree.h"

struct graph_inverted {
	const struct load_graph *g;	/* borrowed; NULL: none yet */
	struct tree tree;
	char *path;			/* of the module at the top; NULL: none yet */
};

void graph_inverted_init(struct graph_inverted *s);
void graph_inverted_release(struct graph_inverted *s);
void graph_inverted_set(struct graph_inverted *s, const struct load_graph *g);
/* Starts at a module, its requirers unfolded. */
void graph_inverted_start(struct graph_inverted *s, const char *path);
/* Goes to the next matching place. */
void graph_inverted_search(struct graph_inverted *s, const char *text);
/* The graph's node at a place of the tree: of the requirer, at the top of the module itself. UINT32_MAX for none. */
uint32_t graph_inverted_at(const struct graph_inverted *s, uint64_t node);

#endif
