/*
 * disqualify.h - which module versions cannot be in a graph, because they or what they require conflict with a requested version.
 *
 * Follows dqTracker of cmd/go/internal/modload/edit.go: a version is disqualified where it is reached through pruned parts of the
 * graph, or only where through unpruned ones. The reason is a node that it requires (or is), or that its go.mod cannot be
 * read. Nodes are modtab.h's. One thread.
 *
 *	struct disqualify t = { .roots = pruning_of };
 *	disqualify_node(&t, node, PRUNING_PRUNED, node);
 *	if (!disqualify_require(&t, from, to)) ...
 *	disqualify_release(&t);
 */
#ifndef MODSCOPE_DISQUALIFY_H
#define MODSCOPE_DISQUALIFY_H

#include "graph/requirements.h"

/* As a reason: the node's requirements could not be read. */
#define DISQUALIFY_UNREADABLE (MODTAB_NONE - 1)

struct disqualify {
	/* By node: 0 if it is no root of the extended graph, else 1 + its enum pruning. Borrowed; ids beyond n are no roots. */
	const uint8_t *roots;
	size_t n_roots;
	/* the rest is disqualify.c's */
	VEC(struct disqualify_node) nodes;
	VEC(struct disqualify_edge) edges;
	VEC(struct disqualify_item) stack;
};

void disqualify_release(struct disqualify *t);
void disqualify_node(struct disqualify *t, uint32_t node, enum pruning from, uint32_t reason);
/* `node` requires `required`; false if that alone disqualifies it for good. */
bool disqualify_require(struct disqualify *t, uint32_t node, uint32_t required);
bool disqualify_is_out(const struct disqualify *t, uint32_t node, enum pruning pruning);
/* The nodes from `node` to what is wrong, both included; 0 if nothing is. *unreadable: the last one's go.mod cannot be read. The
 * list is the caller's. */
size_t disqualify_path(const struct disqualify *t, uint32_t node, enum pruning pruning, uint32_t **path, bool *unreadable);

#endif
