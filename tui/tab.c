#include "tab.h"

/* Fewer letters of a title say nothing; where no key stands for it, these stay in any case. */
enum { SHORT_TITLE = 2 };

/* What fits: titles keep so many letters; before `whole`, one that has just one more keeps it. */
struct fit {
	int letters;
	size_t whole;
	bool tight; /* one space between tabs, not two */
};

static int title_width(const struct fit *f, const struct tab *t, size_t i, bool on, bool ascii)
{
	int w = width_text(t->title, ascii), most = f->letters + (i < f->whole);

	if (on || w <= most)
		return w;
	return t->key[0] ? f->letters : MIN(w, MAX(f->letters, SHORT_TITLE));
}

static int tab_width(const struct fit *f, const struct tab *t, size_t i, bool on, bool ascii)
{
	int title = title_width(f, t, i, on, ascii), w = 1 + width_text(t->key, ascii) + title;

	if (t->key[0] && title)
		w++;
	if (t->style == STYLE_BAD || t->style == STYLE_ATTENTION)
		w += 2;
	return w + (on || !f->tight);
}

static bool fits(struct area a, const struct fit *f, const struct tab *tabs, size_t n,
		 size_t current)
{
	int w = 0;

	for (size_t i = 0; i < n; i++)
		w += tab_width(f, &tabs[i], i, i == current, a.g->ascii);
	return w <= a.w;
}

/* First the spaces go, then letters, from all titles alike: a key alone is no name. */
static struct fit fit_tabs(struct area a, const struct tab *tabs, size_t n, size_t current)
{
	struct fit f = { 0, 0, false };

	for (size_t i = 0; i < n; i++)
		f.letters = MAX(f.letters, width_text(tabs[i].title, a.g->ascii));
	if (fits(a, &f, tabs, n, current))
		return f;
	f.tight = true;
	while (f.letters >= SHORT_TITLE && !fits(a, &f, tabs, n, current))
		f.letters--;
	if (f.letters < SHORT_TITLE) {
		f.letters = 0;
		return f;
	}
	while (f.whole < n && fits(a, &f, tabs, n, current))
		f.whole++;
	if (!fits(a, &f, tabs, n, current))
		f.whole--;
	return f;
}

static int draw_tab(struct area a, int x, const struct fit *f, const struct tab *t, size_t i,
		    bool on)
{
	unsigned style = on ? STYLE_TAB_ON : STYLE_TAB;
	int from = x, title = title_width(f, t, i, on, a.g->ascii);

	x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	x += area_text(a, x, 0, -1, on ? style : STYLE_KEY, CUT_NONE, t->key);
	if (title && t->key[0])
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	if (title)
		x += area_text(a, x, 0, title, style, CUT_NONE, t->title);
	if (t->style == STYLE_BAD || t->style == STYLE_ATTENTION) {
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
		x += area_glyph(a, x, 0, on ? style : t->style,
				t->style == STYLE_BAD ? GLYPH_BAD : GLYPH_ATTENTION);
	}
	if (on || !f->tight)
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	return x - from;
}

void tabs_draw(struct area a, const struct tab *tabs, size_t n, size_t current)
{
	const struct fit f = fit_tabs(a, tabs, n, current);
	int x = 0;

	for (size_t i = 0; i < n && x < a.w; i++)
		x += draw_tab(a, x, &f, &tabs[i], i, i == current);
}

size_t tabs_at(struct area a, const struct tab *tabs, size_t n, size_t current, int x)
{
	const struct fit f = fit_tabs(a, tabs, n, current);

	for (size_t i = 0; i < n; i++) {
		int w = tab_width(&f, &tabs[i], i, i == current, a.g->ascii);

		if (x < w)
			return i;
		x -= w;
	}
	return n;
}
