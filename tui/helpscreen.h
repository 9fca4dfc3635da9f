/*
 * helpscreen.h - `?`: the keys that work here, from the tables that bind them.
 *
 * Rows are the actions of a keymap scope (keymap.h), by layer, with their keys as bound now. `/` or just typing filters;
 * enter runs the line under the cursor; esc leaves. Legends can follow, of glyphs or of words. Long lines wrap. The owner closes it and
 * then calls helpscreen.run's action, if HELP_RUN.
 */
#ifndef MODSCOPE_HELPSCREEN_H
#define MODSCOPE_HELPSCREEN_H

#include "list.h"
#include "prompt.h"

struct helpscreen_legend {
	enum glyph glyph;
	unsigned style;
	const char *text;
	const char *word;	/* in the glyph's place; may be NULL */
};
struct helpscreen_row;
struct helpscreen_item;
struct helpscreen {
	bool is_open;
	const char *title;
	struct helpscreen_item *items;
	size_t n_items;
	struct helpscreen_row *all;	/* the items, wrapped to `width` */
	size_t n_all;
	int width;
	struct rows rows;
	struct list list;
	struct list_column columns[3];	/* of the list */
	struct prompt prompt;
	struct buf text;		/* scratch of the filter */
	struct keymap_row run;		/* HELP_RUN: run.action->run(run.ctx, run.action->arg) */
	struct area drawn;
};

void helpscreen_init(struct helpscreen *h);
void helpscreen_release(struct helpscreen *h);
/* Takes the rows of the scope; `legend` ends with a NULL text, or is NULL. Layer names become headings. */
void helpscreen_open(struct helpscreen *h, const char *title, const struct keymap_scope *sc, const struct helpscreen_legend *legend);
/* More lines below a heading, of an open one. */
void helpscreen_add(struct helpscreen *h, const char *name, const struct helpscreen_legend *legend);
void helpscreen_close(struct helpscreen *h);
void helpscreen_draw(struct helpscreen *h, struct area screen);

enum helpscreen_result { HELP_STAYS, HELP_RUN, HELP_CANCEL };
enum helpscreen_result helpscreen_event(struct helpscreen *h, const struct event *ev);

#endif
