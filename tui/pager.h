/*
 * pager.h - a document of styled lines, and the widget that shows it: wraps, scrolls, searches, visits links.
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
 * Text may hold newlines (go's words): they begin new lines in the same column. Long lines wrap at spaces or slashes
 * under their column. A pager borrows its document; after building it anew call pager_refresh(), which keeps the place.
 */
#ifndef MODSCOPE_PAGER_H
#define MODSCOPE_PAGER_H

#include "cell.h"
#include "keymap.h"

enum doc_line_flag {
	DOC_HEADING = 1,
	DOC_FIELD = 2,		/* begins a field */
	DOC_NOWRAP = 4,		/* commands, code: cut instead */
	DOC_VALUE = 8,		/* stands in the value column */
	DOC_RULE = 16,
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
	VEC(struct span) spans;		/* starts are in doc.text */
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
/* The same, never wrapped. */
void doc_line_nowrap(struct doc *d);
/* The next line in the same column as this one. */
void doc_newline(struct doc *d);
void doc_blank(struct doc *d);
void doc_rule(struct doc *d);
void doc_add(struct doc *d, unsigned style, const char *text);
void doc_addn(struct doc *d, unsigned style, const char *text, size_t len);
void doc_addf(struct doc *d, unsigned style, const char *fmt, ...) PRINTF_FMT(3, 4);
void doc_glyph(struct doc *d, unsigned style, enum glyph g);
/* Text that the cursor can visit; kind and target are the owner's. */
void doc_link(struct doc *d, unsigned style, int kind, uint64_t target, const char *text);
/* The document as plain text (copy, save), glyphs as they are. Append. */
void doc_text(const struct doc *d, struct buf *out);

struct pager_row {
	size_t line;		/* of the document */
	size_t start, len;	/* bytes of its text */
	bool first;
};
struct pager {
	const struct doc *doc;	/* borrowed; NULL: empty */
	bool focused;		/* the link under the cursor is bright */
	bool cursor_line;	/* a line cursor (help, diffs) instead of bare scrolling */
	size_t top;		/* first shown row (wrapped) */
	size_t cursor;		/* row, with cursor_line */
	size_t link;		/* index of the current link, or SIZE_MAX */
	char *search;
	VEC(struct pager_row) rows;	/* the layout for `width` */
	int width;
	unsigned version;
	bool ascii;
	int height;
	struct area drawn;
};

void pager_init(struct pager *p);
void pager_release(struct pager *p);
/* Another document, from its top. */
void pager_set(struct pager *p, const struct doc *d);
/* The same document was built anew: keeps place and link as well as it can. */
void pager_refresh(struct pager *p);
void pager_draw(struct pager *p, struct area a);
/* The rows that the document fills in an area of that width. */
size_t pager_rows(struct pager *p, int width, bool ascii);
enum pager_move {
	PAGER_UP, PAGER_DOWN, PAGER_PAGE_UP, PAGER_PAGE_DOWN, PAGER_HALF_UP, PAGER_HALF_DOWN, PAGER_TOP, PAGER_BOTTOM,
};
void pager_move(struct pager *p, enum pager_move m);
/* Next or previous link, scrolled into view; false if there is none. */
bool pager_next_link(struct pager *p, int dir);
/* The link under the cursor or NULL. */
const struct doc_link *pager_link(const struct pager *p);
/* The document line under the cursor (cursor_line) or at the top. */
size_t pager_line(const struct pager *p);
/* Sets (NULL or "": clears) what is searched, ASCII case ignored without capitals, and goes to the next match from here. */
bool pager_search(struct pager *p, const char *text);
bool pager_search_next(struct pager *p, int dir);

enum pager_result {
	PAGER_IGNORED,
	PAGER_HANDLED,
	PAGER_FOLLOW,	/* a link was clicked: pager_link() says which */
};
enum pager_result pager_event(struct pager *p, const struct event *ev);

/* Layer "pager", context struct pager: moves as in lists, ] and [ for links, n N. */
extern const struct action pager_actions[];

#endif
