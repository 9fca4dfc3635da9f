/*
 * modgraph.h - how a module graph is built (its readers use requirements.h).
 *
 * A graph is edges between the nodes of the loader's table and the selected version of each path
 * (cmd/go/internal/mvs/graph.go). modgraph_load follows buildlist.go:readModGraph. `edit` lets the same loader answer
 * what-if questions: it may change the requirements of any module without touching what was loaded.
 * Graphs live in the loader; private to the files that build them.
 */
#ifndef MODSCOPE_MODGRAPH_H
#define MODSCOPE_MODGRAPH_H

#include "graph/requirements.h"

struct modgraph {
	struct modload *ml;
	const struct modtab *tab;
	uint32_t *roots;
	size_t n_roots;
	/* by node; ids at or beyond cap_nodes are not in the graph */
	const uint32_t **required; /* NULL: not read */
	uint32_t *n_required;
	uint8_t *state;
	size_t cap_nodes;
	/* by path: the selected node or MODTAB_NONE */
	uint32_t *selected;
	size_t cap_paths;
	size_t n_edges;
	/* made when first asked for */
	uint32_t *build_list, *order, *parent;
	size_t n_build_list, n_order;
	struct modgraph *next; /* all graphs of the loader */
};

enum {
	MODGRAPH_REACHABLE = 1,
	MODGRAPH_READ = 2,
	MODGRAPH_FAILED = 4,
	/* | 1 << mode: enqueued with that pruning */
	MODGRAPH_MODE_SHIFT = 4,
};

struct modgraph_edit {
	/* Called once for each module that is read, main modules of a workspace included. Replaces the requirements of a node: true if *require and *n were changed. `require` must outlive the graph. */
	bool (*require)(void *ctx, uint32_t node, const uint32_t **require, size_t *n);
	void *ctx;
};

struct modgraph *modgraph_new(struct modload *ml, const uint32_t *roots, size_t n);
void modgraph_free(struct modgraph *mg);
/* `required` is borrowed. */
void modgraph_require(struct modgraph *mg, uint32_t node, const uint32_t *required, size_t n);
void modgraph_mark_failed(struct modgraph *mg, uint32_t node);

/* readModGraph: roots are the roots of requirements. *mg is set also on failure; owned by the caller. */
bool modgraph_load(struct modload *ml, enum mod_pruning pruning, const uint32_t *roots, size_t n,
		   const struct modgraph_edit *edit, struct modgraph **mg, struct err *e);
/* The same, and the requirements of these nodes (by number: not 0) are followed wherever they are met: readModGraph's unprune. */
bool modgraph_load_more(struct modload *ml, enum mod_pruning pruning, const uint32_t *roots, size_t n,
			const uint8_t *unprune, size_t n_unprune, struct modgraph **mg, struct err *e);
/* Its go.mod could not be read. */
static inline bool modgraph_has_failed(const struct modgraph *mg, uint32_t node)
{
	return node < mg->cap_nodes && mg->state[node] & MODGRAPH_FAILED;
}
/* What failed first in the graph, and where; NULL if nothing did. */
const struct mod_failure *modgraph_failure(struct modload *ml, const struct modgraph *mg, uint32_t *node);
/* Keeps requirements for the life of the loader. */
void modload_take_requirements(struct modload *ml, struct requirements *rs);
bool mvs_req_edited(struct modload *ml, const struct modgraph_edit *edit,
		    const struct modver *roots, size_t n_roots, const char *const *base,
		    size_t n_base, const struct modver **min, size_t *n_min, struct err *e);
/* Keeps the graph for the loader's life. */
void modload_take_graph(struct modload *ml, struct modgraph *mg);
/* Memory for the loader's life. */
struct arena *modload_arena(struct modload *ml);
/* Reads the go.mod files of these nodes on several threads, so that modload_summary_node finds them. */
void modload_prefetch(struct modload *ml, const uint32_t *nodes, size_t n);

#endif
