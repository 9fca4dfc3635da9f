/*
 * tab.h - the row of tabs. Pure.
 */
#ifndef MODSCOPE_TAB_H
#define MODSCOPE_TAB_H

#include "area.h"

struct tab {
	const char *key, *title;	/* key "": none; its title shrinks to two letters */
	unsigned style;		/* STYLE_NORMAL, or STYLE_BAD, STYLE_ATTENTION: a mark after the title */
};
/* One row of tabs; titles shrink to their keys when there is no room, from the last; the current one never, and
 * those without a key only after all others. */
void tabs_draw(struct area a, const struct tab *tabs, size_t n, size_t current);
/* The tab at column x of that row, or n. */
size_t tabs_at(struct area a, const struct tab *tabs, size_t n, size_t current, int x);

#endif
