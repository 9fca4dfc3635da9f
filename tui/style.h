/*
 * style.h - what a cell means, and how a terminal shows it.
 *
 * Widgets and views say what text *means* (STYLE_BAD, STYLE_LINK, ...); a theme says how that looks, with the
 * terminal's own 16 colours on its own background, so light and dark both work. A style is an unsigned: one
 * style_id, or'ed with flags. Colour never carries a meaning alone: there is a glyph too, and every glyph has
 * an ASCII twin. Nothing here keeps state; themes are const.
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

enum look_attr {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_UNDERLINE = 4,
	LOOK_REVERSE = 8,
};

/* How a style is shown. Colours are 0..15 of the terminal's palette, -1 its own default. */
struct look {
	signed char fg, bg;
	unsigned char attrs;
};

struct theme {
	const char *name, *help;
	struct look look[STYLE_IDS];
};

/* The theme of that name, NULL if there is none. "default", "dark", "light", "high-contrast", "mono". */
const struct theme *theme_find(const char *name);
/* Their names; ends with NULL. */
const char *const *theme_names(void);
/* All themes; ends with NULL. */
const struct theme *const *theme_all(void);
/* The look of a style with its flags. With `mono` colours are dropped and what only colour said becomes an attribute. */
struct look theme_look(const struct theme *t, unsigned style, bool mono);
/* True if NO_COLOR (no-color.org) is set to something, or TERM is unset or "dumb". */
bool style_env_mono(void);
/* True if the locale's LC_CTYPE charset (setlocale was called) is not UTF-8, or TERM is one whose font has no such glyphs
 * (vt*, linux without UTF-8, dumb). */
bool style_env_ascii(void);
/* "bad", "quiet", ...: for dumps and theme files. */
const char *style_name(enum style_id id);

/* Glyphs and their ASCII twins; a twin may be wider (-> for the arrow). */
enum glyph {
	GLYPH_BAD,		/* ✗ x */
	GLYPH_ATTENTION,	/* ! ! */
	GLYPH_GOOD,		/* ✓ + */
	GLYPH_UNKNOWN,		/* ? ? */
	GLYPH_ON,		/* ● * */
	GLYPH_OFF,		/* ○ o */
	GLYPH_FOLDED,		/* ▸ > */
	GLYPH_OPEN,		/* ▾ v */
	GLYPH_LEAF,		/* · . */
	GLYPH_ARROW,		/* → -> */
	GLYPH_BACK,		/* ← <- */
	GLYPH_UP,		/* ↑ ^ */
	GLYPH_DOWN,		/* ↓ v */
	GLYPH_BUSY,		/* ⟳ ~ */
	GLYPH_RULE,		/* │ | */
	GLYPH_LINE,		/* ─ - */
	GLYPH_GAUGE_ON,		/* ▰ # */
	GLYPH_GAUGE_OFF,	/* ▱ . */
	GLYPH_ELLIPSIS,		/* … ... */
	GLYPH_DOT,		/* · - (between words) */
	GLYPH_MINUS,		/* − - */
	GLYPH_PLUS,		/* + + */
	GLYPH_MARK,		/* ◆ # : a marked row */
	GLYPH_SORT_UP,		/* ▴ ^ */
	GLYPH_SORT_DOWN,	/* ▾ v */
	GLYPH_ENTER,		/* ⏎ enter */
	GLYPH_CHANGED,		/* ± ~ : so many files are changed */
	GLYPHS
};

const char *glyph_text(enum glyph g, bool ascii);
/* The ASCII twin of one rune that has one (all of the above, box drawing, blocks, typographic quotes), else NULL. */
const char *glyph_twin(uint32_t rune);

#endif
