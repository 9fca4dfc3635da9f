/*
 * cachetree.h - the entries of a cache report as a tree of path elements, each with its totals.
 *
 * Node 0 is the root; leaves are the versions. Names point into the report's entries, the rest lives in the given arena.
 * Immutable once made; linear in the entries except for one sort.
 */
#ifndef MODSCOPE_CACHETREE_H
#define MODSCOPE_CACHETREE_H

#include "cache/cache.h"

struct cachetree_node {
	const char *name;	/* into a path; name_len bytes */
	uint32_t name_len;
	uint32_t parent, first, n;	/* children: order[first...], the biggest first */
	uint64_t bytes;
	uint32_t entries;
	enum cache_state worst;
	uint32_t entry;			/* UINT32_MAX for an inner node */
};
struct cachetree {
	struct cachetree_node *nodes;
	size_t n;
	uint32_t *order;
};

void cachetree_make(struct cachetree *ct, const struct cache_report *r, struct arena *a);

#endif
