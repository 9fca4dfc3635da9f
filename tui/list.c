#include "list_impl.h"

enum { CONTEXT = 2, WHEEL_ROWS = 3 };

/* life */

void list_init(struct list *l, const struct list_ops *ops, void *ctx,
	       const struct list_column *columns, unsigned n)
{
	memset(l, 0, sizeof(*l));
	l->ops = ops;
	l->ctx = ctx;
	l->columns = columns;
	l->n_columns = MIN(n, (unsigned)LIST_COLUMNS);
	l->header = l->n_columns > 1;
	l->focused = true;
	l->sort = -1;
	line_init(&l->scratch);
}

void list_release(struct list *l)
{
	keyset_release(&l->marks);
	line_release(&l->scratch);
}

/* positions, rows and keys */

size_t list_count(const struct list *l)
{
	return l->rows ? l->rows->n : l->ops->count(l->ctx);
}

size_t list_row_at(const struct list *l, size_t position)
{
	if (position >= list_count(l))
		return LIST_NONE;
	return l->rows ? l->rows->index[position] : position;
}

size_t list_row(const struct list *l)
{
	return list_row_at(l, l->cursor);
}

static uint64_t key_of(const struct list *l, size_t row)
{
	return l->ops->key ? l->ops->key(l->ctx, row) : row + 1;
}

uint64_t list_key(const struct list *l)
{
	size_t row = list_row(l);

	return row == LIST_NONE ? 0 : key_of(l, row);
}

static size_t source_count(const struct list *l)
{
	return l->rows ? l->rows->total : l->ops->count(l->ctx);
}

static size_t search_key(const struct list *l, uint64_t key, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (key_of(l, i) == key)
			return i;
	return LIST_NONE;
}

static size_t find_key(const struct list *l, uint64_t key, size_t guess)
{
	size_t n = source_count(l), from, to, row;

	if (l->ops->find)
		return l->ops->find(l->ctx, key, guess);
	if (!l->ops->key)
		return key - 1 < n ? (size_t)key - 1 : LIST_NONE;
	from = MIN(guess > 500 ? guess - 500 : 0, n);
	to = MIN(from + 1000, n);
	row = search_key(l, key, from, to);
	if (row == LIST_NONE)
		row = search_key(l, key, 0, from);
	return row == LIST_NONE ? search_key(l, key, to, n) : row;
}

static size_t position_of(const struct list *l, size_t row, size_t guess)
{
	if (row == LIST_NONE)
		return LIST_NONE;
	if (l->rows)
		return rows_position(l->rows, row, guess);
	return row < list_count(l) ? row : LIST_NONE;
}

bool list_skipped(const struct list *l, size_t position)
{
	return l->ops->skip && l->ops->skip(l->ctx, list_row_at(l, position));
}

/* The nearest position at or after `at` (then before) where the cursor may stand. */
static size_t landing(const struct list *l, size_t at, int dir)
{
	size_t n = list_count(l);

	for (int turn = 0; turn < 2; turn++, dir = -dir) {
		for (size_t i = at; i < n; i += (size_t)dir) /* wraps to a huge number below 0 */
			if (!list_skipped(l, i))
				return i;
	}
	return MIN(at, n ? n - 1 : 0);
}

static void tell_moved(struct list *l)
{
	uint64_t key = list_key(l);

	if (key == l->told_key)
		return;
	l->told_key = key;
	if (l->ops->moved && key)
		l->ops->moved(l->ctx, list_row(l));
}

/* Moves the cursor because a person asked for it: list_refresh() keeps it on this row. */
static void set_cursor(struct list *l, size_t position, int dir)
{
	size_t n = list_count(l);

	l->cursor = n ? landing(l, MIN(position, n - 1), dir) : 0;
	l->cursor_key = list_key(l);
	l->cursor_row = list_row(l);
	tell_moved(l);
}

void list_refresh(struct list *l)
{
	size_t n = list_count(l), at = LIST_NONE;

	if (l->cursor_key) {
		size_t row = find_key(l, l->cursor_key, l->cursor_row);

		if (row != LIST_NONE)
			l->cursor_row = row;
		at = position_of(l, row, l->cursor);
	}
	if (at != LIST_NONE)
		l->cursor = at;
	else if (l->rows && !fuzzy_empty(&l->rows->filter))
		l->cursor = landing(l, 0, 1); /* the best match while the cursor's row is hidden */
	else
		l->cursor = n ? landing(l, MIN(l->cursor, n - 1), 1) : 0;
	tell_moved(l);
}

void list_reset_widths(struct list *l)
{
	memset(l->seen, 0, sizeof(l->seen));
	memset(l->alone, 0, sizeof(l->alone));
	memset(l->sparse, 0, sizeof(l->sparse));
}

bool list_go(struct list *l, size_t row)
{
	size_t at = position_of(l, row, l->cursor);

	if (at == LIST_NONE)
		return false;
	set_cursor(l, at, 1);
	return true;
}

/* moves */

static size_t context(const struct list *l)
{
	return l->height >= 3 * CONTEXT ? CONTEXT : 0;
}

void list_follow(struct list *l)
{
	size_t n = list_count(l), h = (size_t)MAX(l->height, 1), c = context(l);

	if (l->cursor < l->top + c)
		l->top = l->cursor > c ? l->cursor - c : 0;
	if (l->cursor + c + 1 > l->top + h)
		l->top = l->cursor + c + 1 - h;
	if (l->top + h > n)
		l->top = n > h ? n - h : 0;
}

static void shift_top(struct list *l, long by)
{
	size_t n = list_count(l), h = (size_t)MAX(l->height, 1);

	if (by < 0)
		l->top -= MIN(l->top, (size_t)-by);
	else
		l->top = MIN(n > h ? n - h : 0, l->top + (size_t)by);
}

/* Scrolls; the cursor stays inside the visible rows. */
static void scroll(struct list *l, long by)
{
	size_t n = list_count(l), h = (size_t)MAX(l->height, 1), c = context(l);
	size_t last = n > h ? n - h : 0, at = l->cursor;

	shift_top(l, by);
	if (l->top > 0 && at < l->top + c)
		at = l->top + c;
	if (l->top < last && at + c + 1 > l->top + h)
		at = l->top + h - c - 1;
	if (at != l->cursor)
		set_cursor(l, at, by < 0 ? -1 : 1);
}

static void step(struct list *l, long by)
{
	size_t n = list_count(l);
	size_t at = by < 0 ? l->cursor - MIN(l->cursor, (size_t)-by) : l->cursor + (size_t)by;

	if (n)
		set_cursor(l, MIN(at, n - 1), by < 0 ? -1 : 1);
	/* show headings above the first row too */
	if (by < 0 && l->cursor < (size_t)MAX(l->height, 1) && landing(l, 0, 1) == l->cursor)
		l->top = 0;
}

void list_move(struct list *l, enum list_move m)
{
	long page = MAX(1, l->height - 1 - (int)context(l));

	switch (m) {
	case LIST_UP: step(l, -1); break;
	case LIST_DOWN: step(l, 1); break;
	case LIST_PAGE_UP:
		shift_top(l, -page);
		step(l, -page);
		break;
	case LIST_PAGE_DOWN:
		shift_top(l, page);
		step(l, page);
		break;
	case LIST_HALF_UP: step(l, -MAX(1, l->height / 2)); break;
	case LIST_HALF_DOWN: step(l, MAX(1, l->height / 2)); break;
	case LIST_TOP:
		set_cursor(l, 0, 1);
		l->top = 0;
		break;
	case LIST_BOTTOM: set_cursor(l, SIZE_MAX, -1); break;
	case LIST_SCROLL_UP: scroll(l, -1); break;
	case LIST_SCROLL_DOWN: scroll(l, 1); break;
	case LIST_MIDDLE:
		l->top = l->cursor > (size_t)l->height / 2 ? l->cursor - (size_t)l->height / 2 : 0;
		break;
	}
	list_follow(l);
}

bool list_search(struct list *l, int dir, bool (*test)(void *ctx, size_t row), void *ctx)
{
	size_t n = list_count(l), at = l->cursor;

	for (size_t i = 0; i < n; i++) {
		if (dir > 0)
			at = at + 1 < n ? at + 1 : 0;
		else
			at = at > 0 ? at - 1 : n - 1;
		if (!list_skipped(l, at) && test(ctx, list_row_at(l, at))) {
			set_cursor(l, at, dir);
			list_follow(l);
			return true;
		}
	}
	return false;
}

/* marks */

bool list_marked(const struct list *l, size_t row)
{
	return row != LIST_NONE && keyset_has(&l->marks, key_of(l, row));
}

void list_mark(struct list *l, size_t row, bool on)
{
	if (row != LIST_NONE)
		keyset_set(&l->marks, key_of(l, row), on);
}

size_t list_marked_rows(const struct list *l, size_t **out)
{
	VEC(size_t) v = { 0 };
	size_t shown = list_count(l), all = source_count(l);

	*out = NULL;
	if (l->marks.n == 0)
		return 0;
	for (size_t i = 0; i < shown; i++)
		if (list_marked(l, list_row_at(l, i)))
			vec_push(&v, list_row_at(l, i));
	if (l->rows && v.n < l->marks.n) {
		struct keyset seen = { 0 };

		for (size_t i = 0; i < v.n; i++)
			keyset_set(&seen, v.items[i] + 1, true);
		for (size_t row = 0; row < all; row++)
			if (list_marked(l, row) && !keyset_has(&seen, row + 1))
				vec_push(&v, row);
		keyset_release(&seen);
	}
	*out = v.items;
	return v.n;
}

/* sorting */

static bool sortable(const struct list *l)
{
	return l->ops->sort || (l->rows && l->rows->ops->compare);
}

static void apply_sort(struct list *l)
{
	if (l->ops->sort) {
		l->ops->sort(l->ctx, (unsigned)l->sort, l->descending);
	} else if (l->rows) {
		rows_sort(l->rows, l->sort, l->descending);
		list_refresh(l);
	}
}

void list_sort_by(struct list *l, unsigned column)
{
	if (!sortable(l) || column >= l->n_columns || !l->columns[column].title)
		return;
	l->descending = l->sort == (int)column && !l->descending;
	l->sort = (int)column;
	apply_sort(l);
}

static bool sorts_visibly(const struct list *l, unsigned c)
{
	const char *title = l->columns[c].title;

	return title && title[0] && (l->widths[c] || !l->height);
}

/* After the last column comes the source's own order. */
static void list_sort_next(struct list *l)
{
	if (!sortable(l))
		return;
	l->descending = false;
	do
		l->sort++;
	while (l->sort < (int)l->n_columns && !sorts_visibly(l, (unsigned)l->sort));
	if (l->sort >= (int)l->n_columns)
		l->sort = -1;
	apply_sort(l);
}

/* mouse */

static void click_header(struct list *l, int x)
{
	int left = LIST_GUTTER;

	for (unsigned c = 0; c < l->n_columns; c++) {
		if (!l->widths[c])
			continue;
		if (x >= left && x < left + l->widths[c] + LIST_GAP) {
			list_sort_by(l, c);
			return;
		}
		left += l->widths[c] + LIST_GAP;
	}
}

static enum list_result click(struct list *l, const struct event *ev, int x, int y)
{
	size_t at;

	if (ev->button != 1)
		return LIST_IGNORED;
	if (l->header && y == 0) {
		click_header(l, x);
		return LIST_HANDLED;
	}
	at = l->top + (size_t)(y - (l->header ? 1 : 0));
	if (at >= list_count(l) || list_skipped(l, at))
		return LIST_HANDLED;
	set_cursor(l, at, 1);
	return ev->mouse == MOUSE_DOUBLE ? LIST_ACTIVATED : LIST_HANDLED;
}

enum list_result list_event(struct list *l, const struct event *ev)
{
	int x, y;

	if (ev->type != EV_MOUSE || !area_hit(l->drawn, ev->x, ev->y, &x, &y))
		return LIST_IGNORED;
	switch (ev->mouse) {
	case MOUSE_WHEEL_UP: scroll(l, -WHEEL_ROWS); return LIST_HANDLED;
	case MOUSE_WHEEL_DOWN: scroll(l, WHEEL_ROWS); return LIST_HANDLED;
	case MOUSE_PRESS:
	case MOUSE_DOUBLE: return click(l, ev, x, y);
	default: return LIST_HANDLED;
	}
}

/* lists that lie over everything else */

bool list_arrow(struct list *l, struct key k)
{
	static const struct {
		uint32_t code;
		enum list_move move;
	} moves[] = {
		{ K_DOWN, LIST_DOWN },
		{ K_UP, LIST_UP },
		{ K_PGDN, LIST_PAGE_DOWN },
		{ K_PGUP, LIST_PAGE_UP },
	};

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (key_is(k, moves[i].code)) {
			list_move(l, moves[i].move);
			return true;
		}
	}
	return false;
}

enum list_over list_over_mouse(struct list *l, struct area frame, const struct event *ev)
{
	if (!area_hit(frame, ev->x, ev->y, NULL, NULL))
		return ev->mouse == MOUSE_PRESS ? LIST_LEFT : LIST_STAYS;
	return list_event(l, ev) == LIST_ACTIVATED ? LIST_TAKEN : LIST_STAYS;
}

/* actions */

static void run_move(void *ctx, int arg)
{
	list_move(ctx, (enum list_move)arg);
}

static void run_mark(void *ctx, int arg)
{
	struct list *l = ctx;
	size_t row = list_row(l);

	(void)arg;
	list_mark(l, row, !list_marked(l, row));
	list_move(l, LIST_DOWN);
}

static void run_unmark(void *ctx, int arg)
{
	(void)arg;
	keyset_clear(&((struct list *)ctx)->marks);
}

static void run_sort(void *ctx, int arg)
{
	(void)arg;
	list_sort_next(ctx);
}

static void run_reverse(void *ctx, int arg)
{
	struct list *l = ctx;

	(void)arg;
	list_sort_by(l, (unsigned)l->sort);
}

static bool can_mark(void *ctx)
{
	const struct list *l = ctx;

	return !l->no_marks && list_count(l) > 0;
}

static bool has_marks(void *ctx)
{
	return list_marks(ctx) > 0;
}

static bool can_sort(void *ctx)
{
	return sortable(ctx) && list_count(ctx) > 1;
}

static bool is_sorted(void *ctx)
{
	return can_sort(ctx) && ((const struct list *)ctx)->sort >= 0;
}

static bool has_rows(void *ctx)
{
	return list_count(ctx) > 0;
}

const struct action list_actions[] = {
	{ "down", "down j", NULL, "go down", has_rows, run_move, LIST_DOWN, ACTION_NO_PALETTE },
	{ "up", "up k", NULL, "go up", has_rows, run_move, LIST_UP, ACTION_NO_PALETTE },
	{ "page-down", "pgdn ctrl-f", NULL, "a page down", has_rows, run_move, LIST_PAGE_DOWN,
	  ACTION_NO_PALETTE },
	{ "page-up", "pgup ctrl-b", NULL, "a page up", has_rows, run_move, LIST_PAGE_UP,
	  ACTION_NO_PALETTE },
	{ "half-down", "ctrl-d", NULL, "half a page down", has_rows, run_move, LIST_HALF_DOWN,
	  ACTION_NO_PALETTE },
	{ "half-up", "ctrl-u", NULL, "half a page up", has_rows, run_move, LIST_HALF_UP,
	  ACTION_NO_PALETTE },
	{ "top", "g home", NULL, "go to the first row", has_rows, run_move, LIST_TOP,
	  ACTION_NO_PALETTE },
	{ "bottom", "G end", NULL, "go to the last row", has_rows, run_move, LIST_BOTTOM,
	  ACTION_NO_PALETTE },
	{ "scroll-down", "ctrl-e", NULL, "scroll a row down", has_rows, run_move, LIST_SCROLL_DOWN,
	  ACTION_NO_PALETTE },
	{ "scroll-up", "ctrl-y", NULL, "scroll a row up", has_rows, run_move, LIST_SCROLL_UP,
	  ACTION_NO_PALETTE },
	{ "middle", "z", NULL, "centre the row", has_rows, run_move, LIST_MIDDLE,
	  ACTION_NO_PALETTE },
	{ "mark", "space", NULL, "mark the row", can_mark, run_mark, 0, ACTION_NO_PALETTE },
	{ "unmark-all", "U", NULL, "clear all marks", has_marks, run_unmark, 0, 0 },
	{ "sort", "s", "sort", "sort by the next column", can_sort, run_sort, 0, 0 },
	{ "sort-reverse", "S", NULL, "reverse the order", is_sorted, run_reverse, 0, 0 },
	{ 0 },
};
