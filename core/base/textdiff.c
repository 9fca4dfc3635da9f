#include "base/textdiff.h"

#include "base/map.h"

#define CONTEXT 3

struct line {
	const char *s;
	size_t n;  /* with the newline, if it has one */
	bool open; /* the last line, without one */
};

struct lines {
	struct line *items;
	size_t n, cap;
};

struct pair {
	size_t x, y;
};

static struct lines split(const char *s, size_t len)
{
	struct lines l = { 0 };

	while (len) {
		const char *nl = memchr(s, '\n', len);
		size_t n = nl ? (size_t)(nl - s) + 1 : len;

		vec_push(&l, (struct line){ s, n, !nl });
		s += n;
		len -= n;
	}
	return l;
}

static bool line_eq(const struct line *a, const struct line *b)
{
	return a->n == b->n && a->open == b->open && memcmp(a->s, b->s, a->n) == 0;
}

/* How often a line was seen: 0, 1, 2 (or more) on the old side, 0, 4, 8 on the new one; later, for 5, its rank among the anchors. */
struct seen {
	int count;
	size_t rank;
};

/* The open line differs from the same text with a newline: its key has no newline, so keys never clash. */
static struct seen *seen_of(struct map *m, struct arena *a, const struct line *l)
{
	struct map_entry *e = map_entry(m, l->s, l->n, NULL);

	if (!e->value)
		e->value = arena_calloc(a, 1, sizeof(struct seen));
	return e->value;
}

static void count_lines(struct map *m, struct arena *a, const struct lines *l, int step)
{
	for (size_t i = 0; i < l->n; i++) {
		struct seen *s = seen_of(m, a, &l->items[i]);

		if (s->count < 2 * step)
			s->count += step;
	}
}

/* The first k in t[0..n) with t[k] >= v, or n. */
static size_t lower_bound(const size_t *t, size_t n, size_t v)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t[mid] >= v)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Szymanski's algorithm A on the anchors: the longest run whose order is the same on both sides. inv[i] is the rank on the new
 * side of the i-th anchor of the old one. Fills seq[1..k] and returns k. */
static size_t longest_run(struct arena *a, const size_t *xi, const size_t *yi, const size_t *inv,
			  size_t n, struct pair *seq)
{
	size_t *t = arena_alloc(a, (n + 1) * sizeof(*t)), *l = arena_alloc(a, (n + 1) * sizeof(*l));
	size_t k = 0, last = n, run;

	for (size_t i = 0; i < n; i++)
		t[i] = n + 1;
	for (size_t i = 0; i < n; i++) {
		size_t at = lower_bound(t, n, inv[i]);

		t[at] = inv[i];
		l[i] = at + 1;
		k = MAX(k, l[i]);
	}
	run = k;
	for (size_t i = n; i-- > 0 && k > 0;) {
		if (l[i] == k && inv[i] < last)
			seq[k--] = (struct pair){ xi[i], yi[inv[i]] };
	}
	return run;
}

/* The anchors that are kept, with {0,0} before and the ends after. */
static struct pair *anchors(struct arena *a, const struct lines *x, const struct lines *y,
			    size_t *n_seq)
{
	struct map m = MAP_INIT;
	size_t *xi = arena_alloc(a, (x->n + 1) * sizeof(*xi)),
	       *inv = arena_alloc(a, (x->n + 1) * sizeof(*inv));
	size_t *yi = arena_alloc(a, (y->n + 1) * sizeof(*yi));
	size_t n_y = 0, n_x = 0;
	struct pair *seq;

	count_lines(&m, a, x, 1);
	count_lines(&m, a, y, 4);
	for (size_t i = 0; i < y->n; i++) {
		struct seen *s = seen_of(&m, a, &y->items[i]);

		if (s->count == 5) {
			s->rank = n_y;
			yi[n_y++] = i;
		}
	}
	for (size_t i = 0; i < x->n; i++) {
		struct seen *s = seen_of(&m, a, &x->items[i]);

		if (s->count == 5) {
			xi[n_x] = i;
			inv[n_x++] = s->rank;
		}
	}
	seq = arena_alloc(a, (n_x + 2) * sizeof(*seq));
	*n_seq = longest_run(a, xi, yi, inv, n_x, seq) + 2;
	seq[0] = (struct pair){ 0, 0 };
	seq[*n_seq - 1] = (struct pair){ x->n, y->n };
	map_release(&m);
	return seq;
}

/* A line of the current hunk. */
struct out_line {
	char op;
	size_t x, y; /* indexes; that of the other side is ignored */
};

struct hunker {
	const struct lines *x, *y;
	struct pair done, start, count;
	struct {
		struct out_line *items;
		size_t n, cap;
	} text;
	void (*emit)(struct hunker *h);
	struct buf *out;
	struct arena *arena;
	struct {
		struct textdiff_line *items;
		size_t n, cap;
	} list;
};

static void hunk_old(struct hunker *h, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++, h->count.x++)
		vec_push(&h->text, (struct out_line){ '-', i, 0 });
}

static void hunk_new(struct hunker *h, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++, h->count.y++)
		vec_push(&h->text, (struct out_line){ '+', 0, i });
}

static void hunk_common(struct hunker *h, size_t x, size_t y, size_t n)
{
	for (size_t i = 0; i < n; i++, h->count.x++, h->count.y++)
		vec_push(&h->text, (struct out_line){ ' ', x + i, y + i });
}

static void hunk_flush(struct hunker *h)
{
	if (h->count.x > 0)
		h->start.x++;
	if (h->count.y > 0)
		h->start.y++;
	h->emit(h);
	h->count = (struct pair){ 0, 0 };
	h->text.n = 0;
}

static void run(struct hunker *h, const struct pair *seq, size_t n_seq)
{
	const struct lines *x = h->x, *y = h->y;

	for (size_t i = 0; i < n_seq; i++) {
		struct pair start = seq[i], end = seq[i];
		size_t common;

		if (start.x < h->done.x)
			continue; /* handled when an earlier match was extended */
		while (start.x > h->done.x && start.y > h->done.y &&
		       line_eq(&x->items[start.x - 1], &y->items[start.y - 1])) {
			start.x--;
			start.y--;
		}
		while (end.x < x->n && end.y < y->n &&
		       line_eq(&x->items[end.x], &y->items[end.y])) {
			end.x++;
			end.y++;
		}
		hunk_old(h, h->done.x, start.x);
		hunk_new(h, h->done.y, start.y);
		common = end.x - start.x;
		if ((end.x < x->n || end.y < y->n) &&
		    (common < CONTEXT || (h->text.n && common < 2 * CONTEXT))) {
			hunk_common(h, start.x, start.y, common);
			h->done = end;
			continue;
		}
		if (h->text.n) {
			size_t n = MIN(common, (size_t)CONTEXT);

			hunk_common(h, start.x, start.y, n);
			h->done = (struct pair){ start.x + n, start.y + n };
			hunk_flush(h);
		}
		if (end.x >= x->n && end.y >= y->n)
			break;
		h->start = (struct pair){ end.x - CONTEXT, end.y - CONTEXT };
		hunk_common(h, h->start.x, h->start.y, CONTEXT);
		h->done = end;
	}
}

static void diff(struct hunker *h, const char *old_text, size_t old_len, const char *new_text,
		 size_t new_len)
{
	struct lines x = split(old_text, old_len), y = split(new_text, new_len);
	struct arena tmp = ARENA_INIT;
	size_t n_seq;
	struct pair *seq = anchors(&tmp, &x, &y, &n_seq);

	h->x = &x;
	h->y = &y;
	run(h, seq, n_seq);
	vec_release(&h->text);
	vec_release(&x);
	vec_release(&y);
	arena_release(&tmp);
}

static const struct line *line_of(const struct hunker *h, const struct out_line *o)
{
	return o->op == '+' ? &h->y->items[o->y] : &h->x->items[o->x];
}

static void emit_text(struct hunker *h)
{
	buf_addf(h->out, "@@ -%zu,%zu +%zu,%zu @@\n", h->start.x, h->count.x, h->start.y,
		 h->count.y);
	for (size_t i = 0; i < h->text.n; i++) {
		const struct line *l = line_of(h, &h->text.items[i]);

		buf_addch(h->out, h->text.items[i].op);
		buf_add(h->out, l->s, l->n);
		if (l->open)
			buf_addstr(h->out, "\n\\ No newline at end of file\n");
	}
}

static void emit_list(struct hunker *h)
{
	const char *head = arena_fmt(h->arena, "@@ -%zu,%zu +%zu,%zu @@", h->start.x, h->count.x,
				     h->start.y, h->count.y);

	vec_push(&h->list, (struct textdiff_line){ '@', head, (int)h->start.x, (int)h->start.y });
	for (size_t i = 0; i < h->text.n; i++) {
		const struct out_line *o = &h->text.items[i];
		const struct line *l = line_of(h, o);

		vec_push(&h->list, (struct textdiff_line){
					   o->op,
					   arena_strndup(h->arena, l->s,
							 MIN(l->n - !l->open, TEXTDIFF_MAX_SHOWN)),
					   o->op == '+' ? 0 : (int)o->x + 1,
					   o->op == '-' ? 0 : (int)o->y + 1 });
	}
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

void textdiff(struct buf *out, const char *old_name, const char *old_text, size_t old_len,
	      const char *new_name, const char *new_text, size_t new_len)
{
	struct hunker h = { .emit = emit_text, .out = out };

	if (same(old_text, old_len, new_text, new_len))
		return;
	buf_addf(out, "diff %s %s\n--- %s\n+++ %s\n", old_name, new_name, old_name, new_name);
	diff(&h, old_text, old_len, new_text, new_len);
}

size_t textdiff_lines(struct arena *a, const char *old_text, size_t old_len, const char *new_text,
		      size_t new_len, struct textdiff_line **lines)
{
	struct hunker h = { .emit = emit_list, .arena = a };

	size_t n;

	*lines = NULL;
	if (same(old_text, old_len, new_text, new_len))
		return 0;
	diff(&h, old_text, old_len, new_text, new_len);
	n = h.list.n;
	if (n)
		*lines = arena_memdup(a, h.list.items, n * sizeof(*h.list.items));
	vec_release(&h.list);
	return n;
}
