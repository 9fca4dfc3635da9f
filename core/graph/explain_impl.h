/*
 * explain_impl.h - what the files of explain share.
 *
 * From the ground up: explain_index.c builds the explainer, explain_requirers.c finds a module's requirers, explain.c
 * decides, explain_without.c recomputes, explain_text.c formats an answer.
 */
#ifndef MODSCOPE_EXPLAIN_IMPL_H
#define MODSCOPE_EXPLAIN_IMPL_H

#include "graph/explain.h"

/* A requirement that is pruned out of the graph, found in a cached go.mod. */
struct explain_pruned {
	uint32_t node;	/* the requirer */
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
	uint32_t *depth, *parent; /* of a breadth-first search; UINT32_MAX: not reached */
	bool pruned_read;
	VEC(struct explain_pruned) pruned;
};

#define EXPLAIN_NOWHERE UINT32_MAX

bool explain_is_main_node(const struct explain_graph *x, uint32_t node);
/* The path from a main module to `node`, without `node`; in the arena. */
const uint32_t *explain_way(const struct explain_graph *x, uint32_t node, struct arena *a, size_t *n);

/* explain_requirers.c: fills in w's requirers, `direct` and `unread`; its path, node and selected must be set. */
void explain_requirers(struct explain_graph *x, struct arena *a, unsigned flags, struct explain_answer *w);

#endif
