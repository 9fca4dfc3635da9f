/*
 * explain_impl.h - what the files of explain share.
 *
 * From the ground up: explain_index.c makes the explainer, explain_requirers.c finds who asks for a module, explain.c
 * judges, explain_without.c recomputes; explain_text.c puts an answer into words.
 */
#ifndef MODSCOPE_EXPLAIN_IMPL_H
#define MODSCOPE_EXPLAIN_IMPL_H

#include "graph/explain.h"

/* A requirement that is pruned out of the graph: found in a go.mod that happens to be cached. */
struct explain_pruned {
	uint32_t node;	/* who asks */
	uint32_t wants; /* node */
	bool indirect;
};

struct explain_graph {
	struct modload *ml;
	struct modproject *mp; /* the loader's */
	struct modtab *tab;    /* the project's */
	const char *unread;    /* see struct explain_answer; NULL if there is none */
	const struct modgraph *mg;
	size_t n_nodes;
	uint32_t *first; /* by node: its requirers are from[first[i]..first[i + 1]) */
	uint32_t *from;
	uint32_t *depth, *parent; /* breadth first; UINT32_MAX: not reached */
	bool pruned_read;
	VEC(struct explain_pruned) pruned;
};

#define EXPLAIN_NOWHERE UINT32_MAX

bool explain_is_main_node(const struct explain_graph *x, uint32_t node);
/* Nodes from a main module to `node`, which is left out; in the arena. */
const uint32_t *explain_way(const struct explain_graph *x, uint32_t node, struct arena *a, size_t *n);

/* explain_requirers.c: fills in w's requirers, `direct` and `unread`; its path, node and selected are set. */
void explain_requirers(struct explain_graph *x, struct arena *a, unsigned flags, struct explain_answer *w);

#endif
