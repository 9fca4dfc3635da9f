/*
 * compare_undo.h - causes that are proved: with their lines put back, the change is gone.
 *
 * compare_sides reads the causes off two graphs. That misses some where go itself raises requirements, or where a line put back brings in a go.mod
 * that neither graph has. So the newer side is computed once more with the lines put back; while the change is still there, the lines that
 * cause it then are put back too. Changes with the same causes share a computation. A change that is not gone with all differing lines put back is left
 * without causes.
 *
 *	compare_sides(&changes, a, &was, &is);
 *	compare_undo(&changes, a, &was, &is, &(struct compare_undo_trial){ .side = load, .ctx = x, .most = 100 });
 */
#ifndef MODSCOPE_COMPARE_UNDO_H
#define MODSCOPE_COMPARE_UNDO_H

#include "compare/compare.h"

struct compare_undo_trial {
	/* The newer side with the lines of these causes put back. It is valid until the next call and keeps the numbers of lines that are in the newer
	 * side's files. NULL: it cannot be computed, and no other is asked for. */
	const struct compare_side *(*side)(void *ctx, const struct compare_cause *causes, size_t n);
	void *ctx;
	size_t most; /* computations; later changes keep the causes that the graphs tell */
};
void compare_undo(struct compare_changes *c, struct arena *a, const struct compare_side *was, const struct compare_side *is,
		  const struct compare_undo_trial *t);

#endif
