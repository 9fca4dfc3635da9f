/*
 * compare_impl.h - what the files of compare share: compare_causes.c finds the causes, compare_sides.c the changes.
 */
#ifndef MODSCOPE_COMPARE_IMPL_H
#define MODSCOPE_COMPARE_IMPL_H

#include "base/map.h"
#include "compare/compare.h"

/* One side, with its indexes. */
struct compare_index {
	const struct compare_side *side;
	struct map nodes;	/* "path@version" -> struct compare_node */
	struct map paths;	/* path -> uint32_t[]: number of nodes, nodes */
	uint8_t *seen;		/* by node: of the current walk */
};

struct compare_index *compare_index_new(struct arena *a, const struct compare_side *side);
void compare_index_release(struct compare_index *x);

/* Finds why a module has a version on the side `in` that is higher than `floor`, its version on `other`: requirers and lines. `in_is_newer` tells which
 * member of a cause is the line in `in`. */
void compare_causes_of_version(struct compare_change *ch, struct arena *a, struct compare_index *in,
			       struct compare_index *other, const char *floor, bool in_is_newer);
/* Adds the differing lines of these kinds about this module; a NULL path or version matches any. */
void compare_causes_of_lines(struct compare_change *ch, struct arena *a, const struct compare_side *was,
			     const struct compare_side *is, unsigned kinds, struct modver about);

#endif
