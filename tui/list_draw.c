#include "list_impl.h"

#include <limits.h>

enum { LEAST_CUT = 10, LEAST_WHOLE = 24, LEAST_ROWS = 4 };

struct span {
	int x, w;
};

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

/* An empty cell gives its room to the one before it. */
static bool is_dash(const struct line *l)
{
	return l->text.len == 1 && l->text.data[0] == '-';
}

/* From the last column on: one after which nothing comes may extend over the others. */
static void measure_row(struct list *l, size_t row, bool ascii, int told[LIST_COLUMNS])
{
	bool last = true;

	for (unsigned c = l->n_columns; c-- > 0;) {
		short w;

		fill(l, row, c);
		told[c] += !is_dash(&l->scratch);
		w = (short)MIN(line_width(&l->scratch, ascii), 1000);
		if (last && c + 1 < l->n_columns && !l->columns[c].right)
			l->alone[c] = MAX(l->alone[c], w);
		else
			l->seen[c] = MAX(l->seen[c], w);
		last = last && !l->scratch.text.len;
	}
}

/* Of a few rows nothing follows. Between the two bounds it stays as it is, lest columns come and go with each row. */
static void judge(struct list *l, const int told[LIST_COLUMNS], int rows)
{
	for (unsigned c = 0; c < l->n_columns && rows >= LEAST_ROWS; c++) {
		if (told[c] * 4 <= rows)
			l->sparse[c] = true;
		else if (told[c] * 2 > rows)
			l->sparse[c] = false;
	}
}

static void measure(struct list *l, int rows, bool ascii)
{
	int told[LIST_COLUMNS] = { 0 }, n = 0;

	for (unsigned c = 0; c < l->n_columns; c++)
		l->seen[c] = MAX(l->seen[c], (short)title_width(l, c, ascii));
	for (int i = 0; i < rows; i++) {
		size_t row = list_row_at(l, l->top + (size_t)i);

		if (row == LIST_NONE || (l->ops->skip && l->ops->skip(l->ctx, row)))
			continue;
		measure_row(l, row, ascii, told);
		n++;
	}
	judge(l, told, n);
}

/* Room to begin in, for cells that may extend beyond it. */
static int begins(const struct list *l, unsigned c)
{
	return MAX((int)l->seen[c], MIN((int)l->alone[c], (int)l->columns[c].min));
}

static int wanted(const struct list *l, unsigned c)
{
	const struct list_column *col = &l->columns[c];
	int w = begins(l, c);

	return col->max > 0 ? MIN(w, MAX(col->max, col->min)) : w;
}

/* One version of fifty letters must not take the names of all modules away. */
static int least(const struct list *l, unsigned c, int room)
{
	/* what is not there needs no room */
	if (!l->seen[c] && !l->alone[c])
		return 0;
	if (l->columns[c].whole)
		return MAX(1, MIN(wanted(l, c), MAX(LEAST_WHOLE, room / 3)));
	return MAX(1, MIN((int)l->columns[c].min, (int)l->seen[c]));
}

/* No column can be dropped: cuts columns below their min. Returns what is still missing. */
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

/* A column that was dropped for a wider one after it may fit: the first again first. */
static int take_back(struct list *l, int all, int room, const bool without[LIST_COLUMNS])
{
	for (unsigned p = 1; p < 256; p++) {
		for (unsigned c = 0; c < l->n_columns; c++) {
			int w = least(l, c, all) + LIST_GAP;

			if (l->widths[c] || without[c] || l->columns[c].priority != p || w > room ||
			    !l->seen[c])
				continue;
			l->widths[c] = (short)(w - LIST_GAP);
			room -= w;
		}
	}
	return room;
}

/* Drops columns until the rest fits; returns the room left when each has its least width. */
static int choose_columns(struct list *l, int room, const bool without[LIST_COLUMNS])
{
	for (unsigned c = 0; c < l->n_columns; c++)
		l->widths[c] = (short)(without[c] ? 0 : least(l, c, room));
	for (;;) {
		int used = -LIST_GAP, drop = -1;

		for (unsigned c = 0; c < l->n_columns; c++) {
			if (!l->widths[c])
				continue;
			used += l->widths[c] + LIST_GAP;
			if (l->columns[c].priority &&
			    (drop < 0 || l->columns[c].priority >= l->columns[drop].priority))
				drop = (int)c;
		}
		if (used > room && drop < 0)
			return -squeeze(l, used - room);
		if (used <= room)
			return take_back(l, room, room - used, without);
		l->widths[drop] = 0;
	}
}

static int widen(struct list *l, unsigned c, int to, int left)
{
	int more = MIN(to - l->widths[c], left);

	if (more <= 0)
		return 0;
	l->widths[c] = (short)(l->widths[c] + more);
	return more;
}

/* How far a column is widened: within its max, beyond it, with the cells that may extend over others. */
enum stage { STAGE_WANTED, STAGE_SEEN, STAGE_ALONE, STAGES };

static int target(const struct list *l, unsigned c, enum stage stage)
{
	switch (stage) {
	case STAGE_WANTED: return wanted(l, c);
	case STAGE_SEEN: return l->seen[c];
	default: return MAX(l->seen[c], l->alone[c]);
	}
}

static int widen_all(struct list *l, int left, unsigned priority, bool flex, enum stage stage)
{
	for (unsigned c = 0; c < l->n_columns; c++)
		if (l->widths[c] && l->columns[c].priority == priority &&
		    !l->columns[c].flex == !flex)
			left -= widen(l, c, target(l, c, stage), left);
	return left;
}

/* Distributes the room left: in each stage by priority, fixed columns first; then to those that flex. What a column holds goes
 * before the min of another. */
static void share(struct list *l, int left)
{
	int shares = 0;

	for (enum stage stage = STAGE_WANTED; stage < STAGES; stage++) {
		for (unsigned p = 0; p < 256 && left > 0; p++) {
			left = widen_all(l, left, p, false, stage);
			left = widen_all(l, left, p, true, stage);
		}
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

static bool name_is_cut(const struct list *l)
{
	for (unsigned c = 0; c < l->n_columns; c++)
		if (l->columns[c].flex && !l->columns[c].priority && l->widths[c] &&
		    l->widths[c] < l->seen[c])
			return true;
	return false;
}

/* -1: none. */
static int sparse_column(const struct list *l)
{
	int found = -1;

	for (unsigned c = 0; c < l->n_columns; c++)
		if (l->sparse[c] && l->widths[c] && l->columns[c].priority &&
		    (found < 0 || l->columns[c].priority >= l->columns[found].priority))
			found = (int)c;
	return found;
}

static void lay_out(struct list *l, int room, const bool without[LIST_COLUMNS])
{
	share(l, choose_columns(l, room, without));
}

/* What vanished before may fit beside whole names. */
static void add_beside(struct list *l, int room, bool without[LIST_COLUMNS])
{
	for (unsigned p = 1; p <= UCHAR_MAX; p++) {
		for (unsigned c = 0; c < l->n_columns; c++) {
			if (!without[c] || l->columns[c].priority != p)
				continue;
			without[c] = false;
			lay_out(l, room, without);
			without[c] = name_is_cut(l) || !l->widths[c];
		}
	}
	lay_out(l, room, without);
}

/* Names before columns in which nearly nothing stands. */
static void fit(struct list *l, int room)
{
	bool without[LIST_COLUMNS] = { 0 }, dropped = false;
	int c;

	lay_out(l, room, without);
	while (name_is_cut(l) && (c = sparse_column(l)) >= 0) {
		dropped = true;
		for (unsigned k = 0; k < l->n_columns; k++)
			without[k] |= !l->widths[k];
		without[c] = true;
		lay_out(l, room, without);
	}
	if (dropped && !name_is_cut(l))
		add_beside(l, room, without);
}

/* drawing */

static void draw_header(struct list *l, struct area a)
{
	int x = LIST_GUTTER;

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
		x += w + LIST_GAP;
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

/* Where the next cell of the row that says something begins, less the gap; the window's end if there is none. */
static int room_end(struct list *l, size_t row, unsigned c, struct span at, int window)
{
	int end = at.x + at.w;

	while (++c < l->n_columns) {
		fill(l, row, c);
		if (l->scratch.text.len)
			return end;
		end += l->widths[c] ? l->widths[c] + LIST_GAP : 0;
	}
	return window - 1;
}

/* Text too long for its column takes the empty cells after it, and what the cell before it leaves free. */
static struct span room_of(struct span at, int from, int end, int want)
{
	int more;

	at.w = MAX(at.w, MIN(want, end - at.x));
	more = MAX(0, MIN(want - at.w, at.x - from));
	return (struct span){ at.x - more, at.w + more };
}

/* `from`: where the cell before it ends, with the gap. Returns where this one does. */
static int draw_cell(struct list *l, struct area a, struct span at, int from, int y, size_t row,
		     unsigned c, unsigned flags)
{
	const struct list_column *col = &l->columns[c];
	int have;

	fill(l, row, c);
	have = line_width(&l->scratch, a.g->ascii);
	if (have == 0)
		return from;
	if (have > at.w) {
		at = room_of(at, from, room_end(l, row, c, at, a.w), have);
		fill(l, row, c);
	}
	if (col->match && l->rows && !fuzzy_empty(&l->rows->filter))
		show_match(l);
	if (col->right && have < at.w)
		area_line(a, at.x + at.w - have, y, have, CUT_NONE, flags, &l->scratch);
	else
		area_line(a, at.x, y, at.w, col->cut, flags, &l->scratch);
	return at.x + LIST_GAP + (col->right ? at.w : MIN(have, at.w));
}

static void draw_row(struct list *l, struct area a, int y, size_t position)
{
	size_t row = list_row_at(l, position);
	unsigned flags = l->ops->style ? l->ops->style(l->ctx, row) : 0;
	int x = LIST_GUTTER, end = LIST_GUTTER;

	if (list_skipped(l, position)) {
		/* the first cell of a heading takes the whole width */
		fill(l, row, 0);
		area_line(a, LIST_GUTTER - 1, y, -1, CUT_END, flags, &l->scratch);
		return;
	}
	if (!l->no_marks && list_marked(l, row))
		area_glyph(a, 0, y, STYLE_GO, GLYPH_MARK);
	for (unsigned c = 0; c < l->n_columns; c++) {
		if (!l->widths[c])
			continue;
		end = draw_cell(l, a, (struct span){ x, l->widths[c] }, end, y, row, c, flags);
		x += l->widths[c] + LIST_GAP;
	}
	if (position == l->cursor)
		area_tint(a, 0, y, a.w, 1, l->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF);
}

/* Words that wrap at spaces, with a margin. */
static void draw_empty(struct area a, const char *text)
{
	int y = 0, x = LIST_GUTTER;

	while (*text) {
		size_t n = strcspn(text, " \n");
		int w = width_textn(text, n, a.g->ascii);

		if (x > LIST_GUTTER && x + w > a.w - 1) {
			y++;
			x = LIST_GUTTER;
		}
		x += area_textn(a, x, y, -1, STYLE_QUIET, CUT_END, text, n) + 1;
		text += n;
		if (*text == '\n') {
			y++;
			x = LIST_GUTTER;
		}
		text += *text != '\0';
	}
}

int list_natural_width(struct list *l, int rows, bool ascii)
{
	int w = LIST_GUTTER + 1, most = 0;

	if (l->height)
		list_follow(l);
	measure(l, rows, ascii);
	for (unsigned c = 0; c < l->n_columns; c++) {
		most = MAX(most, w + MAX(l->seen[c], l->alone[c]));
		w += l->seen[c] ? l->seen[c] + LIST_GAP : 0;
	}
	return most;
}

void list_draw(struct list *l, struct area a)
{
	size_t n = list_count(l);
	struct area body = l->header ? area_sub(a, 0, 1, -1, -1) : a;

	l->drawn = a;
	l->height = body.h;
	if (area_empty(body))
		return;
	list_follow(l);
	measure(l, body.h, a.g->ascii);
	fit(l, body.w - LIST_GUTTER - 1);
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
