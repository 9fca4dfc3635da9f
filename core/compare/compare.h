/*
 * compare.h - the differences between the build lists of two states of a project, and their causes.
 *
 * A side is plain data that the caller fills and owns: the build list, the graph behind it and the lines of the project's files, main modules first. A
 * side without a graph (a saved list) gives changes without causes. Both sides and the arena must outlive the result. Pure; any thread.
 *
 * The causes of a change are the lines that undo it if all are restored. For an added or upgraded module, these are the lines that
 * the older side lacks and that lead, in the graph of the newer side, to a higher version than the older side has; for a
 * removed or downgraded one, the same with the sides exchanged.
 */
#ifndef MODSCOPE_COMPARE_H
#define MODSCOPE_COMPARE_H

#include "base/arena.h"
#include "gofiles/modsyntax.h"

enum compare_line_kind {
	COMPARE_REQUIRE,
	COMPARE_REPLACE,
	COMPARE_EXCLUDE,
	COMPARE_USE,	/* mod.path is the directory */
	COMPARE_GO,	/* mod.version is the version */
	COMPARE_TOOLCHAIN,
	COMPARE_LINES
};
/* A line of go.mod or go.work. */
struct compare_line {
	enum compare_line_kind kind;
	const char *file;	/* relative to the project */
	int line;
	const char *main;	/* the module that the go.mod belongs to; "" for go.work */
	bool replacement;	/* not a main module, but replaced by a directory of the project */
	struct modver mod, to;
	bool indirect;
};
/* A node of the graph. */
struct compare_node {
	struct modver mod;
	bool there, read;		/* reachable from a main module; its requirements count */
	uint32_t first, n_requirers;	/* compare_side.requirers[first...] */
};
struct compare_module {
	const char *path, *version;	/* "" for a main module */
	struct modver replaced;		/* path "" if not replaced */
	bool main, direct;
};
struct compare_side {
	const struct compare_module *modules;	/* sorted by path; without go and toolchain */
	size_t n_modules;
	const struct compare_node *nodes;
	size_t n_nodes;
	const uint32_t *requirers;
	const struct compare_line *lines;
	size_t n_lines;
};

enum compare_kind {	/* worst first */
	COMPARE_REMOVED,
	COMPARE_DOWN,
	COMPARE_REPLACED,	/* newly or differently replaced, or now a main module */
	COMPARE_UNREPLACED,
	COMPARE_ADDED,
	COMPARE_UP,
	COMPARE_DIRECT,		/* it became direct */
	COMPARE_INDIRECT,
	COMPARE_GO_LINE,	/* path "go" */
	COMPARE_TOOLCHAIN_LINE,	/* path "toolchain" */
	COMPARE_KINDS
};
const char *compare_kind_name(enum compare_kind kind);	/* "removed" */

struct compare_cause {
	const struct compare_line *was, *is;	/* the line on the older and newer side; one or both */
	struct modver requirer;			/* else the requirement that causes it; path "" if there is a line */
};
struct compare_change {
	const char *path;
	enum compare_kind kind;
	const char *was, *is;	/* versions or replacements; "" for none */
	const char *file;	/* of a go or toolchain line; else "" */
	struct compare_cause *causes;
	size_t n_causes;
};
struct compare_changes {
	struct compare_change *items;	/* by kind, then by path */
	size_t n;
	size_t count[COMPARE_KINDS];
};

void compare_sides(struct compare_changes *out, struct arena *a, const struct compare_side *was,
		   const struct compare_side *is);

#endif
