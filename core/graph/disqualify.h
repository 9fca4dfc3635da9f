/*
 * disqualify.h - module versions that cannot be in a graph, because they or their requirements conflict with a requested version.
 *
 * Follows dqTracker of cmd/go/internal/modload/edit.go: a version is disqualified if reached through pruned parts of the
 * graph, or only if reached through unpruned ones. The reason is a node that it requires (or is), or that its go.mod cannot be
 * read. Nodes are those of modtab.h. One thread.
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
	/* By node: 0 if it is not a root of the extended graph, else 1 + its enum pruning. Borrowed; ids from n_roots on are not roots. */
	const uint8_t *roots;
	size_t n_roots;
	/* private to disqualify.c */
	VEC(struct disqualify_node) nodes;
	VEC(struct disqualify_edge) edges;
	VEC(struct disqualify_item) stack;
};

void disqualify_release(struct disqualify *t);
void disqualify_node(struct disqualify *t, uint32_t node, enum pruning from, uint32_t reason);
/* `node` requires `required`; false if that alone disqualifies it in both prunings. */
bool disqualify_require(struct disqualify *t, uint32_t node, uint32_t required);
bool disqualify_is_out(const struct disqualify *t, uint32_t node, enum pruning pruning);
/* The path from `node` to the conflict, both included; 0 if there is none. *unreadable: the last one's go.mod cannot be read. The
 * caller frees the list. */
size_t disqualify_path(const struct disqualify *t, uint32_t node, enum pruning pruning, uint32_t **path, bool *unreadable);

#endif
