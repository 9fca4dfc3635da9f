/*
 * line.h - a line made of styled pieces; reused by line_clear, freed by line_release. A zeroed struct is NOT valid: LINE_INIT.
 *
 * Its text is raw: drawing it escapes it. One thread.
 */
#ifndef MODSCOPE_LINE_H
#define MODSCOPE_LINE_H

#include "base/buf.h"
#include "glyph.h"
#include "style.h"
#include "width.h"

struct line_span {
	size_t start;		/* in text; ends where the next begins */
	unsigned style;
};
struct line {
	struct buf text;	/* raw, escaped when drawn */
	VEC(struct line_span) spans;
	size_t head;			/* bytes that are never cut off the front: indentation, marks */
};
#define LINE_INIT { BUF_INIT, { 0 } }
void line_init(struct line *l);
void line_release(struct line *l);
void line_clear(struct line *l);
void line_add(struct line *l, unsigned style, const char *s);
void line_addn(struct line *l, unsigned style, const char *s, size_t len);
void line_addf(struct line *l, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Adds the glyph as UTF-8; drawing turns it into its twin where needed. */
void line_glyph(struct line *l, unsigned style, enum glyph g);
int line_width(const struct line *l, bool ascii);

#endif
