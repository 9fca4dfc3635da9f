/*
 * tab.h - the row of tabs. Pure.
 */
#ifndef MODSCOPE_TAB_H
#define MODSCOPE_TAB_H

#include "area.h"

struct tab {
	const char *key, *title;	/* key "": none; its title keeps two letters at least */
	unsigned style;		/* STYLE_NORMAL, or STYLE_BAD, STYLE_ATTENTION: a mark after the title */
};
/* One row of tabs. Without room for all, the spaces between them shrink, then all titles alike are cut, to two letters at
 * least, then to none; that of the current tab never. */
void tabs_draw(struct area a, const struct tab *tabs, size_t n, size_t current);
/* The tab at column x of that row, or n. */
size_t tabs_at(struct area a, const struct tab *tabs, size_t n, size_t current, int x);

#endif
