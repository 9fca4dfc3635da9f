#include "area.h"

struct area area_of(struct grid *g)
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

/* Draws without cutting, clipped; returns the columns. */
static int draw_raw(struct area a, int x, int y, int w, unsigned style, const char *s, size_t len)
{
	struct width_iter it;
	struct width_cluster c;
	int at = 0;

	width_begin(&it, s, len, a.g->ascii);
	while (width_next(&it, &c) && at + c.width <= w) {
		if (x + at >= 0 && x + at + c.width <= a.w && y >= 0 && y < a.h)
			grid_put(a.g, a.x + x + at, a.y + y, style, &c);
		at += c.width;
	}
	return at;
}

int area_textn(struct area a, int x, int y, int w, unsigned style, enum width_cut cut,
	       const char *s, size_t len)
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

int area_text(struct area a, int x, int y, int w, unsigned style, enum width_cut cut, const char *s)
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
	static const struct width_cluster space = { .text = " ", .len = 1, .width = 1 };

	for (int y = 0; y < a.h; y++)
		for (int x = 0; x < a.w; x++)
			grid_put(a.g, a.x + x, a.y + y, style, &space);
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
			grid_tint(r.g, r.x + i, r.y + j, flags);
}

void area_cursor(struct area a, int x, int y)
{
	if (x < 0 || y < 0 || y >= a.h || area_empty(a))
		return;
	a.g->cursor_x = a.x + MIN(x, a.w - 1);
	a.g->cursor_y = a.y + y;
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

/* Applies the spans of `l` to the cut text: the beginning and end that are left keep their styles. */
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

int area_line(struct area a, int x, int y, int w, enum width_cut cut, unsigned flags,
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
