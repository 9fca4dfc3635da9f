/*
 * pager.h - shows a document (doc.h): wraps, scrolls, searches, visits links.
 *
 * A pager borrows its document; after building it anew call pager_refresh(), which keeps the place.
 */
#ifndef MODSCOPE_PAGER_H
#define MODSCOPE_PAGER_H

#include "area.h"
#include "doc.h"
#include "event.h"
#include "keymap.h"

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
