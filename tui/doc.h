/*
 * doc.h - a document of styled lines, with labels in a gutter and links: what pager.h shows.
 *
 * A document is built top to bottom and then only read:
 *
 *	doc_clear(&d);
 *	doc_heading(&d, "google.golang.org/grpc");
 *	doc_field(&d, "selected");			dim word in the gutter; what follows stands in the value column
 *	doc_add(&d, STYLE_STRONG, "v1.63.2");
 *	doc_add(&d, STYLE_QUIET, "   indirect");
 *	doc_field(&d, "because");
 *	doc_link(&d, STYLE_LINK, LINK_MODULE, key, "otelgrpc v0.51.0");
 *	doc_addf(&d, STYLE_NORMAL, " asks for %s", v);
 *	doc_newline(&d);				next line, same column
 *	doc_blank(&d);
 *
 * Text may hold newlines (go's messages): they begin new lines in the same column. Long lines wrap at spaces or slashes
 * within their column when they are shown. One thread.
 */
#ifndef MODSCOPE_DOC_H
#define MODSCOPE_DOC_H

#include "line.h"

enum { DOC_GAP = 2 };	/* columns between the widest label and the values */

enum doc_line_flag {
	DOC_HEADING = 1,
	DOC_FIELD = 2,		/* begins a field */
	DOC_VALUE = 8,		/* stands in the value column */
};
struct doc_line {
	size_t text, len;	/* in doc.text */
	size_t span, n_spans;
	size_t label, n_label;	/* in doc.text; the gutter word */
	unsigned flags;
};
struct doc_link {
	size_t line, start, len;	/* in the line's text */
	int kind;
	uint64_t target;
};
struct doc {
	struct buf text;
	VEC(struct line_span) spans;		/* starts are in doc.text */
	VEC(struct doc_line) lines;
	VEC(struct doc_link) links;
	bool open;			/* the last line takes more */
	int gutter;			/* columns of the widest label, at most 24 */
	unsigned version;
};
#define DOC_INIT { BUF_INIT, { 0 } }

void doc_init(struct doc *d);
void doc_release(struct doc *d);
void doc_clear(struct doc *d);
void doc_heading(struct doc *d, const char *text);
/* A heading in a style, for more than plain words: add to it with doc_add. */
void doc_heading_line(struct doc *d);
void doc_field(struct doc *d, const char *label);
/* A line from column 0 on. */
void doc_line(struct doc *d);
/* The next line in the same column as this one. */
void doc_newline(struct doc *d);
void doc_blank(struct doc *d);
void doc_add(struct doc *d, unsigned style, const char *text);
void doc_addn(struct doc *d, unsigned style, const char *text, size_t len);
void doc_addf(struct doc *d, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
void doc_glyph(struct doc *d, unsigned style, enum glyph g);
/* Text that the cursor can visit; kind and target are the owner's. */
void doc_link(struct doc *d, unsigned style, int kind, uint64_t target, const char *text);
/* Appends the document as plain text (copy, save), with its glyphs. */
void doc_text(const struct doc *d, struct buf *out);

#endif
