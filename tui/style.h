/*
 * style.h - the meaning of a cell.
 *
 * Widgets and views say what text *means* (STYLE_BAD, STYLE_LINK, ...); a theme (theme.h) says how that looks. A style is an
 * unsigned: one style_id, or'ed with flags. Colour never carries a meaning alone: there is a glyph too (glyph.h).
 * Nothing here keeps state.
 */
#ifndef MODSCOPE_STYLE_H
#define MODSCOPE_STYLE_H

#include "base/base.h"

enum style_id {
	STYLE_NORMAL,		/* the terminal's own foreground */
	STYLE_QUIET,		/* context: dim */
	STYLE_STRONG,		/* what changed, what is selected: bold */
	STYLE_BAD,		/* red */
	STYLE_ATTENTION,	/* yellow */
	STYLE_GOOD,		/* green */
	STYLE_GO,		/* where the cursor can go: cyan */
	STYLE_LINK,		/* the same, underlined */
	STYLE_HEADER,		/* the top line */
	STYLE_TAB,		/* a view's name in the row of tabs */
	STYLE_TAB_ON,		/* the view that is shown */
	STYLE_TITLE,		/* column titles, section words in the gutter of a detail pane */
	STYLE_KEY,		/* a key's name in hints and help */
	STYLE_HINT,		/* what it does */
	STYLE_MATCH,		/* the letters that a filter or a search matched */
	STYLE_RULE,		/* lines between things, guides of trees, boxes */
	STYLE_INPUT,		/* what a person types */
	STYLE_ADDED,		/* + in a difference */
	STYLE_REMOVED,		/* - in a difference */
	STYLE_CHANGED,		/* ~ in a difference */
	STYLE_IDS
};

enum style_flag {
	STYLE_ID_MASK = 0xff,
	STYLE_CURSOR = 0x100,		/* under the cursor of the pane that has the focus */
	STYLE_CURSOR_OFF = 0x200,	/* under the cursor of the other pane */
	STYLE_BOLD = 0x400,
	STYLE_UNDERLINE = 0x800,
	STYLE_FOUND = 0x1000,		/* matched letters on top of any style */
};

/* True if NO_COLOR (no-color.org) is set to something, or TERM is unset or "dumb". */
bool style_env_mono(void);
/* True if the locale's LC_CTYPE charset (setlocale was called) is not UTF-8, or TERM is one whose font has no such glyphs
 * (vt*, linux without UTF-8, dumb). */
bool style_env_ascii(void);
/* "bad", "quiet", ...: for dumps and theme files. */
const char *style_name(enum style_id id);

#endif
