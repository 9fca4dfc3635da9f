/*
 * theme.h - how styles (style.h) look: with the terminal's own 16 colours on its own background, so that light and dark
 * both work. Themes are const; themefile.h reads others.
 */
#ifndef MODSCOPE_THEME_H
#define MODSCOPE_THEME_H

#include "style.h"

enum theme_attr {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_UNDERLINE = 4,
	LOOK_REVERSE = 8,
};

/* How a style is shown. Colours are 0..15 of the terminal's palette, -1 its own default. */
struct theme_look {
	signed char fg, bg;
	unsigned char attrs;
};

struct theme {
	const char *name, *help;
	struct theme_look look[STYLE_IDS];
};

/* The theme of that name, NULL if there is none. "default", "dark", "light", "high-contrast", "mono". */
const struct theme *theme_find(const char *name);
/* Their names; ends with NULL. */
const char *const *theme_names(void);
/* The look of a style with its flags. With `mono` colours are dropped and what only colour said becomes an attribute. */
struct theme_look theme_look(const struct theme *t, unsigned style, bool mono);

#endif
