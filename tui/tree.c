#include "tree.h"

enum {
	LEVELS_SHOWN = 16, /* maximum indentation */
	BELOW_DEPTH = 64,
	BELOW_ROWS = 50000,
	BELOW_SLICE = 8000, /* rows a turn: some 3 ms */
	GUTTER = 2,	    /* of the list */
};

static uint64_t mix(uint64_t parent, uint64_t key)
{
	uint64_t x = parent ^ (key * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u + (parent << 6) +
			       (parent >> 2));

	x ^= x >> 31;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 29;
	return x ? x : 1;
}

static uint64_t node_key(const struct tree *t, uint64_t node)
{
	return t->ops->key ? t->ops->key(t->ctx, node) : node;
}

static bool is_leaf(const struct tree *t, uint64_t node)
{
	return t->ops->leaf ? t->ops->leaf(t->ctx, node) : t->ops->children(t->ctx, node) == 0;
}

/* Building: the places below one place, in order, without recursion, as deep as the policy unfolds. */

struct frame {
	struct tree_place place; /* whose children these are */
	uint64_t key;		 /* of its node */
	size_t start, n, i;	 /* in pool */
};
struct tree_build {
	struct tree *t;
	VEC(struct tree_place) out;
	VEC(struct frame) stack;
	VEC(uint64_t) pool;
	/* unfolding below: */
	bool all, once, stopped;
	unsigned depth;
	size_t max;
	struct keyset met;
};

static void push_frame(struct tree_build *b, const struct tree_place *place, uint64_t key)
{
	struct tree *t = b->t;
	size_t n = t->ops->children(t->ctx, place->node);
	struct frame f = { *place, key, b->pool.n, 0, 0 };

	vec_reserve(&b->pool, b->pool.n + n);
	for (size_t i = 0; i < n; i++) {
		uint64_t c = t->ops->child(t->ctx, place->node, i);

		if (!t->ops->keep || t->ops->keep(t->ctx, place->node, c))
			b->pool.items[b->pool.n++] = c;
	}
	f.n = b->pool.n - f.start;
	vec_push(&b->stack, f);
}

static bool above(const struct tree_build *b, uint64_t key)
{
	for (size_t i = 0; i < b->stack.n; i++)
		if (b->stack.items[i].place.node != TREE_ROOT && b->stack.items[i].key == key)
			return true;
	return false;
}

static bool unfolds(struct tree_build *b, const struct tree_place *p, uint64_t key)
{
	struct keyset *open = &b->t->open;

	if (p->leaf)
		return false;
	if (keyset_has(open, p->path))
		return true;
	if (!b->all || b->stack.n > b->depth || above(b, key))
		return false;
	if (b->once && !keyset_set(&b->met, mix(1, key), true))
		return false;
	if (b->out.n >= b->max) {
		b->stopped = true;
		return false;
	}
	keyset_set(open, p->path, true);
	return true;
}

static struct tree_place make_place(const struct tree *t, const struct tree_place *parent,
				    uint64_t node, uint64_t key, bool last)
{
	struct tree_place p = { .node = node, .parent = parent->node, .last = last };
	bool root = parent->node == TREE_ROOT;

	p.path = mix(parent->path, key);
	p.depth = root ? 0 : parent->depth + 1;
	p.guides = parent->guides;
	if (!root && parent->depth < 64 && !parent->last)
		p.guides |= (uint64_t)1 << parent->depth;
	p.leaf = is_leaf(t, node);
	return p;
}

static void build_next(struct tree_build *b)
{
	struct frame *f = &b->stack.items[b->stack.n - 1];
	struct tree_place p;
	uint64_t node, key;

	if (f->i == f->n) {
		b->pool.n = f->start;
		b->stack.n--;
		return;
	}
	node = b->pool.items[f->start + f->i++];
	key = node_key(b->t, node);
	p = make_place(b->t, &f->place, node, key, f->i == f->n);
	p.open = unfolds(b, &p, key);
	vec_push(&b->out, p);
	if (p.open)
		push_frame(b, &p, key);
}

static void build_begin(struct tree_build *b, const struct tree_place *place)
{
	push_frame(b, place, place->node == TREE_ROOT ? 0 : node_key(b->t, place->node));
}

static void build_below(struct tree_build *b, const struct tree_place *place)
{
	build_begin(b, place);
	while (b->stack.n > 0)
		build_next(b);
}

static void build_release(struct tree_build *b)
{
	vec_release(&b->out);
	vec_release(&b->stack);
	vec_release(&b->pool);
	keyset_release(&b->met);
}

/* Rows below a row that belong to it. */
static size_t extent(const struct tree *t, size_t row)
{
	size_t i = row + 1;

	while (i < t->places.n && t->places.items[i].depth > t->places.items[row].depth)
		i++;
	return i - row - 1;
}

static void splice(struct tree *t, size_t at, size_t drop, const struct tree_place *with, size_t n)
{
	size_t tail = t->places.n - at - drop;

	vec_reserve(&t->places, t->places.n - drop + n);
	if (tail)
		memmove(t->places.items + at + n, t->places.items + at + drop,
			tail * sizeof(*with));
	if (n)
		memcpy(t->places.items + at, with, n * sizeof(*with));
	t->places.n = at + n + tail;
}

/* list callbacks: rows are visible places */

static size_t row_count(void *ctx)
{
	return ((const struct tree *)ctx)->places.n;
}

static uint64_t row_key(void *ctx, size_t row)
{
	return ((const struct tree *)ctx)->places.items[row].path;
}

static void add_guides(const struct tree *t, const struct tree_place *p, struct line *out)
{
	uint32_t from = p->depth > LEVELS_SHOWN ? p->depth - LEVELS_SHOWN : 0;

	for (uint32_t d = MAX(from, 1u); d < p->depth; d++)
		line_add(out, STYLE_RULE,
			 t->guides && d < 64 && (p->guides >> d & 1) ? "│ " : "  ");
	if (p->depth > 0)
		line_add(out, STYLE_RULE, !t->guides ? "  " : p->last ? "└ " : "├ ");
}

static void row_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	struct tree *t = ctx;
	const struct tree_place *p = &t->places.items[row];

	if (column == 0) {
		add_guides(t, p, out);
		if (p->leaf)
			line_add(out, STYLE_QUIET, "  ");
		else
			line_glyph(out, STYLE_GO, p->open ? GLYPH_OPEN : GLYPH_FOLDED);
		if (!p->leaf)
			line_add(out, STYLE_NORMAL, " ");
		out->head = out->text.len;
	}
	t->ops->cell(t->ctx, p, column, out);
}

static unsigned row_style(void *ctx, size_t row)
{
	struct tree *t = ctx;

	return t->ops->style ? t->ops->style(t->ctx, &t->places.items[row]) : 0;
}

static void row_moved(void *ctx, size_t row)
{
	struct tree *t = ctx;

	if (t->ops->moved)
		t->ops->moved(t->ctx, &t->places.items[row]);
}

static const struct list_ops rows_of_tree = {
	.count = row_count,
	.key = row_key,
	.cell = row_cell,
	.style = row_style,
	.moved = row_moved,
};

void tree_init(struct tree *t, const struct tree_ops *ops, void *ctx,
	       const struct list_column *columns, unsigned n)
{
	memset(t, 0, sizeof(*t));
	t->ops = ops;
	t->ctx = ctx;
	t->guides = true;
	list_init(&t->list, &rows_of_tree, t, columns, n);
}

static void drop_below(struct tree *t)
{
	if (t->below)
		build_release(t->below);
	free(t->below);
	t->below = NULL;
}

void tree_release(struct tree *t)
{
	drop_below(t);
	vec_release(&t->places);
	keyset_release(&t->open);
	list_release(&t->list);
}

/* Any other change of the places ends an unfolding in progress; what it has unfolded stays. */
static void finish_below(struct tree *t)
{
	struct tree_build *b = t->below;
	size_t row = t->below_row;

	t->below = NULL;
	splice(t, row + 1, extent(t, row), b->out.items, b->out.n);
	build_release(b);
	free(b);
	list_refresh(&t->list);
}

static void stop_below(struct tree *t)
{
	struct tree_build *b = t->below;

	if (!b)
		return;
	b->all = false;
	while (b->stack.n > 0)
		build_next(b);
	finish_below(t);
}

void tree_refresh(struct tree *t)
{
	static const struct tree_place root = {
		.node = TREE_ROOT, .parent = TREE_ROOT, .path = 1, .last = true
	};
	struct tree_build b = { .t = t };

	/* its nodes may belong to the previous source */
	drop_below(t);
	build_below(&b, &root);
	splice(t, 0, t->places.n, b.out.items, b.out.n);
	build_release(&b);
	list_refresh(&t->list);
}

void tree_draw(struct tree *t, struct area a)
{
	list_draw(&t->list, a);
}

const struct tree_place *tree_place(const struct tree *t, size_t row)
{
	return row < t->places.n ? &t->places.items[row] : NULL;
}

const struct tree_place *tree_at(const struct tree *t)
{
	return tree_place(t, list_row(&t->list));
}

void tree_unfold(struct tree *t, size_t row)
{
	struct tree_place *p;
	struct tree_build b = { .t = t };

	stop_below(t);
	p = row < t->places.n ? &t->places.items[row] : NULL;
	if (!p || p->open || p->leaf)
		return;
	p->open = true;
	keyset_set(&t->open, p->path, true);
	build_below(&b, p);
	splice(t, row + 1, 0, b.out.items, b.out.n);
	build_release(&b);
	list_refresh(&t->list);
}

void tree_fold(struct tree *t, size_t row)
{
	struct tree_place *p;
	size_t n, cursor;

	stop_below(t);
	p = row < t->places.n ? &t->places.items[row] : NULL;
	cursor = t->list.cursor;
	if (!p || !p->open)
		return;
	n = extent(t, row);
	p->open = false;
	keyset_set(&t->open, p->path, false);
	splice(t, row + 1, n, NULL, 0);
	if (cursor > row && cursor <= row + n)
		list_go(&t->list, row);
	else
		list_refresh(&t->list);
}

bool tree_unfold_below(struct tree *t, size_t row, unsigned depth, size_t max, bool once)
{
	bool stopped;

	tree_unfold_slowly(t, row, depth, max, once);
	if (!t->below)
		return true;
	while (t->below->stack.n > 0)
		build_next(t->below);
	stopped = t->below->stopped;
	finish_below(t);
	return !stopped;
}

void tree_unfold_slowly(struct tree *t, size_t row, unsigned depth, size_t max, bool once)
{
	struct tree_place *p;

	stop_below(t);
	p = row < t->places.n ? &t->places.items[row] : NULL;
	if (!p || p->leaf)
		return;
	p->open = true;
	keyset_set(&t->open, p->path, true);
	t->below = xcalloc(1, sizeof(*t->below));
	*t->below = (struct tree_build){
		.t = t, .all = true, .once = once, .depth = depth, .max = max
	};
	t->below_row = row;
	build_begin(t->below, p);
}

bool tree_work(struct tree *t)
{
	struct tree_build *b = t->below;

	if (!b)
		return false;
	for (int i = 0; i < BELOW_SLICE && b->stack.n > 0; i++)
		build_next(b);
	if (b->stack.n > 0)
		return true;
	finish_below(t);
	return false;
}

/* The row of the place above; LIST_NONE for a root. */
static size_t parent_row(const struct tree *t, size_t row)
{
	uint32_t depth = t->places.items[row].depth;

	while (depth > 0 && row > 0)
		if (t->places.items[--row].depth < depth)
			return row;
	return LIST_NONE;
}

void tree_fold_all(struct tree *t)
{
	size_t row = list_row(&t->list), up;

	if (row == LIST_NONE)
		return;
	while ((up = parent_row(t, row)) != LIST_NONE)
		row = up;
	list_go(&t->list, row);
	keyset_clear(&t->open);
	tree_refresh(t);
}

bool tree_go_parent(struct tree *t)
{
	size_t row = list_row(&t->list), up = row == LIST_NONE ? LIST_NONE : parent_row(t, row);

	return up != LIST_NONE && list_go(&t->list, up);
}

static size_t child_with_key(const struct tree *t, size_t row, uint64_t key)
{
	uint32_t depth = row == LIST_NONE ? 0 : t->places.items[row].depth + 1;

	for (size_t i = row == LIST_NONE ? 0 : row + 1;
	     i < t->places.n && t->places.items[i].depth >= depth; i++)
		if (t->places.items[i].depth == depth &&
		    node_key(t, t->places.items[i].node) == key)
			return i;
	return LIST_NONE;
}

bool tree_go_path(struct tree *t, const uint64_t *keys, size_t n)
{
	size_t row = LIST_NONE;

	for (size_t i = 0; i < n; i++) {
		if (row != LIST_NONE)
			tree_unfold(t, row);
		row = child_with_key(t, row, keys[i]);
		if (row == LIST_NONE)
			return false;
	}
	return list_go(&t->list, row);
}

enum list_result tree_event(struct tree *t, const struct event *ev)
{
	enum list_result r = list_event(&t->list, ev);
	const struct tree_place *p = tree_at(t);
	size_t row = list_row(&t->list);
	int x, y, mark;

	if (r != LIST_HANDLED || ev->mouse != MOUSE_PRESS || !p ||
	    !area_hit(t->list.drawn, ev->x, ev->y, &x, &y))
		return r;
	mark = GUTTER + 2 * (int)MIN(p->depth, (uint32_t)LEVELS_SHOWN + 1);
	if ((t->list.header && y == 0) ||
	    (size_t)(y - t->list.header) + t->list.top != t->list.cursor || x < mark ||
	    x > mark + 1)
		return r;
	if (p->open)
		tree_fold(t, row);
	else
		tree_unfold(t, row);
	return r;
}

static void run_unfold(void *ctx, int arg)
{
	struct tree *t = ctx;
	const struct tree_place *p = tree_at(t);

	(void)arg;
	if (p && p->open)
		list_move(&t->list, LIST_DOWN);
	else if (p)
		tree_unfold(t, list_row(&t->list));
}

static void run_fold(void *ctx, int arg)
{
	struct tree *t = ctx;
	const struct tree_place *p = tree_at(t);

	(void)arg;
	if (p && p->open)
		tree_fold(t, list_row(&t->list));
	else
		tree_go_parent(t);
}

static void run_unfold_below(void *ctx, int arg)
{
	struct tree *t = ctx;

	(void)arg;
	tree_unfold_slowly(t, list_row(&t->list), BELOW_DEPTH, BELOW_ROWS, true);
}

static void run_fold_all(void *ctx, int arg)
{
	(void)arg;
	tree_fold_all(ctx);
}

static bool has_places(void *ctx)
{
	return row_count(ctx) > 0;
}

const struct action tree_actions[] = {
	{ "unfold", "right l", NULL, "unfold, or go to the first below", has_places, run_unfold, 0,
	  ACTION_NO_PALETTE },
	{ "fold", "left h", NULL, "fold, or go to the one above", has_places, run_fold, 0,
	  ACTION_NO_PALETTE },
	{ "unfold-below", "*", NULL, "unfold all below, each node where it is met first",
	  has_places, run_unfold_below, 0, 0 },
	{ "fold-all", "_", NULL, "fold everything", has_places, run_fold_all, 0, 0 },
	{ 0 },
};
