/*
 * graph_tree.h - the requirement graph as a tree from the main modules down: a widget of the graph view.
 *
 * A filter keeps the matches, each on a shortest chain from a main module, computed in slices of work.
 */
#ifndef MODSCOPE_GRAPH_TREE_H
#define MODSCOPE_GRAPH_TREE_H

#include "fuzzy.h"
#include "parts/load.h"
#include "texts/module_facts.h"
#include "tree.h"

enum { GRAPH_TREE_MODULE, GRAPH_TREE_SELECTED, GRAPH_TREE_ASKED, GRAPH_TREE_MARKS };	/* columns */

struct graph_tree {
	const struct load_graph *g;	/* borrowed; NULL: none yet */
	const struct module_facts *facts;	/* borrowed */
	struct tree tree;		/* its nodes are those of the graph */
	struct fuzzy filter;
	uint8_t *keep;			/* by node: shown while a filter is set (KEEP, KEEP_BELOW) */
	uint32_t keep_at;		/* modules examined so far */
	size_t n_matches;
};

void graph_tree_init(struct graph_tree *t, const struct module_facts *facts);
void graph_tree_release(struct graph_tree *t);
void graph_tree_set(struct graph_tree *t, const struct load_graph *g);
void graph_tree_filter(struct graph_tree *t, const char *text);
/* A slice of filtering; true: more is left. */
bool graph_tree_work(struct graph_tree *t);
bool graph_tree_busy(const struct graph_tree *t);
/* Unfolds a shortest chain to a node and goes there. */
bool graph_tree_go(struct graph_tree *t, uint32_t node);

/* For other trees over the graph: a node's key, and the cell with the required version. */
uint64_t graph_tree_key(const struct load_graph *g, uint32_t node);
void graph_tree_asked(const struct load_graph *g, uint32_t node, struct line *out);

#endif
