/*
 * dqtrack.h - which module versions cannot be in a graph, because they or what they require go against a wish.
 *
 * Follows dqTracker of cmd/go/internal/modload/edit.go: a version is disqualified as reached through pruned parts of the
 * graph, or only as reached through unpruned ones, each for a reason: a node that it requires (or is), or that its own
 * requirements could not be read. Private to modget.c; nodes are modtab.h's. One thread.
 *
 *	struct dqtrack t = { .roots = pruning_of };
 *	dqtrack_disqualify(&t, node, MOD_PRUNED, node);
 *	if (!dqtrack_require(&t, from, to)) ...
 *	dqtrack_release(&t);
 */
#ifndef MODSCOPE_DQTRACK_H
#define MODSCOPE_DQTRACK_H

#include "graph/requirements.h"

/* As a reason: the node's requirements could not be read. */
#define DQ_UNREADABLE (MODTAB_NONE - 1)

struct dqtrack {
	/* By node: 0 if it is no root of the extended graph, else 1 + its enum mod_pruning. Borrowed; ids beyond n are no roots. */
	const uint8_t *roots;
	size_t n_roots;
	/* the rest is dqtrack.c's */
	VEC(struct dqtrack_node) nodes;
	VEC(struct dqtrack_edge) edges;
	VEC(struct dqtrack_item) stack;
};

void dqtrack_release(struct dqtrack *t);
void dqtrack_disqualify(struct dqtrack *t, uint32_t node, enum mod_pruning from, uint32_t reason);
/* `node` requires `required`; false if that alone disqualifies it for good. */
bool dqtrack_require(struct dqtrack *t, uint32_t node, uint32_t required);
bool dqtrack_is_out(const struct dqtrack *t, uint32_t node, enum mod_pruning pruning);
/* The nodes from `node` to what is wrong, both included; 0 if nothing is. *unreadable: the last one's go.mod cannot be read. The
 * list is the caller's. */
size_t dqtrack_path(const struct dqtrack *t, uint32_t node, enum mod_pruning pruning, uint32_t **path, bool *unreadable);

#endif
