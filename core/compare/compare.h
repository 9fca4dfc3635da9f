/*
 * compare.h - two states of a project: what differs in their build lists, and why.
 *
 * A side is plain data that the caller fills and owns: the build list, the graph behind it and the lines of the project's files, main modules first. A
 * side without a graph (a saved list) gives changes without causes. Both sides and the arena outlive the result. Pure; any thread.
 *
 * The causes of a change are those lines that, all put back, take it back: of a module that came or went up, the lines that
 * the older side lacks and from which the graph of the newer side leads to a higher version than the older side has; of one that
 * left or went down, the same with the sides exchanged.
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
};
/* A line of go.mod or go.work. */
struct compare_line {
	enum compare_line_kind kind;
	const char *file;	/* relative to the project */
	int line;
	const char *main;	/* the module whose go.mod it is; "" for go.work */
	bool replacement;	/* it is no main module: a directory of the project replaces it */
	struct modver mod, to;
	bool indirect;
};
/* A node of the graph. */
struct compare_node {
	struct modver mod;
	bool there, read;		/* reached from a main module; its requirements count */
	uint32_t first, n_requirers;	/* compare_side.requirers[first...] */
};
struct compare_module {
	const char *path, *version;	/* "" for a main module */
	struct modver replaced;		/* path "" if it is not */
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
	COMPARE_REPLACED,	/* by something, or by something else; or it is now a main module */
	COMPARE_UNREPLACED,
	COMPARE_ADDED,
	COMPARE_UP,
	COMPARE_DIRECT,		/* it became so */
	COMPARE_INDIRECT,
	COMPARE_GO_LINE,	/* path "go" */
	COMPARE_TOOLCHAIN_LINE,	/* path "toolchain" */
	COMPARE_KINDS
};
const char *compare_kind_name(enum compare_kind kind);	/* "removed" */

struct compare_cause {
	const struct compare_line *was, *is;	/* the line on the older and newer side; one or both */
	struct modver requirer;			/* else the requirement that brings it; path "" if a line is told */
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
