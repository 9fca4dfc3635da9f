#include "commands/report.h"

#include <time.h>
#include <utf8proc.h>

#include "base/text.h"
#include "fetch/http_secret.h"

#define FLUSH_AT ((size_t)64 << 10)

/* The look of a style in the default theme: SGR sequences, "" for none. */
static const char *sgr(enum style_id s)
{
	switch (s) {
	case STYLE_BAD:
	case STYLE_REMOVED: return "\033[31m";
	case STYLE_ATTENTION:
	case STYLE_CHANGED: return "\033[33m";
	case STYLE_GOOD:
	case STYLE_ADDED: return "\033[32m";
	case STYLE_GO:
	case STYLE_LINK: return "\033[36m";
	case STYLE_QUIET:
	case STYLE_TITLE: return "\033[2m";
	case STYLE_STRONG: return "\033[1m";
	default: return "";
	}
}

void report_init(struct report *r, void (*write)(void *ctx, int fd, const void *data, size_t len),
		 void *ctx)
{
	*r = (struct report){ .write = write, .ctx = ctx };
	buf_init(&r->out);
	buf_init(&r->err);
	buf_init(&r->said);
}

static void clear_progress(struct report *r)
{
	if (r->has_progress)
		r->write(r->ctx, 2, "\r\033[K", 4);
	r->has_progress = false;
}

void report_progress(void *report, const char *text)
{
	struct report *r = report;
	struct buf b = BUF_INIT;

	if (!r->err_width)
		return;
	buf_addch(&b, '\r');
	text_escape(&b, text, strlen(text), false);
	buf_truncate(&b, MIN(b.len, (size_t)r->err_width));
	buf_addstr(&b, "\033[K");
	r->write(r->ctx, 2, b.data, b.len);
	r->has_progress = true;
	buf_release(&b);
}

/* A server's answer, and so any text, may contain secrets sent to it. A twin of go's output is not masked. */
static void flush_one(struct report *r, struct buf *b, int fd)
{
	if (fd == 2 && r->json && !r->answered)
		buf_add(&r->said, b->data, b->len);
	if (!b->len)
		return;
	clear_progress(r);
	r->write(r->ctx, fd, b->data, b->len);
	buf_clear(b);
}

void report_flush(struct report *r)
{
	if (!r->json)
		http_secrets_mask_certain(http_secrets_sent(), &r->out);
	http_secrets_mask_certain(http_secrets_sent(), &r->err);
	flush_one(r, &r->out, 1);
	flush_one(r, &r->err, 2);
	r->no_line = 0;
}

void report_release(struct report *r)
{
	report_flush(r);
	clear_progress(r);
	buf_release(&r->out);
	buf_release(&r->err);
	buf_release(&r->said);
}

static void flush_lines(struct report *r, size_t n)
{
	struct buf rest = BUF_INIT;

	buf_add(&rest, r->out.data + n, r->out.len - n);
	buf_truncate(&r->out, n);
	report_flush(r);
	buf_add(&r->out, rest.data, rest.len);
	buf_release(&rest);
}

static void out_grown(struct report *r)
{
	size_t n = r->out.len;

	r->answered = true;
	if (n < FLUSH_AT)
		return;
	/* write whole lines, so that no secret is split */
	while (n > r->no_line && r->out.data[n - 1] != '\n')
		n--;
	if (n > r->no_line)
		flush_lines(r, n);
	r->no_line = r->out.len;
}

void report_raw(struct report *r, const void *data, size_t len)
{
	buf_add(&r->out, data, len);
	out_grown(r);
}

/* Avoids a copy if possible: a graph may have a hundred megabytes. */
void report_twin(struct report *r, struct buf *b)
{
	if (r->width) {
		text_escape(&r->out, b->data, b->len, true);
		buf_clear(b);
		out_grown(r);
	} else {
		r->answered = true;
		report_flush(r);
		flush_one(r, b, 1);
	}
}

void report_rawf(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&r->out, fmt, ap);
	va_end(ap);
	out_grown(r);
}

PRINTF_FMT(2, 0)
static void add_escaped(struct buf *to, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT;

	buf_vaddf(&b, fmt, ap);
	text_escape(to, b.data, b.len, true);
	buf_release(&b);
}

void report_textf(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_escaped(&r->out, fmt, ap);
	va_end(ap);
	out_grown(r);
}

void report_styledf(struct report *r, enum style_id s, const char *fmt, ...)
{
	bool color = r->color_out && sgr(s)[0];
	va_list ap;

	if (color)
		buf_addstr(&r->out, sgr(s));
	va_start(ap, fmt);
	add_escaped(&r->out, fmt, ap);
	va_end(ap);
	if (color)
		buf_addstr(&r->out, "\033[0m");
	out_grown(r);
}

const char *report_glyph(const struct report *r, enum glyph g)
{
	return glyph_text(g, r->ascii);
}

void report_notef(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_escaped(&r->err, fmt, ap);
	va_end(ap);
	buf_addch(&r->err, '\n');
}

void report_go_words(struct report *r, const char *text)
{
	size_t len = strlen(text);

	text_escape(&r->err, text, len, true);
	if (!len || text[len - 1] != '\n')
		buf_addch(&r->err, '\n');
}

static int text_width(const char *s)
{
	size_t len = strlen(s);
	uint32_t rune;
	int w = 0;

	for (size_t n; (n = text_rune(s, len, &rune)) > 0; s += n, len -= n)
		w += utf8proc_charwidth((utf8proc_int32_t)rune);
	return w;
}

void report_table_begin(struct report_table *t, struct report *r,
			const struct report_column *columns, size_t n)
{
	*t = (struct report_table){ .r = r, .columns = columns, .n_columns = n };
	for (size_t i = 0; i < n && columns[0].header; i++)
		report_cell(t, STYLE_QUIET, "%s", columns[i].header);
}

void report_cell(struct report_table *t, enum style_id s, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	struct report_table_cell cell = { .style = s };
	va_list ap;

	va_start(ap, fmt);
	add_escaped(&b, fmt, ap);
	va_end(ap);
	cell.text = arena_strndup(&t->arena, b.data, b.len);
	cell.width = text_width(cell.text);
	buf_release(&b);
	vec_push(&t->cells, cell);
}

static void print_cell(struct report_table *t, size_t i, int width)
{
	const struct report_table_cell *c = &t->cells.items[i];
	size_t col = i % t->n_columns;
	bool last = col + 1 == t->n_columns;
	int pad = width - c->width;
	struct buf *b = &t->r->out;
	bool color = t->r->color_out && sgr(c->style)[0] && c->text[0];

	if (t->columns[col].right)
		buf_addf(b, "%*s", pad, "");
	buf_addf(b, "%s%s%s", color ? sgr(c->style) : "", c->text, color ? "\033[0m" : "");
	if (!t->columns[col].right && !last)
		buf_addf(b, "%*s", pad, "");
	buf_addstr(b, last ? "\n" : "  ");
}

static void trim_line(struct buf *b, size_t from)
{
	size_t n = b->len - 1;

	while (n > from && b->data[n - 1] == ' ')
		n--;
	buf_truncate(b, n);
	buf_addch(b, '\n');
}

void report_table_end(struct report_table *t)
{
	int *width = xcalloc(t->n_columns, sizeof(*width));

	for (size_t i = 0; i < t->cells.n; i++)
		width[i % t->n_columns] = MAX(width[i % t->n_columns], t->cells.items[i].width);
	for (size_t row = 0; row + t->n_columns <= t->cells.n; row += t->n_columns) {
		size_t from = t->r->out.len;

		for (size_t col = 0; col < t->n_columns; col++)
			print_cell(t, row + col, width[col]);
		trim_line(&t->r->out, from);
		out_grown(t->r);
	}
	free(width);
	vec_release(&t->cells);
	arena_release(&t->arena);
}

static void print_spans(struct report *r, const struct doc *d, const struct doc_line *l)
{
	size_t end = l->text + l->len;

	for (size_t i = 0; i < l->n_spans; i++) {
		const struct line_span *sp = &d->spans.items[l->span + i];
		size_t stop = i + 1 < l->n_spans ? sp[1].start : end;

		report_styledf(r, (enum style_id)(sp->style & STYLE_ID_MASK), "%.*s",
			       (int)(stop - sp->start), d->text.data + sp->start);
	}
}

void report_document(struct report *r, const struct doc *d)
{
	for (size_t i = 0; i < d->lines.n; i++) {
		const struct doc_line *l = &d->lines.items[i];

		if (l->n_label)
			report_styledf(r, STYLE_QUIET, "%-*.*s  ", d->gutter, (int)l->n_label,
				       d->text.data + l->label);
		else if (l->flags & DOC_VALUE)
			report_textf(r, "%*s  ", d->gutter, "");
		print_spans(r, d, l);
		report_textf(r, "\n");
	}
}

static void put_json(void *report, const void *data, size_t len)
{
	report_raw(report, data, len);
}

void report_json(struct report *r, json_t *doc)
{
	jsonout_write(doc, put_json, r);
	json_decref(doc);
}

void report_json_if(struct report *r, json_t *doc, bool answered)
{
	if (doc && answered)
		report_json(r, doc);
	else
		json_decref(doc);
}

void report_end(struct report *r, bool failed)
{
	json_t *doc, *error;

	http_secrets_mask_certain(http_secrets_sent(), &r->err);
	buf_add(&r->said, r->err.data, r->err.len);
	while (r->said.len && r->said.data[r->said.len - 1] == '\n')
		buf_truncate(&r->said, r->said.len - 1);
	if (!r->json || r->answered || !failed)
		return;
	doc = report_doc("error");
	error = json_object();
	report_set_str(error, "Kind", r->kind ? r->kind : "unknown");
	report_set_str(error, "Err", r->said.data);
	json_object_set_new(doc, "error", error);
	report_json(r, doc);
}
