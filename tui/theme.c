#include "theme.h"

#define NONE              \
	{                 \
		-1, -1, 0 \
	}

enum { RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, MAGENTA = 5, CYAN = 6, GREY = 8, BRIGHT = 8 };

static const struct theme theme_default = {
	.name = "default",
	.help = "the terminal's own colours",
	.look = {
		[STYLE_NORMAL] = NONE,
		[STYLE_QUIET] = { -1, -1, LOOK_DIM },
		[STYLE_STRONG] = { -1, -1, LOOK_BOLD },
		[STYLE_BAD] = { RED, -1, 0 },
		[STYLE_ATTENTION] = { YELLOW, -1, 0 },
		[STYLE_GOOD] = { GREEN, -1, 0 },
		[STYLE_GO] = { CYAN, -1, 0 },
		[STYLE_LINK] = { CYAN, -1, LOOK_UNDERLINE },
		[STYLE_HEADER] = { -1, -1, LOOK_BOLD },
		[STYLE_TAB] = { -1, -1, LOOK_DIM },
		[STYLE_TAB_ON] = { -1, -1, LOOK_REVERSE },
		[STYLE_TITLE] = { -1, -1, LOOK_DIM },
		[STYLE_KEY] = { CYAN, -1, 0 },
		[STYLE_HINT] = { -1, -1, LOOK_DIM },
		[STYLE_MATCH] = { YELLOW, -1, LOOK_BOLD },
		[STYLE_RULE] = { -1, -1, LOOK_DIM },
		[STYLE_INPUT] = NONE,
		[STYLE_ADDED] = { GREEN, -1, 0 },
		[STYLE_REMOVED] = { RED, -1, 0 },
		[STYLE_CHANGED] = { YELLOW, -1, 0 },
	},
};

/* Bright variants for dark backgrounds on which dark colours are hard to read, and grey instead of the dim attribute. */
static const struct theme theme_dark = {
	.name = "dark",
	.help = "for dark backgrounds: brighter colours, grey for context",
	.look = {
		[STYLE_NORMAL] = NONE,
		[STYLE_QUIET] = { GREY, -1, 0 },
		[STYLE_STRONG] = { -1, -1, LOOK_BOLD },
		[STYLE_BAD] = { BRIGHT + RED, -1, LOOK_BOLD },
		[STYLE_ATTENTION] = { BRIGHT + YELLOW, -1, 0 },
		[STYLE_GOOD] = { BRIGHT + GREEN, -1, 0 },
		[STYLE_GO] = { BRIGHT + CYAN, -1, 0 },
		[STYLE_LINK] = { BRIGHT + CYAN, -1, LOOK_UNDERLINE },
		[STYLE_HEADER] = { -1, -1, LOOK_BOLD },
		[STYLE_TAB] = { GREY, -1, 0 },
		[STYLE_TAB_ON] = { -1, -1, LOOK_REVERSE | LOOK_BOLD },
		[STYLE_TITLE] = { GREY, -1, 0 },
		[STYLE_KEY] = { BRIGHT + CYAN, -1, 0 },
		[STYLE_HINT] = { GREY, -1, 0 },
		[STYLE_MATCH] = { BRIGHT + YELLOW, -1, LOOK_BOLD },
		[STYLE_RULE] = { GREY, -1, 0 },
		[STYLE_INPUT] = NONE,
		[STYLE_ADDED] = { BRIGHT + GREEN, -1, 0 },
		[STYLE_REMOVED] = { BRIGHT + RED, -1, 0 },
		[STYLE_CHANGED] = { BRIGHT + YELLOW, -1, 0 },
	},
};

/* On white, yellow and cyan can hardly be read. */
static const struct theme theme_light = {
	.name = "light",
	.help = "for light backgrounds: magenta and blue in place of yellow and cyan",
	.look = {
		[STYLE_NORMAL] = NONE,
		[STYLE_QUIET] = { -1, -1, LOOK_DIM },
		[STYLE_STRONG] = { -1, -1, LOOK_BOLD },
		[STYLE_BAD] = { RED, -1, LOOK_BOLD },
		[STYLE_ATTENTION] = { MAGENTA, -1, 0 },
		[STYLE_GOOD] = { GREEN, -1, 0 },
		[STYLE_GO] = { BLUE, -1, 0 },
		[STYLE_LINK] = { BLUE, -1, LOOK_UNDERLINE },
		[STYLE_HEADER] = { -1, -1, LOOK_BOLD },
		[STYLE_TAB] = { -1, -1, LOOK_DIM },
		[STYLE_TAB_ON] = { -1, -1, LOOK_REVERSE },
		[STYLE_TITLE] = { -1, -1, LOOK_DIM },
		[STYLE_KEY] = { BLUE, -1, 0 },
		[STYLE_HINT] = { -1, -1, LOOK_DIM },
		[STYLE_MATCH] = { MAGENTA, -1, LOOK_BOLD },
		[STYLE_RULE] = { -1, -1, LOOK_DIM },
		[STYLE_INPUT] = NONE,
		[STYLE_ADDED] = { GREEN, -1, 0 },
		[STYLE_REMOVED] = { RED, -1, 0 },
		[STYLE_CHANGED] = { MAGENTA, -1, 0 },
	},
};

static const struct theme theme_contrast = {
	.name = "high-contrast",
	.help = "bright and bold, nothing dim",
	.look = {
		[STYLE_NORMAL] = NONE,
		[STYLE_QUIET] = NONE,
		[STYLE_STRONG] = { -1, -1, LOOK_BOLD },
		[STYLE_BAD] = { BRIGHT + RED, -1, LOOK_BOLD | LOOK_UNDERLINE },
		[STYLE_ATTENTION] = { BRIGHT + YELLOW, -1, LOOK_BOLD },
		[STYLE_GOOD] = { BRIGHT + GREEN, -1, LOOK_BOLD },
		[STYLE_GO] = { BRIGHT + CYAN, -1, LOOK_BOLD },
		[STYLE_LINK] = { BRIGHT + CYAN, -1, LOOK_BOLD | LOOK_UNDERLINE },
		[STYLE_HEADER] = { -1, -1, LOOK_BOLD },
		[STYLE_TAB] = NONE,
		[STYLE_TAB_ON] = { -1, -1, LOOK_REVERSE | LOOK_BOLD },
		[STYLE_TITLE] = { -1, -1, LOOK_BOLD },
		[STYLE_KEY] = { BRIGHT + CYAN, -1, LOOK_BOLD },
		[STYLE_HINT] = NONE,
		[STYLE_MATCH] = { -1, -1, LOOK_BOLD | LOOK_REVERSE },
		[STYLE_RULE] = NONE,
		[STYLE_INPUT] = { -1, -1, LOOK_BOLD },
		[STYLE_ADDED] = { BRIGHT + GREEN, -1, LOOK_BOLD },
		[STYLE_REMOVED] = { BRIGHT + RED, -1, LOOK_BOLD },
		[STYLE_CHANGED] = { BRIGHT + YELLOW, -1, LOOK_BOLD },
	},
};

static const struct theme theme_mono = {
	.name = "mono",
	.help = "no colours: bold, dim, underlined and reversed only",
	.look = {
		[STYLE_NORMAL] = NONE,
		[STYLE_QUIET] = { -1, -1, LOOK_DIM },
		[STYLE_STRONG] = { -1, -1, LOOK_BOLD },
		[STYLE_BAD] = { -1, -1, LOOK_BOLD },
		[STYLE_ATTENTION] = { -1, -1, LOOK_BOLD },
		[STYLE_GOOD] = NONE,
		[STYLE_GO] = NONE,
		[STYLE_LINK] = { -1, -1, LOOK_UNDERLINE },
		[STYLE_HEADER] = { -1, -1, LOOK_BOLD },
		[STYLE_TAB] = NONE,
		[STYLE_TAB_ON] = { -1, -1, LOOK_REVERSE },
		[STYLE_TITLE] = { -1, -1, LOOK_DIM },
		[STYLE_KEY] = { -1, -1, LOOK_BOLD },
		[STYLE_HINT] = NONE,
		[STYLE_MATCH] = { -1, -1, LOOK_BOLD | LOOK_UNDERLINE },
		[STYLE_RULE] = { -1, -1, LOOK_DIM },
		[STYLE_INPUT] = NONE,
		[STYLE_ADDED] = NONE,
		[STYLE_REMOVED] = NONE,
		[STYLE_CHANGED] = { -1, -1, LOOK_BOLD },
	},
};

static const struct theme *const themes[] = { &theme_default,  &theme_dark, &theme_light,
					      &theme_contrast, &theme_mono, NULL };

const char *const *theme_names(void)
{
	static const char *const names[] = { "default",	      "dark", "light",
					     "high-contrast", "mono", NULL };

	return names;
}

const struct theme *theme_find(const char *name)
{
	for (size_t i = 0; themes[i]; i++)
		if (str_eq(themes[i]->name, name))
			return themes[i];
	return NULL;
}

struct theme_look theme_look(const struct theme *t, unsigned style, bool mono)
{
	unsigned id = style & STYLE_ID_MASK;
	struct theme_look l;

	if (mono)
		t = &theme_mono;
	l = id < STYLE_IDS ? t->look[id] : t->look[STYLE_NORMAL];
	if (style & STYLE_FOUND) {
		l.attrs = (unsigned char)((l.attrs & ~LOOK_DIM) | t->look[STYLE_MATCH].attrs);
		l.fg = t->look[STYLE_MATCH].fg;
	}
	if (style & STYLE_BOLD)
		l.attrs |= LOOK_BOLD;
	if (style & STYLE_UNDERLINE)
		l.attrs |= LOOK_UNDERLINE;
	/* one plain bar: colours would turn it into patchwork and dim text would be unreadable; glyphs keep the meaning */
	if (style & STYLE_CURSOR) {
		l.fg = l.bg = -1;
		l.attrs = (unsigned char)((l.attrs & ~LOOK_DIM) | LOOK_REVERSE);
	} else if (style & STYLE_CURSOR_OFF) {
		l.attrs = (unsigned char)((l.attrs & ~LOOK_DIM) | LOOK_BOLD);
	}
	return l;
}
