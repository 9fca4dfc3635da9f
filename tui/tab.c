#include "tab.h"

/* What is left of a title where no key stands for it. */
enum { SHORT_TITLE = 2 };

static int text_width(const struct tab *t, bool titled, bool ascii)
{
	int key = width_text(t->key, ascii), title = width_text(t->title, ascii);

	if (!key)
		return titled ? title : MIN(title, SHORT_TITLE);
	return key + (titled ? title + 1 : 0);
}

static int tab_width(const struct tab *t, bool titled, bool ascii)
{
	int w = text_width(t, titled, ascii) + 2;

	if (t->style == STYLE_BAD || t->style == STYLE_ATTENTION)
		w += 2;
	return w;
}

/* How many tabs, from the first, keep their titles; the current one always does. */
static size_t titled_tabs(struct area a, const struct tab *tabs, size_t n, size_t current)
{
	size_t keep = n;
	int w = 0;

	for (size_t i = 0; i < n; i++)
		w += tab_width(&tabs[i], true, a.g->ascii);
	while (keep > 0 && w > a.w) {
		keep--;
		if (keep != current)
			w -= text_width(&tabs[keep], true, a.g->ascii) -
			     text_width(&tabs[keep], false, a.g->ascii);
	}
	return keep;
}

static int draw_tab(struct area a, int x, const struct tab *t, bool titled, bool on)
{
	unsigned style = on ? STYLE_TAB_ON : STYLE_TAB;
	int from = x;

	x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	x += area_text(a, x, 0, -1, on ? style : STYLE_KEY, CUT_NONE, t->key);
	if (titled && t->key[0])
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	if (titled)
		x += area_text(a, x, 0, -1, style, CUT_END, t->title);
	else if (!t->key[0])
		x += area_text(a, x, 0, SHORT_TITLE, style, CUT_NONE, t->title);
	if (t->style == STYLE_BAD || t->style == STYLE_ATTENTION) {
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
		x += area_glyph(a, x, 0, on ? style : t->style,
				t->style == STYLE_BAD ? GLYPH_BAD : GLYPH_ATTENTION);
	}
	x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	return x - from;
}

void tabs_draw(struct area a, const struct tab *tabs, size_t n, size_t current)
{
	size_t keep = titled_tabs(a, tabs, n, current);
	int x = 0;

	for (size_t i = 0; i < n && x < a.w; i++)
		x += draw_tab(a, x, &tabs[i], i < keep || i == current, i == current);
}

size_t tabs_at(struct area a, const struct tab *tabs, size_t n, size_t current, int x)
{
	size_t keep = titled_tabs(a, tabs, n, current);

	for (size_t i = 0; i < n; i++) {
		int w = tab_width(&tabs[i], i < keep || i == current, a.g->ascii);

		if (x < w)
			return i;
		x -= w;
	}
	return n;
}
