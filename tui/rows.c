#include "rows.h"

#include "base/steady.h"

enum { CHECK_EVERY = 256, SCORES = 8192 };

void rows_init(struct rows *r, const struct rows_ops *ops, void *ctx)
{
	memset(r, 0, sizeof(*r));
	r->ops = ops;
	r->ctx = ctx;
	r->sort = -1;
}

void rows_release(struct rows *r)
{
	free(r->index);
	free(r->order);
	free(r->spare);
	free(r->scores);
	rows_init(r, r->ops, r->ctx);
}

static void start_filter(struct rows *r, bool narrow)
{
	if (fuzzy_empty(&r->filter) || !r->ops->text) {
		if (r->total)
			memcpy(r->index, r->order, r->total * sizeof(*r->index));
		r->n = r->total;
		r->filtering = false;
		return;
	}
	r->narrowing = narrow;
	r->filtering = true;
	r->filter_at = 0;
	r->filter_end = narrow ? r->n : r->total;
	r->n = 0;
}

static void start_sort(struct rows *r)
{
	for (size_t i = 0; i < r->total; i++)
		r->order[i] = (uint32_t)i;
	r->sorting = r->sort >= 0 && r->ops->compare && r->total > 1;
	memset(&r->merge, 0, sizeof(r->merge));
	r->merge.width = 1;
	r->merge.j = 1;
}

static void grow(struct rows *r, size_t total)
{
	if (total > r->cap) {
		r->index = xreallocarray(r->index, total, sizeof(*r->index));
		r->order = xreallocarray(r->order, total, sizeof(*r->order));
		r->spare = xreallocarray(r->spare, total, sizeof(*r->spare));
		r->scores = xreallocarray(r->scores, total, sizeof(*r->scores));
		r->cap = total;
	}
	r->total = total;
}

void rows_refresh(struct rows *r)
{
	grow(r, MIN(r->ops->count(r->ctx), (size_t)ROWS_MAX));
	start_sort(r);
	start_filter(r, false);
}

void rows_filter(struct rows *r, const char *pattern)
{
	struct fuzzy f;
	bool narrow;

	fuzzy_set(&f, pattern);
	narrow = !r->filtering && !r->ranked && !fuzzy_empty(&r->filter) &&
		 fuzzy_narrows(&f, &r->filter);
	r->filter = f;
	start_filter(r, narrow);
}

void rows_sort(struct rows *r, int column, bool descending)
{
	r->sort = column;
	r->descending = descending;
	start_sort(r);
	/* rows stay as they are until a sort is done; the source's own order needs none */
	if (!r->sorting)
		start_filter(r, false);
}

static bool before_or_same(struct rows *r, uint32_t a, uint32_t b)
{
	int c = r->ops->compare(r->ctx, a, b, (unsigned)r->sort);

	return r->descending ? c >= 0 : c <= 0;
}

static void merge_pair_done(struct rows *r, size_t hi)
{
	uint32_t *t;

	r->merge.lo = hi;
	if (hi == r->total) {
		t = r->order;
		r->order = r->spare;
		r->spare = t;
		r->merge.width *= 2;
		r->merge.lo = 0;
	}
	r->merge.i = r->merge.out = r->merge.lo;
	r->merge.j = MIN(r->merge.lo + r->merge.width, r->total);
}

/* Bottom-up merge sort that can stop and resume after any element. True when all is sorted. */
static bool sort_some(struct rows *r, unsigned elements)
{
	while (r->merge.width < r->total) {
		size_t mid = MIN(r->merge.lo + r->merge.width, r->total);
		size_t hi = MIN(mid + r->merge.width, r->total);

		while (r->merge.out < hi) {
			bool left = r->merge.i < mid &&
				    (r->merge.j >= hi ||
				     before_or_same(r, r->order[r->merge.i], r->order[r->merge.j]));

			r->spare[r->merge.out++] = r->order[left ? r->merge.i++ : r->merge.j++];
			if (--elements == 0 && r->merge.out < hi)
				return false;
		}
		merge_pair_done(r, hi);
		if (elements == 0)
			return r->merge.width >= r->total;
	}
	return true;
}

/* Best first, stable: a counting sort, as scores are small. */
static void rank(struct rows *r)
{
	uint32_t *count = xcalloc(SCORES + 1, sizeof(*count));

	for (size_t i = 0; i < r->n; i++)
		count[SCORES - MIN(r->scores[i], SCORES - 1)]++;
	for (size_t i = 1; i <= SCORES; i++)
		count[i] += count[i - 1];
	for (size_t i = 0; i < r->n; i++)
		r->spare[count[SCORES - MIN(r->scores[i], SCORES - 1) - 1]++] = r->index[i];
	memcpy(r->index, r->spare, r->n * sizeof(*r->index));
	free(count);
}

static bool filter_some(struct rows *r, unsigned rows)
{
	const uint32_t *from = r->narrowing ? r->index : r->order;

	for (; rows > 0 && r->filter_at < r->filter_end; rows--) {
		uint32_t row = from[r->filter_at++];
		size_t len;
		const char *text = r->ops->text(r->ctx, row, &len);
		int score = 0;

		if (r->ranked)
			score = fuzzy_score(&r->filter, text, len);
		else if (!fuzzy_match(&r->filter, text, len))
			continue;
		if (score == FUZZY_NONE)
			continue;
		r->scores[r->n] = score;
		r->index[r->n++] = row;
	}
	return r->filter_at == r->filter_end;
}

bool rows_work(struct rows *r, unsigned budget_us)
{
	uint64_t end = (uint64_t)steady_us() + budget_us;

	while (r->sorting) {
		if (sort_some(r, CHECK_EVERY)) {
			r->sorting = false;
			start_filter(r, false);
		} else if ((uint64_t)steady_us() >= end) {
			return true;
		}
	}
	while (r->filtering) {
		if (filter_some(r, CHECK_EVERY)) {
			r->filtering = false;
			if (r->ranked && r->n > 1)
				rank(r);
		} else if ((uint64_t)steady_us() >= end) {
			return true;
		}
	}
	return false;
}

size_t rows_position(const struct rows *r, size_t row, size_t guess)
{
	size_t from = guess > 64 ? guess - 64 : 0;

	for (size_t i = from; i < r->n && i < from + 128; i++)
		if (r->index[i] == row)
			return i;
	for (size_t i = 0; i < r->n; i++)
		if (r->index[i] == row)
			return i;
	return ROWS_NONE;
}
