/*
 * rows.h - which rows of a source are shown, and in which order: filter and sort, in slices.
 *
 * A source has count rows, 0..count-1, that never move. `struct rows` maps shown positions to them. Work longer than a
 * frame is done in slices: call rows_work() with a time budget from the loop's work hook. Until it is done, the old order
 * (sort) or the matches so far (filter) are shown. Up to ROWS_MAX rows.
 *
 *	rows_init(&r, &ops, ctx);
 *	rows_refresh(&r);			the source changed
 *	rows_filter(&r, "grpc");  rows_sort(&r, column, descending);
 *	while (rows_work(&r, 8000)) ...		microseconds; true: more is left
 *	for (i = 0; i < r.n; i++) use(r.index[i]);
 */
#ifndef MODSCOPE_ROWS_H
#define MODSCOPE_ROWS_H

#include "fuzzy.h"

enum { ROWS_MAX = 16 << 20 };
#define ROWS_NONE SIZE_MAX

struct rows_ops {
	size_t (*count)(void *ctx);
	/* What the filter looks at; borrowed until the next call. NULL: filters match all. */
	const char *(*text)(void *ctx, size_t row, size_t *len);
	/* <0, 0, >0 in the order of a column; NULL: never sorted. Equal rows keep the source's order. */
	int (*compare)(void *ctx, size_t a, size_t b, unsigned column);
};

struct rows {
	const struct rows_ops *ops;
	void *ctx;
	size_t total;			/* of the source at the last refresh */
	uint32_t *index;		/* shown position -> row */
	size_t n;
	struct fuzzy filter;
	int sort;			/* column, -1: the source's own order */
	bool descending;
	bool ranked;			/* order by score while a filter is set */
	/* private: the work that is under way */
	uint32_t *order, *spare;	/* all rows in sort order, and room to merge them */
	int *scores;			/* of index[i], while ranked */
	size_t cap;
	bool sorting, filtering, narrowing;
	size_t filter_at, filter_end;	/* the rest of order (narrowing: of index) to look at */
	struct {
		size_t width, lo, i, j, out;
	} merge;
};

void rows_init(struct rows *r, const struct rows_ops *ops, void *ctx);
void rows_release(struct rows *r);
/* Call when the source changed: starts over with the same filter and sort. */
void rows_refresh(struct rows *r);
void rows_filter(struct rows *r, const char *pattern);
void rows_sort(struct rows *r, int column, bool descending);
/* Works for about budget_us; true if more is left. */
bool rows_work(struct rows *r, unsigned budget_us);
static inline bool rows_busy(const struct rows *r)
{
	return r->sorting || r->filtering;
}
/* The position of a row that is shown, or ROWS_NONE. Looks around `guess` first. */
size_t rows_position(const struct rows *r, size_t row, size_t guess);

#endif
