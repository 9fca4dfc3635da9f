/*
 * modgraph_load.h - reads a module graph: the go.mod files that roots lead to.
 *
 * Follows readModGraph of cmd/go/internal/modload/buildlist.go. An edit lets the same loader answer what-if questions: it
 * may change the requirements of any module without changing loaded data. The loader's thread only.
 *
 *	struct modgraph *mg;
 *	bool ok = modgraph_load(ml, pruning, roots, n, NULL, &mg, &e);
 *	modgraph_load_keep(ml, mg);	// or modgraph_free(mg)
 */
#ifndef MODSCOPE_MODGRAPH_LOAD_H
#define MODSCOPE_MODGRAPH_LOAD_H

#include "graph/modgraph.h"
#include "graph/modload.h"
#include "graph/pruning.h"

struct modgraph_load_edit {
	/* Called once for each module that is read, including main modules of a workspace. Replaces the requirements of a node:
	 * true if *require and *n were changed. `require` must outlive the graph. */
	bool (*require)(void *ctx, uint32_t node, const uint32_t **require, size_t *n);
	/* Replaces the pruning of its go.mod, given as `pruning`; may be NULL. */
	enum pruning (*pruning)(void *ctx, uint32_t node, enum pruning pruning);
	void *ctx;
};

/* roots are the roots of requirements; edit may be NULL. *mg is set even on failure (the error text has the chain of
 * requirements to the go.mod that failed first); owned by the caller. */
bool modgraph_load(struct modload *ml, enum pruning pruning, const uint32_t *roots, size_t n,
		   const struct modgraph_load_edit *edit, struct modgraph **mg, struct err *e);
/* The same, but follows the requirements of nodes whose `unprune` is not 0 wherever they occur (readModGraph's unprune). */
bool modgraph_load_more(struct modload *ml, enum pruning pruning, const uint32_t *roots, size_t n,
			const uint8_t *unprune, size_t n_unprune, struct modgraph **mg, struct err *e);
/* The first failure in the graph, and its node; NULL if there is none. */
const struct modload_failure *modgraph_load_failure(struct modload *ml, const struct modgraph *mg,
					   uint32_t *node);
/* Transfers the graph to the loader, which frees it at its end. */
void modgraph_load_keep(struct modload *ml, struct modgraph *mg);

#endif
