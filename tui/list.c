#include "list.h"

enum { CONTEXT = 2, WHEEL_ROWS = 3, GAP = 2, GUTTER = 2, LEAST_CUT = 10 };

/* keyset: open addressing, 0 is a free slot */

void keyset_release(struct keyset *s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}

void keyset_clear(struct keyset *s)
{
	if (s->slots)
		memset(s->slots, 0, s->cap * sizeof(*s->slots));
	s->n = 0;
}

static size_t slot_of(const struct keyset *s, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (s->cap - 1);

	while (s->slots[i] && s->slots[i] != key)
		i = (i + 1) & (s->cap - 1);
	return i;
}

bool keyset_has(const struct keyset *s, uint64_t key)
{
	return s->n > 0 && key && s->slots[slot_of(s, key)] == key;
}

static void keyset_grow(struct keyset *s)
{
	struct keyset bigger = { .cap = s->cap ? s->cap * 2 : 16 };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			bigger.slots[slot_of(&bigger, s->slots[i])] = s->slots[i];
	bigger.n = s->n;
	free(s->slots);
	*s = bigger;
}

/* Moves later keys of the same run into the hole, so that searches still end at a free slot. */
static void fill_hole(struct keyset *s, size_t hole)
{
	size_t i = hole;

	s->slots[hole] = 0;
	while (s->slots[i = (i + 1) & (s->cap - 1)]) {
		uint64_t key = s->slots[i];

		s->slots[i] = 0;
		s->slots[slot_of(s, key)] = key;
	}
}

bool keyset_set(struct keyset *s, uint64_t key, bool on)
{
	if (keyset_has(s, key) == on || key == 0)
		return false;
	if (on) {
		if (s->cap == 0 || s->n * 3 >= s->cap * 2)
			keyset_grow(s);
		s->slots[slot_of(s, key)] = key;
		s->n++;
	} else {
		fill_hole(s, slot_of(s, key));
		s->n--;
	}
	return true;
}

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

static bool skipped(const struct list *l, size_t position)
{
	return l->ops->skip && l->ops->skip(l->ctx, list_row_at(l, position));
}

/* The nearest position from `at` on (then back) that the cursor may be on. */
static size_t landing(const struct list *l, size_t at, int dir)
{
	size_t n = list_count(l);

	for (int turn = 0; turn < 2; turn++, dir = -dir) {
		for (size_t i = at; i < n; i += (size_t)dir) /* wraps to a huge number below 0 */
			if (!skipped(l, i))
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

/* The cursor was put somewhere by a person: that is where it wants to be from now on. */
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
		l->cursor = landing(l, 0,
				    1); /* the best match, while what the cursor wants is hidden */
	else
		l->cursor = n ? landing(l, MIN(l->cursor, n - 1), 1) : 0;
	tell_moved(l);
}

void list_reset_widths(struct list *l)
{
	memset(l->seen, 0, sizeof(l->seen));
}

bool list_go(struct list *l, size_t row)
{
	size_t at = position_of(l, row, l->cursor);

	if (at == LIST_NONE)
		return false;
	set_cursor(l, at, 1);
	return true;
}

bool list_go_key(struct list *l, uint64_t key)
{
	return list_go(l, find_key(l, key, l->cursor_row));
}

/* moves */

static size_t context(const struct list *l)
{
	return l->height >= 3 * CONTEXT ? CONTEXT : 0;
}

/* Brings the cursor's row on the screen, with context. */
static void follow(struct list *l)
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

/* Moves what is seen; the cursor is taken along at the edges. */
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
	/* headings above the first row come into sight with it */
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
	follow(l);
}

bool list_search(struct list *l, int dir, bool (*test)(void *ctx, size_t row), void *ctx)
{
	size_t n = list_count(l), at = l->cursor;

	for (size_t i = 0; i < n; i++) {
		if (dir > 0)
			at = at + 1 < n ? at + 1 : 0;
		else
			at = at > 0 ? at - 1 : n - 1;
		if (!skipped(l, at) && test(ctx, list_row_at(l, at))) {
			set_cursor(l, at, dir);
			follow(l);
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

void list_sort_next(struct list *l)
{
	if (!sortable(l))
		return;
	l->descending = false;
	do
		l->sort++;
	while (l->sort < (int)l->n_columns &&
	       !(l->columns[l->sort].title && l->columns[l->sort].title[0]));
	if (l->sort >= (int)l->n_columns)
		l->sort = -1;
	apply_sort(l);
}

/* columns */

static int title_width(const struct list *l, unsigned c, bool ascii)
{
	const char *t = l->columns[c].title;

	return !l->header || !t ? 0 : width_text(t, ascii) + (l->sort == (int)c ? 2 : 0);
}

static void fill(struct list *l, size_t row, unsigned column)
{
	line_clear(&l->scratch);
	l->ops->cell(l->ctx, row, column, &l->scratch);
}

static void measure(struct list *l, int rows, bool ascii)
{
	for (unsigned c = 0; c < l->n_columns; c++) {
		int most = MAX(l->seen[c], title_width(l, c, ascii));

		for (int i = 0; i < rows; i++) {
			size_t row = list_row_at(l, l->top + (size_t)i);

			if (row == LIST_NONE || (l->ops->skip && l->ops->skip(l->ctx, row)))
				continue;
			fill(l, row, c);
			most = MAX(most, line_width(&l->scratch, ascii));
		}
		l->seen[c] = (short)MIN(most, 1000);
	}
}

static int wanted(const struct list *l, unsigned c)
{
	const struct list_column *col = &l->columns[c];
	int w = MAX((int)l->seen[c], (int)col->min);

	return col->max > 0 ? MIN(w, MAX(col->max, col->min)) : w;
}

static int least(const struct list *l, unsigned c)
{
	if (l->columns[c].whole)
		return MAX(1, wanted(l, c));
	return MAX(1, MIN((int)l->columns[c].min, wanted(l, c)));
}

/* Nothing can vanish any more: what may be cut is cut shorter than it should be. Returns what is missing still. */
static int squeeze(struct list *l, int missing)
{
	for (unsigned c = 0; c < l->n_columns && missing > 0; c++) {
		int less = MIN(missing, l->widths[c] - LEAST_CUT);

		if (l->columns[c].whole || less <= 0)
			continue;
		l->widths[c] = (short)(l->widths[c] - less);
		missing -= less;
	}
	return missing;
}

/* Which columns are there at all; returns the room that is left when each has its least. */
static int choose_columns(struct list *l, int room)
{
	for (unsigned c = 0; c < l->n_columns; c++)
		l->widths[c] = (short)least(l, c);
	for (;;) {
		int used = -GAP, drop = -1;

		for (unsigned c = 0; c < l->n_columns; c++) {
			if (!l->widths[c])
				continue;
			used += l->widths[c] + GAP;
			if (l->columns[c].priority &&
			    (drop < 0 || l->columns[c].priority >= l->columns[drop].priority))
				drop = (int)c;
		}
		if (used > room && drop < 0)
			return -squeeze(l, used - room);
		if (used <= room)
			return room - used;
		l->widths[drop] = 0;
	}
}

static int widen(struct list *l, unsigned c, int left)
{
	int more = MIN(wanted(l, c) - l->widths[c], left);

	if (more <= 0)
		return 0;
	l->widths[c] = (short)(l->widths[c] + more);
	return more;
}

/* What is left goes to columns by priority, up to what they want, narrow fixed ones first; then to those that flex. */
static void share(struct list *l, int left)
{
	int shares = 0;

	for (unsigned p = 0; p < 256 && left > 0; p++) {
		for (unsigned c = 0; c < l->n_columns; c++)
			if (l->widths[c] && l->columns[c].priority == p && !l->columns[c].flex)
				left -= widen(l, c, left);
		for (unsigned c = 0; c < l->n_columns; c++)
			if (l->widths[c] && l->columns[c].priority == p && l->columns[c].flex)
				left -= widen(l, c, left);
	}
	for (unsigned c = 0; c < l->n_columns; c++)
		shares += l->widths[c] ? l->columns[c].flex : 0;
	for (unsigned c = 0; c < l->n_columns && left > 0 && shares > 0; c++) {
		int more = l->widths[c] ? left * l->columns[c].flex / shares : 0;

		if (l->widths[c] && l->columns[c].flex) {
			shares -= l->columns[c].flex;
			left -= more;
			l->widths[c] = (short)(l->widths[c] + more);
		}
	}
}

/* drawing */

static void draw_header(struct list *l, struct area a)
{
	int x = GUTTER;

	for (unsigned c = 0; c < l->n_columns; c++) {
		const struct list_column *col = &l->columns[c];
		struct line t = LINE_INIT;
		int w = l->widths[c];

		if (!w)
			continue;
		line_add(&t, STYLE_TITLE, col->title ? col->title : "");
		if (l->sort == (int)c) {
			line_add(&t, STYLE_TITLE, " ");
			line_glyph(&t, STYLE_GO, l->descending ? GLYPH_SORT_DOWN : GLYPH_SORT_UP);
		}
		if (col->right)
			area_line(a, x + MAX(0, w - line_width(&t, a.g->ascii)), 0, w, CUT_END, 0,
				  &t);
		else
			area_line(a, x, 0, w, CUT_END, 0, &t);
		line_release(&t);
		x += w + GAP;
	}
}

/* Gives the matched letters of the scratch line their style. */
static void show_match(struct list *l)
{
	struct line out = LINE_INIT;
	size_t n = MIN(l->scratch.text.len, (size_t)FUZZY_TEXT_MAX);
	bool hit[FUZZY_TEXT_MAX] = { 0 };

	if (n == 0)
		return;
	fuzzy_positions(&l->rows->filter, l->scratch.text.data, n, hit);
	for (size_t i = 0, s = 0; i < l->scratch.text.len; i++) {
		while (s + 1 < l->scratch.spans.n && l->scratch.spans.items[s + 1].start <= i)
			s++;
		line_addn(&out,
			  l->scratch.spans.items[s].style | (i < n && hit[i] ? STYLE_FOUND : 0),
			  l->scratch.text.data + i, 1);
	}
	line_release(&l->scratch);
	l->scratch = out;
}

static bool empty_from(struct list *l, size_t row, unsigned c)
{
	for (; c < l->n_columns; c++) {
		fill(l, row, c);
		if (l->scratch.text.len)
			return false;
	}
	return true;
}

static void draw_cell(struct list *l, struct area a, int x, int y, size_t row, unsigned c,
		      unsigned flags)
{
	const struct list_column *col = &l->columns[c];
	int w = l->widths[c], have;

	fill(l, row, c);
	/* what is too long may have the room of cells that have nothing to say */
	if (line_width(&l->scratch, a.g->ascii) > w) {
		if (empty_from(l, row, c + 1))
			w = MAX(w, a.w - 1 - x);
		fill(l, row, c);
	}
	if (col->match && l->rows && !fuzzy_empty(&l->rows->filter))
		show_match(l);
	have = line_width(&l->scratch, a.g->ascii);
	if (col->right && have < w)
		area_line(a, x + w - have, y, have, CUT_NONE, flags, &l->scratch);
	else
		area_line(a, x, y, w, col->cut, flags, &l->scratch);
}

static void draw_row(struct list *l, struct area a, int y, size_t position)
{
	size_t row = list_row_at(l, position);
	unsigned flags = l->ops->style ? l->ops->style(l->ctx, row) : 0;
	int x = GUTTER;

	if (skipped(l, position)) {
		/* a heading has the whole width for its first cell */
		fill(l, row, 0);
		area_line(a, GUTTER - 1, y, -1, CUT_END, flags, &l->scratch);
		return;
	}
	if (!l->no_marks && list_marked(l, row))
		area_glyph(a, 0, y, STYLE_GO, GLYPH_MARK);
	for (unsigned c = 0; c < l->n_columns; c++) {
		if (!l->widths[c])
			continue;
		draw_cell(l, a, x, y, row, c, flags);
		x += l->widths[c] + GAP;
	}
	if (position == l->cursor)
		area_tint(a, 0, y, a.w, 1, l->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF);
}

/* Words that wrap at spaces, with a margin. */
static void draw_empty(struct area a, const char *text)
{
	int y = 0, x = GUTTER;

	while (*text) {
		size_t n = strcspn(text, " \n");
		int w = width_textn(text, n, a.g->ascii);

		if (x > GUTTER && x + w > a.w - 1) {
			y++;
			x = GUTTER;
		}
		x += area_textn(a, x, y, -1, STYLE_QUIET, CUT_END, text, n) + 1;
		text += n;
		if (*text == '\n') {
			y++;
			x = GUTTER;
		}
		text += *text != '\0';
	}
}

void list_draw(struct list *l, struct area a)
{
	size_t n = list_count(l);
	struct area body = l->header ? area_sub(a, 0, 1, -1, -1) : a;

	l->drawn = a;
	l->height = body.h;
	if (area_empty(body))
		return;
	follow(l);
	measure(l, body.h, a.g->ascii);
	share(l, choose_columns(l, body.w - GUTTER - 1));
	if (n == 0) {
		if (l->empty)
			draw_empty(a, l->empty);
		return;
	}
	if (l->header)
		draw_header(l, a);
	for (int y = 0; y < body.h && l->top + (size_t)y < n; y++)
		draw_row(l, body, y, l->top + (size_t)y);
}

/* mouse */

static void click_header(struct list *l, int x)
{
	int left = GUTTER;

	for (unsigned c = 0; c < l->n_columns; c++) {
		if (!l->widths[c])
			continue;
		if (x >= left && x < left + l->widths[c] + GAP) {
			list_sort_by(l, c);
			return;
		}
		left += l->widths[c] + GAP;
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
	if (at >= list_count(l) || skipped(l, at))
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
	return sortable(ctx);
}

static bool is_sorted(void *ctx)
{
	return sortable(ctx) && ((const struct list *)ctx)->sort >= 0;
}

const struct action list_actions[] = {
	{ "down", "down j", NULL, "go down", NULL, run_move, LIST_DOWN, ACTION_NO_PALETTE },
	{ "up", "up k", NULL, "go up", NULL, run_move, LIST_UP, ACTION_NO_PALETTE },
	{ "page-down", "pgdn ctrl-f", NULL, "a page down", NULL, run_move, LIST_PAGE_DOWN,
	  ACTION_NO_PALETTE },
	{ "page-up", "pgup ctrl-b", NULL, "a page up", NULL, run_move, LIST_PAGE_UP,
	  ACTION_NO_PALETTE },
	{ "half-down", "ctrl-d", NULL, "half a page down", NULL, run_move, LIST_HALF_DOWN,
	  ACTION_NO_PALETTE },
	{ "half-up", "ctrl-u", NULL, "half a page up", NULL, run_move, LIST_HALF_UP,
	  ACTION_NO_PALETTE },
	{ "top", "g home", NULL, "go to the first row", NULL, run_move, LIST_TOP,
	  ACTION_NO_PALETTE },
	{ "bottom", "G end", NULL, "go to the last row", NULL, run_move, LIST_BOTTOM,
	  ACTION_NO_PALETTE },
	{ "scroll-down", "ctrl-e", NULL, "scroll a row down", NULL, run_move, LIST_SCROLL_DOWN,
	  ACTION_NO_PALETTE },
	{ "scroll-up", "ctrl-y", NULL, "scroll a row up", NULL, run_move, LIST_SCROLL_UP,
	  ACTION_NO_PALETTE },
	{ "middle", "z", NULL, "bring the row to the middle", NULL, run_move, LIST_MIDDLE,
	  ACTION_NO_PALETTE },
	{ "mark", "space", NULL, "mark the row", can_mark, run_mark, 0, ACTION_NO_PALETTE },
	{ "unmark-all", "U", NULL, "take all marks away", has_marks, run_unmark, 0, 0 },
	{ "sort", "s", NULL, "sort by the next column", can_sort, run_sort, 0, 0 },
	{ "sort-reverse", "S", NULL, "turn the order around", is_sorted, run_reverse, 0, 0 },
	{ 0 },
};
