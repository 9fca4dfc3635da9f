#include "cell.h"

enum { GRID_MAX = 1 << 14, GRID_CELLS = 1 << 22 };

static const struct cell blank = { { ' ' }, 1, 1, STYLE_NORMAL };

void grid_init(struct grid *g)
{
	memset(g, 0, sizeof(*g));
	g->cursor_x = g->cursor_y = -1;
}

void grid_release(struct grid *g)
{
	free(g->cells);
	grid_init(g);
}

void grid_resize(struct grid *g, int w, int h)
{
	w = MAX(1, MIN(w, GRID_MAX));
	h = MAX(1, MIN(h, MIN(GRID_MAX, GRID_CELLS / w)));
	if (w != g->w || h != g->h || !g->cells) {
		g->cells = xreallocarray(g->cells, (size_t)w * (size_t)h, sizeof(*g->cells));
		g->w = w;
		g->h = h;
	}
	grid_clear(g);
}

void grid_clear(struct grid *g)
{
	size_t n = (size_t)g->w * (size_t)g->h;

	for (size_t i = 0; i < n; i++)
		g->cells[i] = blank;
	g->cursor_x = g->cursor_y = -1;
}

static struct cell *cell_at(struct grid *g, int x, int y)
{
	return g->cells + (size_t)y * (size_t)g->w + (size_t)x;
}

const struct cell *grid_at(const struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->w || y >= g->h)
		return &blank;
	return g->cells + (size_t)y * (size_t)g->w + (size_t)x;
}

static int row_end(const struct grid *g, int y)
{
	int end = g->w;

	while (end > 0) {
		const struct cell *c = grid_at(g, end - 1, y);

		if (c->len != 1 || c->text[0] != ' ')
			break;
		end--;
	}
	return end;
}

void grid_dump(const struct grid *g, struct buf *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = row_end(g, y);

		for (int x = 0; x < end; x++) {
			const struct cell *c = grid_at(g, x, y);

			buf_add(out, c->text, c->len);
		}
		buf_addch(out, '\n');
	}
}

static void dump_style(struct buf *out, unsigned style)
{
	buf_addch(out, '{');
	buf_addstr(out, style_name(style & STYLE_ID_MASK));
	if (style & STYLE_CURSOR)
		buf_addstr(out, "+cursor");
	if (style & STYLE_CURSOR_OFF)
		buf_addstr(out, "+off");
	if (style & STYLE_BOLD)
		buf_addstr(out, "+bold");
	if (style & STYLE_UNDERLINE)
		buf_addstr(out, "+underline");
	if (style & STYLE_FOUND)
		buf_addstr(out, "+found");
	buf_addch(out, ':');
}

void grid_dump_styles(const struct grid *g, struct buf *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = g->w;
		unsigned style = STYLE_NORMAL;

		while (end > 0 && grid_at(g, end - 1, y)->style == STYLE_NORMAL &&
		       grid_at(g, end - 1, y)->text[0] == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			const struct cell *c = grid_at(g, x, y);

			if (c->style != style) {
				if (style != STYLE_NORMAL)
					buf_addch(out, '}');
				style = c->style;
				if (style != STYLE_NORMAL)
					dump_style(out, style);
			}
			buf_add(out, c->text, c->len);
		}
		buf_addstr(out, style != STYLE_NORMAL ? "}\n" : "\n");
	}
}

struct area grid_area(struct grid *g)
{
	return (struct area){ g, 0, 0, g->w, g->h };
}

struct area area_sub(struct area a, int x, int y, int w, int h)
{
	struct area r = { a.g, a.x, a.y, 0, 0 };
	int x1, y1;

	x1 = w < 0 ? a.w : MIN(a.w, x + w);
	y1 = h < 0 ? a.h : MIN(a.h, y + h);
	x = MAX(0, MIN(x, a.w));
	y = MAX(0, MIN(y, a.h));
	r.x = a.x + x;
	r.y = a.y + y;
	r.w = MAX(0, x1 - x);
	r.h = MAX(0, y1 - y);
	return r;
}

bool area_hit(struct area a, int gx, int gy, int *x, int *y)
{
	if (gx < a.x || gy < a.y || gx >= a.x + a.w || gy >= a.y + a.h)
		return false;
	if (x)
		*x = gx - a.x;
	if (y)
		*y = gy - a.y;
	return true;
}

/* Half of a wide cluster must not stay when the other half is overwritten. */
static void unhalve(struct grid *g, int x, int y)
{
	struct cell *c = cell_at(g, x, y);

	if (c->len == 0 && x > 0) {
		struct cell *left = c - 1;
		uint16_t style = left->style;

		*left = blank;
		left->style = style;
	} else if (c->width == 2 && x + 1 < g->w) {
		uint16_t style = c[1].style;

		c[1] = blank;
		c[1].style = style;
	}
}

/* Puts one cluster at grid coordinates that are inside. */
static void put(struct grid *g, int x, int y, unsigned style, const struct cluster *cl)
{
	struct cell *c = cell_at(g, x, y);

	unhalve(g, x, y);
	memset(c->text, 0, sizeof(c->text));
	memcpy(c->text, cl->text, cl->len);
	c->len = cl->len;
	c->width = cl->width;
	c->style = (uint16_t)style;
	if (cl->width == 2) {
		unhalve(g, x + 1, y);
		memset(c[1].text, 0, sizeof(c[1].text));
		c[1].len = c[1].width = 0;
		c[1].style = (uint16_t)style;
	}
}

/* Draws without cutting, clipped; returns the columns. */
static int draw_raw(struct area a, int x, int y, int w, unsigned style, const char *s, size_t len)
{
	struct width_iter it;
	struct cluster c;
	int at = 0;

	width_begin(&it, s, len, a.g->ascii);
	while (width_next(&it, &c) && at + c.width <= w) {
		if (x + at >= 0 && x + at + c.width <= a.w && y >= 0 && y < a.h)
			put(a.g, a.x + x + at, a.y + y, style, &c);
		at += c.width;
	}
	return at;
}

int area_textn(struct area a, int x, int y, int w, unsigned style, enum cut cut, const char *s,
	       size_t len)
{
	struct buf b = BUF_INIT;
	int used;

	if (w < 0 || w > a.w - x)
		w = a.w - x;
	if (w <= 0 || y < 0 || y >= a.h)
		return 0;
	if (cut == CUT_NONE || (len <= (size_t)w && width_textn(s, len, a.g->ascii) <= w))
		return draw_raw(a, x, y, w, style, s, len);
	width_cut(&b, s, len, w, cut, a.g->ascii);
	used = draw_raw(a, x, y, w, style, b.data, b.len);
	buf_release(&b);
	return used;
}

int area_text(struct area a, int x, int y, int w, unsigned style, enum cut cut, const char *s)
{
	return area_textn(a, x, y, w, style, cut, s, strlen(s));
}

int area_fmt(struct area a, int x, int y, int w, unsigned style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int used;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	used = area_textn(a, x, y, w, style, CUT_END, b.data, b.len);
	buf_release(&b);
	return used;
}

int area_text_right(struct area a, int x, int y, int w, unsigned style, const char *s)
{
	int have = width_text(s, a.g->ascii);

	if (w < 0)
		w = a.w - x;
	if (have < w)
		return area_text(a, x + w - have, y, have, style, CUT_END, s) + w - have;
	return area_text(a, x, y, w, style, CUT_END, s);
}

int area_glyph(struct area a, int x, int y, unsigned style, enum glyph g)
{
	return area_text(a, x, y, -1, style, CUT_NONE, glyph_text(g, a.g->ascii));
}

void area_fill(struct area a, unsigned style)
{
	static const struct cluster space = { .text = " ", .len = 1, .width = 1 };

	for (int y = 0; y < a.h; y++)
		for (int x = 0; x < a.w; x++)
			put(a.g, a.x + x, a.y + y, style, &space);
}

void area_hline(struct area a, int x, int y, int w, unsigned style)
{
	for (int i = 0; i < w; i++)
		area_glyph(a, x + i, y, style, GLYPH_LINE);
}

void area_vline(struct area a, int x, int y, int h, unsigned style)
{
	for (int i = 0; i < h; i++)
		area_glyph(a, x, y + i, style, GLYPH_RULE);
}

struct area area_box(struct area a, unsigned style, const char *title)
{
	if (a.w < 2 || a.h < 2)
		return area_sub(a, 0, 0, 0, 0);
	area_hline(a, 1, 0, a.w - 2, style);
	area_hline(a, 1, a.h - 1, a.w - 2, style);
	area_vline(a, 0, 1, a.h - 2, style);
	area_vline(a, a.w - 1, 1, a.h - 2, style);
	area_text(a, 0, 0, 1, style, CUT_NONE, "┌");
	area_text(a, a.w - 1, 0, 1, style, CUT_NONE, "┐");
	area_text(a, 0, a.h - 1, 1, style, CUT_NONE, "└");
	area_text(a, a.w - 1, a.h - 1, 1, style, CUT_NONE, "┘");
	if (title && a.w > 6) {
		int n = area_text(a, 3, 0, a.w - 6, STYLE_STRONG, CUT_END, title);

		area_text(a, 2, 0, 1, style, CUT_NONE, " ");
		area_text(a, 3 + n, 0, 1, style, CUT_NONE, " ");
	}
	return area_sub(a, 1, 1, a.w - 2, a.h - 2);
}

void area_tint(struct area a, int x, int y, int w, int h, unsigned flags)
{
	struct area r = area_sub(a, x, y, w, h);

	for (int j = 0; j < r.h; j++)
		for (int i = 0; i < r.w; i++)
			cell_at(r.g, r.x + i, r.y + j)->style |=
				(uint16_t)(flags & ~(unsigned)STYLE_ID_MASK);
}

void area_cursor(struct area a, int x, int y)
{
	if (x < 0 || y < 0 || y >= a.h || area_empty(a))
		return;
	a.g->cursor_x = a.x + MIN(x, a.w - 1);
	a.g->cursor_y = a.y + y;
}

void line_init(struct line *l)
{
	*l = (struct line)LINE_INIT;
}

void line_release(struct line *l)
{
	buf_release(&l->text);
	vec_release(&l->spans);
}

void line_clear(struct line *l)
{
	buf_clear(&l->text);
	l->spans.n = 0;
	l->head = 0;
}

void line_addn(struct line *l, unsigned style, const char *s, size_t len)
{
	if (len == 0)
		return;
	if (l->spans.n == 0 || l->spans.items[l->spans.n - 1].style != style)
		vec_push(&l->spans, (struct span){ l->text.len, style });
	buf_add(&l->text, s, len);
}

void line_add(struct line *l, unsigned style, const char *s)
{
	line_addn(l, style, s, strlen(s));
}

void line_addf(struct line *l, unsigned style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	line_addn(l, style, b.data, b.len);
	buf_release(&b);
}

void line_glyph(struct line *l, unsigned style, enum glyph g)
{
	line_add(l, style, glyph_text(g, false));
}

int line_width(const struct line *l, bool ascii)
{
	return width_textn(l->text.data, l->text.len, ascii);
}

static unsigned with_flags(unsigned style, unsigned flags)
{
	if ((style & STYLE_ID_MASK) == STYLE_NORMAL)
		return style | flags;
	return style | (flags & ~(unsigned)STYLE_ID_MASK);
}

static int draw_spans(struct area a, int x, int y, int w, unsigned flags, const struct line *l)
{
	int used = 0;

	for (size_t i = 0; i < l->spans.n && used < w; i++) {
		size_t start = l->spans.items[i].start;
		size_t end = i + 1 < l->spans.n ? l->spans.items[i + 1].start : l->text.len;

		used += draw_raw(a, x + used, y, w - used,
				 with_flags(l->spans.items[i].style, flags), l->text.data + start,
				 end - start);
	}
	return used;
}

/* Lays the spans of `l` over the cut text: kept beginning and end keep their styles. */
static void restyle(struct line *out, const struct line *l, const struct buf *cut)
{
	size_t head = 0, tail = 0, n = MIN(cut->len, l->text.len);

	while (head < n && cut->data[head] == l->text.data[head])
		head++;
	while (tail < n - head &&
	       cut->data[cut->len - 1 - tail] == l->text.data[l->text.len - 1 - tail])
		tail++;
	for (size_t i = 0, s = 0; i < cut->len; i++) {
		size_t at = i < head || i < cut->len - tail ? MIN(i, head)
							    : l->text.len - (cut->len - i);

		if (at < l->spans.items[s].start)
			s = 0;
		while (s + 1 < l->spans.n && l->spans.items[s + 1].start <= at)
			s++;
		line_addn(out, l->spans.items[s].style, cut->data + i, 1);
	}
}

int area_line(struct area a, int x, int y, int w, enum cut cut, unsigned flags,
	      const struct line *l)
{
	struct line shown = LINE_INIT;
	struct buf b = BUF_INIT;
	int used;

	if (w < 0 || w > a.w - x)
		w = a.w - x;
	if (w <= 0 || y < 0 || y >= a.h || l->spans.n == 0)
		return 0;
	if (cut == CUT_NONE || line_width(l, a.g->ascii) <= w)
		return draw_spans(a, x, y, w, flags, l);
	buf_add(&b, l->text.data, l->head);
	width_cut(&b, l->text.data + l->head, l->text.len - l->head,
		  MAX(w - width_textn(b.data, b.len, a.g->ascii), 0), cut, a.g->ascii);
	restyle(&shown, l, &b);
	used = draw_spans(a, x, y, w, flags, &shown);
	line_release(&shown);
	buf_release(&b);
	return used;
}
