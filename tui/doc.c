#include "doc.h"

enum { GUTTER_MAX = 24 };

void doc_init(struct doc *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->text);
}

void doc_release(struct doc *d)
{
	buf_release(&d->text);
	vec_release(&d->spans);
	vec_release(&d->lines);
	vec_release(&d->links);
	doc_init(d);
}

void doc_clear(struct doc *d)
{
	buf_clear(&d->text);
	d->spans.n = d->lines.n = d->links.n = 0;
	d->open = false;
	d->gutter = 0;
	d->version++;
}

static struct doc_line *last_line(struct doc *d)
{
	return &d->lines.items[d->lines.n - 1];
}

static void begin(struct doc *d, unsigned flags, const char *label)
{
	struct doc_line l = { .flags = flags, .label = d->text.len };

	buf_addstr(&d->text, label);
	l.n_label = d->text.len - l.label;
	l.text = d->text.len;
	l.span = d->spans.n;
	vec_push(&d->lines, l);
	d->open = true;
	d->version++;
	d->gutter = MIN(MAX(d->gutter, width_text(label, false)), GUTTER_MAX);
}

void doc_heading_line(struct doc *d)
{
	begin(d, DOC_HEADING, "");
}

void doc_heading(struct doc *d, const char *text)
{
	doc_heading_line(d);
	doc_add(d, STYLE_STRONG, text);
}

void doc_field(struct doc *d, const char *label)
{
	begin(d, DOC_FIELD | DOC_VALUE, label);
}

void doc_line(struct doc *d)
{
	begin(d, 0, "");
}

void doc_newline(struct doc *d)
{
	begin(d, d->lines.n ? last_line(d)->flags & DOC_VALUE : 0, "");
}

void doc_blank(struct doc *d)
{
	begin(d, 0, "");
	d->open = false;
}

static void add_piece(struct doc *d, unsigned style, const char *s, size_t len)
{
	struct doc_line *l;

	if (len == 0)
		return;
	if (!d->open)
		doc_line(d);
	l = last_line(d);
	if (l->n_spans == 0 || d->spans.items[d->spans.n - 1].style != style) {
		vec_push(&d->spans, (struct line_span){ d->text.len, style });
		l->n_spans++;
	}
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\t')
			buf_addstr(&d->text, "    ");
		else
			buf_addch(&d->text, s[i]);
	}
	l->len = d->text.len - l->text;
	d->version++;
}

void doc_addn(struct doc *d, unsigned style, const char *text, size_t len)
{
	while (len > 0) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;

		add_piece(d, style, text, n);
		if (!nl)
			return;
		text = nl + 1;
		len -= n + 1;
		/* a final newline does not start a line */
		if (len > 0)
			doc_newline(d);
	}
}

void doc_add(struct doc *d, unsigned style, const char *text)
{
	doc_addn(d, style, text, strlen(text));
}

void doc_addf(struct doc *d, unsigned style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	doc_addn(d, style, b.data, b.len);
	buf_release(&b);
}

void doc_glyph(struct doc *d, unsigned style, enum glyph g)
{
	doc_add(d, style, glyph_text(g, false));
}

void doc_link(struct doc *d, unsigned style, int kind, uint64_t target, const char *text)
{
	struct doc_link k = { .kind = kind, .target = target };
	size_t n = strcspn(text, "\n");

	if (n == 0)
		return;
	if (!d->open)
		doc_line(d);
	k.line = d->lines.n - 1;
	k.start = last_line(d)->len;
	add_piece(d, style, text, n);
	k.len = last_line(d)->len - k.start;
	vec_push(&d->links, k);
}

void doc_text(const struct doc *d, struct buf *out)
{
	for (size_t i = 0; i < d->lines.n; i++) {
		const struct doc_line *l = &d->lines.items[i];
		int label = width_textn(d->text.data + l->label, l->n_label, false);

		if (l->flags & DOC_VALUE) {
			buf_add(out, d->text.data + l->label, l->n_label);
			for (int k = label; k < d->gutter + DOC_GAP; k++)
				buf_addch(out, ' ');
		}
		buf_add(out, d->text.data + l->text, l->len);
		buf_addch(out, '\n');
	}
}
