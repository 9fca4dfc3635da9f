/*
 * treediff.h - the differences between two directories as module zips.
 *
 * Files are compared by content, texts line by line (textdiff.h). Hostile trees: caps of moddir.h; files over
 * TREEDIFF_MAX_TEXT bytes or with a NUL are binary. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_TREEDIFF_H
#define MODSCOPE_TREEDIFF_H

#include "base/buf.h"
#include "release/moddir.h"

#define TREEDIFF_MAX_TEXT ((size_t)4 << 20)

struct treediff_file {
	char op;		/* '+' only in the second, '-' only in the first, '~' in both */
	const char *name;
	const char *was, *is;	/* on disk; NULL if missing */
};
struct treediff {
	struct treediff_file *files;	/* by name */
	size_t n, n_same;
};

bool treediff_read(struct treediff *d, struct arena *a, const char *was_dir, const char *is_dir, const struct cancel *cancel,
		   struct err *e);
/* Appends the unified diff of one file, headed by "diff a/NAME b/NAME", or "Binary files differ". */
bool treediff_text(struct buf *out, const struct treediff_file *f, struct err *e);

#endif
