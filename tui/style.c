#include "style.h"

#include <langinfo.h>
#include <strings.h>

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

const struct theme *const *theme_all(void)
{
	return themes;
}

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

struct look theme_look(const struct theme *t, unsigned style, bool mono)
{
	unsigned id = style & STYLE_ID_MASK;
	struct look l;

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
	/* one calm bar: colours would make a patchwork of it, and dim text unreadable; the glyphs still tell */
	if (style & STYLE_CURSOR) {
		l.fg = l.bg = -1;
		l.attrs = (unsigned char)((l.attrs & ~LOOK_DIM) | LOOK_REVERSE);
	} else if (style & STYLE_CURSOR_OFF) {
		l.attrs = (unsigned char)((l.attrs & ~LOOK_DIM) | LOOK_BOLD);
	}
	return l;
}

bool style_env_mono(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no && *no) || !term || !*term || str_eq(term, "dumb");
}

bool style_env_ascii(void)
{
	const char *term = getenv("TERM");

	if (strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return true;
	return !term || str_eq(term, "dumb") || str_has_prefix(term, "vt") || str_eq(term, "ansi");
}

const char *style_name(enum style_id id)
{
	static const char *const names[STYLE_IDS] = {
		"normal", "quiet",  "strong", "bad",	"attention", "good",	"go",
		"link",	  "header", "tab",    "tab-on", "title",     "key",	"hint",
		"match",  "rule",   "input",  "added",	"removed",   "changed",
	};

	return id < STYLE_IDS ? names[id] : "?";
}

static const char *const glyphs[GLYPHS][2] = {
	[GLYPH_BAD] = { "✗", "x" },	   [GLYPH_ATTENTION] = { "!", "!" },
	[GLYPH_GOOD] = { "✓", "+" },	   [GLYPH_UNKNOWN] = { "?", "?" },
	[GLYPH_ON] = { "●", "*" },	   [GLYPH_OFF] = { "○", "o" },
	[GLYPH_FOLDED] = { "▸", ">" },	   [GLYPH_OPEN] = { "▾", "v" },
	[GLYPH_LEAF] = { "·", "." },	   [GLYPH_ARROW] = { "→", "->" },
	[GLYPH_BACK] = { "←", "<-" },	   [GLYPH_UP] = { "↑", "^" },
	[GLYPH_DOWN] = { "↓", "v" },	   [GLYPH_BUSY] = { "⟳", "~" },
	[GLYPH_RULE] = { "│", "|" },	   [GLYPH_LINE] = { "─", "-" },
	[GLYPH_GAUGE_ON] = { "▰", "#" },   [GLYPH_GAUGE_OFF] = { "▱", "." },
	[GLYPH_ELLIPSIS] = { "…", "..." }, [GLYPH_DOT] = { "·", "-" },
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
	{ 0xA0, " " },	   { 0xAB, "<<" },   { 0xB1, "~" },    { 0xB7, "-" },
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
	{ 0x25CF, "*" },   { 0x2713, "+" },  { 0x2714, "+" },  { 0x2717, "x" },
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
