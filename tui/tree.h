/*
 * tree.h - a tree of any size, unfolded lazily, drawn as a list with columns.
 *
 * Nodes are numbers chosen by the owner (an edge, a module). The same node may be at many places, and cycles are
 * allowed: a place is the path of keys from the root. Only unfolded places take memory (48 bytes each).
 * tree_refresh() (a reload) keeps places unfolded by their paths of keys.
 *
 * Everything of a list works: `tree.list` has the cursor, the marks (by place), the mouse and the columns. The list's rows
 * are the tree's visible places. Push layer "tree" with the struct tree and, below it, "list" with &tree.list.
 */
#ifndef MODSCOPE_TREE_H
#define MODSCOPE_TREE_H

#include "list.h"

#define TREE_ROOT UINT64_MAX	/* the node above all: its children are the roots */

/* One visible place. */
struct tree_place {
	uint64_t node, parent;	/* parent: TREE_ROOT for a root */
	uint64_t path;		/* hash of the keys from the root; the list's row key */
	uint64_t guides;	/* bit d: the ancestor at depth d has siblings below */
	uint32_t depth;
	bool open, leaf, last;
};

struct tree_ops {
	size_t (*children)(void *ctx, uint64_t node);
	uint64_t (*child)(void *ctx, uint64_t node, size_t i);
	/* Identity of a node that survives reloads; NULL: the node itself. */
	uint64_t (*key)(void *ctx, uint64_t node);
	/* True if it has no children, cheaper than asking; NULL: children() == 0. */
	bool (*leaf)(void *ctx, uint64_t node);
	/* False hides a node below this parent (filters: keep what leads to a match); NULL: all. */
	bool (*keep)(void *ctx, uint64_t parent, uint64_t node);
	void (*cell)(void *ctx, const struct tree_place *at, unsigned column, struct line *out);
	unsigned (*style)(void *ctx, const struct tree_place *at);
	void (*moved)(void *ctx, const struct tree_place *at);
};

struct tree_build;

struct tree {
	struct list list;
	const struct tree_ops *ops;
	void *ctx;
	VEC(struct tree_place) places;
	struct keyset open;	/* paths that are unfolded */
	bool guides;		/* draw lines for indentation (default) */
	struct tree_build *below;	/* an unfolding that is under way, of the place in below_row; NULL: none */
	size_t below_row;
};

/* The first column is the one that is indented. */
void tree_init(struct tree *t, const struct tree_ops *ops, void *ctx, const struct list_column *columns, unsigned n);
void tree_release(struct tree *t);
/* The source changed (or is there for the first time): roots again, unfolded as before. */
void tree_refresh(struct tree *t);
void tree_draw(struct tree *t, struct area a);
const struct tree_place *tree_at(const struct tree *t);		/* under the cursor; NULL if empty */
const struct tree_place *tree_place(const struct tree *t, size_t row);
void tree_unfold(struct tree *t, size_t row);
void tree_fold(struct tree *t, size_t row);
/* Unfolds all below a row, to at most `depth` levels and `max` new rows; a node among its own ancestors stays folded, and
 * with `once` each node is unfolded only where it is met first. Returns false if it stopped at max. */
bool tree_unfold_below(struct tree *t, size_t row, unsigned depth, size_t max, bool once);
/* The same in slices: nothing of it is seen until tree_work(), from the loop's work hook, returns false. */
void tree_unfold_slowly(struct tree *t, size_t row, unsigned depth, size_t max, bool once);
bool tree_work(struct tree *t);
void tree_fold_all(struct tree *t);
/* Moves the cursor to the place with these node keys from the root on, unfolding on the way; false if there is none. */
bool tree_go_path(struct tree *t, const uint64_t *keys, size_t n);
/* Moves to the parent; false at a root. */
bool tree_go_parent(struct tree *t);
/* Folds or unfolds on a click at the fold mark, else as list_event. */
enum list_result tree_event(struct tree *t, const struct event *ev);

/* Layer "tree": right l (unfold, or into), left h (fold, or to the parent), * unfold below, _ fold all. */
extern const struct action tree_actions[];

#endif
