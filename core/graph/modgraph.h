/*
 * modgraph.h - a module graph: edges between the nodes of a table, and the selected version of each path.
 *
 * Follows cmd/go/internal/mvs/graph.go. A graph is filled by modgraph_require, in the order in which its modules are read
 * (modgraph_load.h does that), and is immutable afterwards, except for results computed on first use: build list,
 * order, chains. So that first use must be on one thread. `tab` and required lists are borrowed and must outlive the graph.
 *
 * Invariants: edges keep the order of the go.mod file, duplicates included. Ids at or beyond cap_nodes are not in the graph.
 *
 *	version = modgraph_selected(mg, "golang.org/x/net");
 */
#ifndef MODSCOPE_MODGRAPH_H
#define MODSCOPE_MODGRAPH_H

#include "graph/modtab.h"

struct modgraph {
	const struct modtab *tab;
	uint32_t *roots;
	size_t n_roots;
	/* by node */
	const uint32_t **required; /* NULL: not read */
	uint32_t *n_required;
	uint8_t *state;
	size_t cap_nodes;
	/* by path: the selected node or MODTAB_NONE */
	uint32_t *selected;
	size_t cap_paths;
	size_t n_edges;
	/* computed on first use */
	uint32_t *build_list, *order, *parent;
	size_t n_build_list, n_order;
};

struct modgraph *modgraph_new(const struct modtab *tab, const uint32_t *roots, size_t n);
void modgraph_free(struct modgraph *mg); /* NULL is fine */
/* Sets the requirements of a node; `required` is borrowed. */
void modgraph_require(struct modgraph *mg, uint32_t node, const uint32_t *required, size_t n);
/* Notes that the node's go.mod could not be read. */
void modgraph_mark_failed(struct modgraph *mg, uint32_t node);
bool modgraph_has_failed(const struct modgraph *mg, uint32_t node);
/* The first failed node in the order of the graph; MODTAB_NONE if there is none. */
uint32_t modgraph_first_failed(const struct modgraph *mg);
/* Marks a reachable node for one of four purposes (0 to 3) of the code that fills the graph; false if it was marked already. */
bool modgraph_mark(struct modgraph *mg, uint32_t node, unsigned purpose);

/* The selected version; "none" if no module of this path is in the graph, "" for a main module. */
const char *modgraph_selected(const struct modgraph *mg, const char *path);
/* The nodes that `node` requires, in file order; NULL with *n 0 if its go.mod was not read (it is pruned out). */
const uint32_t *modgraph_required(const struct modgraph *mg, uint32_t node, size_t *n);
bool modgraph_is_read(const struct modgraph *mg, uint32_t node);
bool modgraph_has(const struct modgraph *mg, uint32_t node);		   /* reachable, selected or not */
uint32_t modgraph_selected_node(const struct modgraph *mg, uint32_t path); /* MODTAB_NONE if none */
bool modgraph_is_selected(const struct modgraph *mg, uint32_t node);
/* Nodes: main modules, then the others, sorted; go and toolchain included. */
const uint32_t *modgraph_build_list(const struct modgraph *mg, size_t *n);
/* WalkBreadthFirst's order: every node once, roots first. */
const uint32_t *modgraph_order(const struct modgraph *mg, size_t *n);
size_t modgraph_edge_count(const struct modgraph *mg);
/* The roots of the graph: the main module, or in a workspace all members with go and toolchain. */
const uint32_t *modgraph_roots(const struct modgraph *mg, size_t *n);
/* FindPath: the chain from a root to `node`, both included, by breadth-first search; 0 if not reachable. */
size_t modgraph_chain(const struct modgraph *mg, uint32_t node, struct arena *a,
		      const uint32_t **chain);

#endif
