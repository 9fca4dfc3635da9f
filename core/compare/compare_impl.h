/*
 * compare_impl.h - what the files of compare share: compare_causes.c finds the causes, compare_sides.c the changes, compare_undo.c proves the causes.
 */
#ifndef MODSCOPE_COMPARE_IMPL_H
#define MODSCOPE_COMPARE_IMPL_H

#include "base/map.h"
#include "compare/compare.h"

struct compare_index_lines {
	ARENA_VEC(const struct compare_line *) list;
};
/* What a walk finds: the requirers of a node, up to those on both sides; or why it is read on only one side, which any
 * ancestor may cause. */
enum compare_reach {
	COMPARE_ASKED = 1,
	COMPARE_READ,
	COMPARE_REACHES
};
struct compare_index_path {
	ARENA_VEC(uint32_t) nodes;
	unsigned rooted, rivals[COMPARE_REACHES];	/* the walk that did it */
};
/* What the walk asks about a node again and again, as of one other side. */
struct compare_index_fact {
	const struct compare_node *twin;	/* the same on the other side, or NULL */
	const char *other;			/* the version of its path on the other side, or "" */
	struct compare_index_path *path;	/* what is known by path */
	const struct compare_index_lines *asks;	/* requirements in the project's go.mod of this module, or NULL */
	bool root, other_root;			/* the project requires its path: on this side, on the other */
	bool excluded, replaced;		/* a line of either side is about its path */
};
/* One side, with its indexes. */
struct compare_index {
	const struct compare_side *side;
	struct map nodes;	/* "path@version" -> struct compare_node */
	struct map paths;	/* path -> struct compare_index_path */
	struct map asks;	/* module -> compare_index_lines: requirements in its go.mod, a file of the project */
	struct map roots;	/* paths that main modules require */
	struct compare_index_lines kinds[COMPARE_LINES];
	struct map lines;	/* key -> struct compare_line: a line with the same key is a changed form of it */
	const char **keys;	/* by line */
	uint8_t *seen;		/* by node: of the current walk */
	unsigned *passed;	/* by node: the last walk that came by */
	unsigned walk;		/* counts them */
	const struct compare_index *other;	/* of the facts */
	struct compare_index_fact *facts;	/* by node */
};

struct compare_index *compare_index_new(struct arena *a, const struct compare_side *side);
void compare_index_release(struct compare_index *x);

const struct compare_module *compare_find_module(const struct compare_side *side, const char *path); /* or NULL */
/* Finds why a module has a version on the side `in` that is higher than `floor`, its version on `other`: requirers and lines. `in_is_newer` tells which
 * member of a cause is the line in `in`. */
void compare_causes_of_version(struct compare_change *ch, struct arena *a, struct compare_index *in,
			       struct compare_index *other, const char *floor, bool in_is_newer);
/* Adds the differing lines of these kinds about this module; a NULL path or version matches any. */
void compare_causes_of_lines(struct compare_change *ch, struct arena *a, const struct compare_index *was,
			     const struct compare_index *is, unsigned kinds, struct modver about);
/* Adds a cause that the change does not have yet. */
void compare_causes_add(struct compare_change *ch, struct arena *a, struct compare_cause cause);
/* The changes of one module. */
void compare_module_changes(struct compare_changes *out, struct arena *a, struct compare_index *was,
			    struct compare_index *is, const char *path);

#endif
