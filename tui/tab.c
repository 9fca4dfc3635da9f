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

/* The tabs before these keep their titles. */
struct kept {
	size_t keyed, bare;
};

static bool is_titled(const struct kept *k, const struct tab *tabs, size_t i, size_t current)
{
	return i == current || i < (tabs[i].key[0] ? k->keyed : k->bare);
}

/* From the last tab on; those that have keys first, as a key still says what a tab is. */
static struct kept titled_tabs(struct area a, const struct tab *tabs, size_t n, size_t current)
{
	struct kept k = { n, n };
	int w = 0;

	for (size_t i = 0; i < n; i++)
		w += tab_width(&tabs[i], true, a.g->ascii);
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = n; i-- > 0 && w > a.w;) {
			if (!tabs[i].key[0] != (pass == 1))
				continue;
			*(pass ? &k.bare : &k.keyed) = i;
			if (i != current)
				w -= text_width(&tabs[i], true, a.g->ascii) -
				     text_width(&tabs[i], false, a.g->ascii);
		}
	return k;
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
	const struct kept kept = titled_tabs(a, tabs, n, current);
	int x = 0;

	for (size_t i = 0; i < n && x < a.w; i++)
		x += draw_tab(a, x, &tabs[i], is_titled(&kept, tabs, i, current), i == current);
}

size_t tabs_at(struct area a, const struct tab *tabs, size_t n, size_t current, int x)
{
	const struct kept kept = titled_tabs(a, tabs, n, current);

	for (size_t i = 0; i < n; i++) {
		int w = tab_width(&tabs[i], is_titled(&kept, tabs, i, current), a.g->ascii);

		if (x < w)
			return i;
		x -= w;
	}
	return n;
}
