#include "glyph.h"

static const char *const glyphs[GLYPHS][2] = {
	[GLYPH_BAD] = { "✗", "x" },	   [GLYPH_ATTENTION] = { "!", "!" },
	[GLYPH_GOOD] = { "✓", "V" },	   [GLYPH_UNKNOWN] = { "?", "?" },
	[GLYPH_ON] = { "●", "*" },	   [GLYPH_OFF] = { "○", "o" },
	[GLYPH_FOLDED] = { "▸", ">" },	   [GLYPH_OPEN] = { "▾", "v" },
	[GLYPH_LEAF] = { "·", "." },	   [GLYPH_ARROW] = { "→", "->" },
	[GLYPH_BACK] = { "←", "<-" },	   [GLYPH_UP] = { "↑", "^" },
	[GLYPH_DOWN] = { "↓", "v" },	   [GLYPH_BUSY] = { "⟳", "~" },
	[GLYPH_RULE] = { "│", "|" },	   [GLYPH_LINE] = { "─", "-" },
	[GLYPH_GAUGE_ON] = { "▰", "#" },   [GLYPH_GAUGE_OFF] = { "▱", "." },
	[GLYPH_ELLIPSIS] = { "…", "..." }, [GLYPH_DOT] = { "·", "." },
	[GLYPH_MINUS] = { "−", "-" },	   [GLYPH_PLUS] = { "+", "+" },
	[GLYPH_MARK] = { "◆", "#" },	   [GLYPH_SORT_UP] = { "▴", "^" },
	[GLYPH_SORT_DOWN] = { "▾", "v" },  [GLYPH_ENTER] = { "⏎", "enter" },
	[GLYPH_CHANGED] = { "±", "~" },
};

const char *glyph_text(enum glyph g, bool ascii)
{
	return g < GLYPHS ? glyphs[g][ascii] : "?";
}

static const struct {
	uint16_t rune;
	char twin[6];
} twins[] = {
	/* sorted by rune */
	{ 0xA0, " " },	   { 0xAB, "<<" },   { 0xB1, "~" },    { 0xB7, "." },
	{ 0xBB, ">>" },	   { 0xD7, "x" },    { 0x2010, "-" },  { 0x2011, "-" },
	{ 0x2012, "-" },   { 0x2013, "-" },  { 0x2014, "--" }, { 0x2018, "'" },
	{ 0x2019, "'" },   { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x2022, "*" },
	{ 0x2026, "..." }, { 0x2190, "<-" }, { 0x2191, "^" },  { 0x2192, "->" },
	{ 0x2193, "v" },   { 0x21D2, "=>" }, { 0x2212, "-" },  { 0x2248, "~" },
	{ 0x2260, "!=" },  { 0x2264, "<=" }, { 0x2265, ">=" }, { 0x23CE, "enter" },
	{ 0x2581, "." },   { 0x2582, "." },  { 0x2583, ":" },  { 0x2584, ":" },
	{ 0x2585, "|" },   { 0x2586, "|" },  { 0x2587, "#" },  { 0x2588, "#" },
	{ 0x25B0, "#" },   { 0x25B1, "." },  { 0x25B2, "^" },  { 0x25B4, "^" },
	{ 0x25B6, ">" },   { 0x25B8, ">" },  { 0x25BC, "v" },  { 0x25BE, "v" },
	{ 0x25C0, "<" },   { 0x25C2, "<" },  { 0x25C6, "#" },  { 0x25CB, "o" },
	{ 0x25CF, "*" },   { 0x2713, "V" },  { 0x2714, "V" },  { 0x2717, "x" },
	{ 0x2718, "x" },   { 0x27F3, "~" },
};

static const char *line_twin(uint32_t rune)
{
	switch (rune) {
	case 0x2500:
	case 0x2501:
	case 0x2504:
	case 0x2508:
	case 0x2550: return "-";
	case 0x2502:
	case 0x2503:
	case 0x2506:
	case 0x250A:
	case 0x2551:
	case 0x251C: return "|";
	default: return "+";
	}
}

const char *glyph_twin(uint32_t rune)
{
	size_t lo = 0, hi = ARRAY_LEN(twins);

	if (rune >= 0x2500 && rune < 0x2580)
		return line_twin(rune);
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (twins[mid].rune == rune)
			return twins[mid].twin;
		if (twins[mid].rune < rune)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
