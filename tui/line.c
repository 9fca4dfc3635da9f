#include "line.h"

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
		vec_push(&l->spans, (struct line_span){ l->text.len, style });
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
