#include "pager.h"

enum { MARGIN = 1, WHEEL_ROWS = 3, CONTEXT = 2, LEAST_VALUE = 12 };

void pager_init(struct pager *p)
{
	memset(p, 0, sizeof(*p));
	p->focused = true;
	p->link = SIZE_MAX;
}

void pager_release(struct pager *p)
{
	free(p->search);
	vec_release(&p->rows);
	pager_init(p);
}

void pager_set(struct pager *p, const struct doc *d)
{
	p->doc = d;
	p->top = p->cursor = 0;
	p->link = SIZE_MAX;
	p->width = 0; /* no layout */
}

static int value_column(const struct doc *d, int width)
{
	int col = d->gutter ? d->gutter + DOC_GAP : 0;

	return MAX(0, MIN(col, width - LEAST_VALUE));
}

static int column_of(const struct pager *p, const struct doc_line *l)
{
	return l->flags & DOC_VALUE ? value_column(p->doc, p->width) : 0;
}

/* How many bytes of s fit in `room` columns; breaks at a space, or behind a slash or comma in the last two thirds. */
static size_t wrap_at(const char *s, size_t len, int room, bool ascii)
{
	struct width_iter it;
	struct width_cluster c;
	size_t good = 0, fits = 0;
	int w = 0;

	width_begin(&it, s, len, ascii);
	while (width_next(&it, &c)) {
		w += c.width;
		if (s[c.pos] == ' ')
			good = c.pos; /* even if the space itself is beyond the edge */
		if (w > room)
			return good ? good : fits ? fits : c.end;
		fits = c.end;
		if ((s[c.pos] == '/' || s[c.pos] == ',') && w > room / 3 &&
		    !(c.end < len && s[c.end] == '/')) /* "// indirect", "https://" */
			good = c.end;
	}
	return len;
}

static void lay_out_line(struct pager *p, size_t number)
{
	const struct doc_line *l = &p->doc->lines.items[number];
	const char *s = p->doc->text.data + l->text;
	int room = MAX(1, p->width - column_of(p, l));
	size_t at = 0;

	do {
		struct pager_row r = { number, at, l->len - at, at == 0 };

		r.len = wrap_at(s + at, l->len - at, room, p->ascii);
		vec_push(&p->rows, r);
		at += r.len;
		while (at < l->len && s[at] == ' ')
			at++;
	} while (at < l->len);
}

static size_t row_of_line(const struct pager *p, size_t line)
{
	size_t lo = 0, hi = p->rows.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->rows.items[mid].line < line)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void clamp(struct pager *p)
{
	size_t h = (size_t)MAX(p->height, 1), c = p->height >= 3 * CONTEXT ? CONTEXT : 0;

	if (p->cursor_line && p->rows.n) {
		p->cursor = MIN(p->cursor, p->rows.n - 1);
		if (p->cursor < p->top + c)
			p->top = p->cursor > c ? p->cursor - c : 0;
		if (p->cursor + c + 1 > p->top + h)
			p->top = p->cursor + c + 1 - h;
	}
	if (p->top + h > p->rows.n)
		p->top = p->rows.n > h ? p->rows.n - h : 0;
}

static void lay_out(struct pager *p, int width, bool ascii)
{
	size_t top = 0, cursor = 0;

	if (p->width == width && p->version == p->doc->version && p->ascii == ascii)
		return;
	if (p->width > 0 && p->rows.n) {
		top = p->rows.items[MIN(p->top, p->rows.n - 1)].line;
		cursor = p->rows.items[MIN(p->cursor, p->rows.n - 1)].line;
	}
	p->width = width;
	p->ascii = ascii;
	p->version = p->doc->version;
	p->rows.n = 0;
	for (size_t i = 0; i < p->doc->lines.n; i++)
		lay_out_line(p, i);
	p->top = row_of_line(p, top);
	p->cursor = row_of_line(p, cursor);
	if (p->link != SIZE_MAX && p->link >= p->doc->links.n)
		p->link = p->doc->links.n ? p->doc->links.n - 1 : SIZE_MAX;
}

size_t pager_rows(struct pager *p, int width, bool ascii)
{
	if (!p->doc)
		return 0;
	lay_out(p, width - 2 * MARGIN, ascii);
	return p->rows.n;
}

void pager_refresh(struct pager *p)
{
	if (p->doc)
		p->version = p->doc->version - 1;
}

/* drawing */

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (fold(*s) != *s)
			return true;
	return false;
}

/* The next place of the searched text in s from `at` on, or len. */
static size_t find_text(const char *needle, const char *s, size_t len, size_t at)
{
	size_t n = strlen(needle);
	bool exact = has_upper(needle);

	for (; at + n <= len; at++) {
		size_t k = 0;

		while (k < n && (exact ? s[at + k] : fold(s[at + k])) == needle[k])
			k++;
		if (k == n)
			return at;
	}
	return len;
}

static unsigned link_flags(const struct pager *p, size_t line, size_t at)
{
	const struct doc_link *k = pager_link(p);

	if (!k || !p->focused || k->line != line || at < k->start || at >= k->start + k->len)
		return 0;
	return STYLE_CURSOR;
}

static void style_row(const struct pager *p, const struct pager_row *r, struct line *out)
{
	const struct doc *d = p->doc;
	const struct doc_line *l = &d->lines.items[r->line];
	const char *s = d->text.data + l->text;
	size_t found = p->search ? find_text(p->search, s, l->len, 0) : l->len,
	       n = p->search ? strlen(p->search) : 0;
	size_t span = l->span;

	for (size_t i = r->start; i < r->start + r->len; i++) {
		unsigned style;

		while (span + 1 < l->span + l->n_spans &&
		       d->spans.items[span + 1].start <= l->text + i)
			span++;
		while (found < l->len && found + n <= i)
			found = find_text(p->search, s, l->len, found + n);
		style = d->spans.items[span].style | link_flags(p, r->line, i);
		if (i >= found && found < l->len)
			style |= STYLE_FOUND;
		line_addn(out, style, s + i, 1);
	}
}

static void draw_row(struct pager *p, struct area a, int y, size_t row)
{
	const struct pager_row *r = &p->rows.items[row];
	const struct doc_line *l = &p->doc->lines.items[r->line];
	int col = column_of(p, l);
	struct line text = LINE_INIT;

	if (r->first && l->n_label)
		area_textn(a, MARGIN, y, MAX(col - 1, 1), STYLE_TITLE, CUT_END,
			   p->doc->text.data + l->label, l->n_label);
	if (r->len)
		style_row(p, r, &text);
	area_line(a, MARGIN + col, y, p->width - col, CUT_NONE, 0, &text);
	line_release(&text);
	if (p->cursor_line && row == p->cursor)
		area_tint(a, 0, y, a.w, 1, p->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF);
}

/* Marks that there is more above or below. */
static void draw_more(struct pager *p, struct area a)
{
	size_t below = p->rows.n - MIN(p->rows.n, p->top + (size_t)a.h);

	if (p->top > 0)
		area_glyph(a, a.w - 1, 0, STYLE_QUIET, GLYPH_UP);
	if (below > 0)
		area_glyph(a, a.w - 1, a.h - 1, STYLE_QUIET, GLYPH_DOWN);
}

void pager_draw(struct pager *p, struct area a)
{
	p->drawn = a;
	p->height = a.h;
	if (!p->doc || area_empty(a) || a.w < 3)
		return;
	lay_out(p, a.w - 2 * MARGIN, a.g->ascii);
	clamp(p);
	for (int y = 0; y < a.h && p->top + (size_t)y < p->rows.n; y++)
		draw_row(p, a, y, p->top + (size_t)y);
	draw_more(p, a);
}

/* moves */

static void move_by(struct pager *p, long by)
{
	size_t *at = p->cursor_line ? &p->cursor : &p->top;

	if (by < 0)
		*at -= MIN(*at, (size_t)-by);
	else
		*at += (size_t)by;
	clamp(p);
}

void pager_move(struct pager *p, enum pager_move m)
{
	long page = MAX(1, p->height - CONTEXT);

	switch (m) {
	case PAGER_UP: move_by(p, -1); break;
	case PAGER_DOWN: move_by(p, 1); break;
	case PAGER_PAGE_UP: move_by(p, -page); break;
	case PAGER_PAGE_DOWN: move_by(p, page); break;
	case PAGER_HALF_UP: move_by(p, -MAX(1, p->height / 2)); break;
	case PAGER_HALF_DOWN: move_by(p, MAX(1, p->height / 2)); break;
	case PAGER_TOP: p->top = p->cursor = 0; break;
	case PAGER_BOTTOM:
		p->top = p->cursor = p->rows.n;
		clamp(p);
		break;
	}
}

static size_t link_row(const struct pager *p, size_t link)
{
	const struct doc_link *k = &p->doc->links.items[link];
	size_t row = row_of_line(p, k->line);

	while (row + 1 < p->rows.n && p->rows.items[row + 1].line == k->line &&
	       p->rows.items[row + 1].start <= k->start)
		row++;
	return row;
}

static bool row_visible(const struct pager *p, size_t row)
{
	return row >= p->top && row < p->top + (size_t)MAX(p->height, 1);
}

/* The link after (before) the current one; without one, the first at or below (above) the top. */
static size_t adjacent_link(const struct pager *p, int dir)
{
	size_t n = p->doc ? p->doc->links.n : 0, i;

	if (n == 0)
		return SIZE_MAX;
	if (p->link != SIZE_MAX && p->link < n) {
		i = p->link + (size_t)dir;
		return i < n ? i : SIZE_MAX;
	}
	for (i = 0; i < n && link_row(p, i) < p->top; i++)
		;
	if (dir > 0)
		return i < n ? i : SIZE_MAX;
	return i > 0 ? i - 1 : SIZE_MAX;
}

bool pager_next_link(struct pager *p, int dir)
{
	size_t link = adjacent_link(p, dir), row, h = (size_t)MAX(p->height, 1);

	if (link == SIZE_MAX)
		return false;
	p->link = link;
	row = link_row(p, link);
	if (p->cursor_line)
		p->cursor = row;
	else if (row < p->top)
		p->top = row > CONTEXT ? row - CONTEXT : 0;
	else if (row >= p->top + h)
		p->top = row + 1 + CONTEXT - MIN(h, row + 1 + CONTEXT);
	clamp(p);
	return true;
}

const struct doc_link *pager_link(const struct pager *p)
{
	return p->doc && p->link < p->doc->links.n ? &p->doc->links.items[p->link] : NULL;
}

size_t pager_line(const struct pager *p)
{
	size_t row = p->cursor_line ? p->cursor : p->top;

	return row < p->rows.n ? p->rows.items[row].line : 0;
}

static bool line_matches(const struct pager *p, size_t line)
{
	const struct doc_line *l = &p->doc->lines.items[line];

	return find_text(p->search, p->doc->text.data + l->text, l->len, 0) < l->len;
}

bool pager_search_next(struct pager *p, int dir)
{
	size_t n = p->doc ? p->doc->lines.n : 0, at = pager_line(p);

	if (!p->search)
		return false;
	for (size_t i = 0; i < n; i++) {
		at = dir > 0 ? (at + 1 < n ? at + 1 : 0) : at > 0 ? at - 1 : n - 1;
		if (!line_matches(p, at))
			continue;
		p->top = p->cursor = row_of_line(p, at);
		clamp(p);
		return true;
	}
	return false;
}

bool pager_search(struct pager *p, const char *text)
{
	free(p->search);
	p->search = text && *text ? xstrdup(text) : NULL;
	if (!p->search || !p->doc || p->doc->lines.n == 0)
		return !p->search;
	return line_matches(p, pager_line(p)) || pager_search_next(p, 1);
}

static enum pager_result click(struct pager *p, int x, int y)
{
	size_t row = p->top + (size_t)y;
	const struct pager_row *r;
	const struct doc_line *l;
	int at;

	if (row >= p->rows.n)
		return PAGER_HANDLED;
	if (p->cursor_line)
		p->cursor = row;
	r = &p->rows.items[row];
	l = &p->doc->lines.items[r->line];
	at = x - MARGIN - column_of(p, l);
	for (size_t i = 0; i < p->doc->links.n; i++) {
		const struct doc_link *k = &p->doc->links.items[i];
		const char *s = p->doc->text.data + l->text;
		int from, to;

		if (k->line != r->line || k->start + k->len <= r->start ||
		    k->start >= r->start + r->len)
			continue;
		from = k->start > r->start
			       ? width_textn(s + r->start, k->start - r->start, p->ascii)
			       : 0;
		to = width_textn(s + r->start, MIN(k->start + k->len, r->start + r->len) - r->start,
				 p->ascii);
		if (at >= from && at < to) {
			p->link = i;
			return PAGER_FOLLOW;
		}
	}
	return PAGER_HANDLED;
}

enum pager_result pager_event(struct pager *p, const struct event *ev)
{
	int x, y;

	if (ev->type != EV_MOUSE || !area_hit(p->drawn, ev->x, ev->y, &x, &y))
		return PAGER_IGNORED;
	if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN) {
		move_by(p, ev->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
		return PAGER_HANDLED;
	}
	if (ev->mouse == MOUSE_PRESS && ev->button == 1)
		return click(p, x, y);
	return PAGER_HANDLED;
}

/* actions */

/* Goes to the next visible link first, else one row: arrows alone reach everything. */
static void run_line(void *ctx, int arg)
{
	struct pager *p = ctx;
	int dir = arg == PAGER_DOWN ? 1 : -1;
	size_t link = p->cursor_line ? SIZE_MAX : adjacent_link(p, dir);

	if (link != SIZE_MAX && row_visible(p, link_row(p, link))) {
		p->link = link;
		return;
	}
	pager_move(p, (enum pager_move)arg);
}

static void run_move(void *ctx, int arg)
{
	pager_move(ctx, (enum pager_move)arg);
}

static void run_link(void *ctx, int arg)
{
	pager_next_link(ctx, arg);
}

static void run_search(void *ctx, int arg)
{
	pager_search_next(ctx, arg);
}

static bool has_links(void *ctx)
{
	const struct pager *p = ctx;

	return p->doc && p->doc->links.n > 0;
}

static bool has_search(void *ctx)
{
	return ((const struct pager *)ctx)->search != NULL;
}

const struct action pager_actions[] = {
	{ "down", "down j", NULL, "to the next visible link, or a row down", NULL, run_line,
	  PAGER_DOWN, ACTION_NO_PALETTE },
	{ "up", "up k", NULL, "to the previous visible link, or a row up", NULL, run_line, PAGER_UP,
	  ACTION_NO_PALETTE },
	{ "page-down", "pgdn ctrl-f space", NULL, "a page down", NULL, run_move, PAGER_PAGE_DOWN,
	  ACTION_NO_PALETTE },
	{ "page-up", "pgup ctrl-b", NULL, "a page up", NULL, run_move, PAGER_PAGE_UP,
	  ACTION_NO_PALETTE },
	{ "half-down", "ctrl-d", NULL, "half a page down", NULL, run_move, PAGER_HALF_DOWN,
	  ACTION_NO_PALETTE },
	{ "half-up", "ctrl-u", NULL, "half a page up", NULL, run_move, PAGER_HALF_UP,
	  ACTION_NO_PALETTE },
	{ "top", "g home", NULL, "go to the top", NULL, run_move, PAGER_TOP, ACTION_NO_PALETTE },
	{ "bottom", "G end", NULL, "go to the end", NULL, run_move, PAGER_BOTTOM,
	  ACTION_NO_PALETTE },
	{ "next-link", "]", NULL, "go to the next link", has_links, run_link, 1,
	  ACTION_NO_PALETTE },
	{ "previous-link", "[", NULL, "go to the previous link", has_links, run_link, -1,
	  ACTION_NO_PALETTE },
	{ "next-match", "n", NULL, "go to the next match", has_search, run_search, 1,
	  ACTION_NO_PALETTE },
	{ "previous-match", "N", NULL, "go to the previous match", has_search, run_search, -1,
	  ACTION_NO_PALETTE },
	{ 0 },
};
