/*
 * glyph.h - the symbols of the interface, each with an ASCII twin, which may be wider (-> for the arrow). Const.
 */
#ifndef MODSCOPE_GLYPH_H
#define MODSCOPE_GLYPH_H

#include "base/base.h"

enum glyph {
	GLYPH_BAD,		/* ✗ x */
	GLYPH_ATTENTION,	/* ! ! */
	GLYPH_GOOD,		/* ✓ V */
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
	GLYPH_DOT,		/* · . (between words) */
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
