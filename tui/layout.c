#include "layout.h"

enum { USUAL_SPLIT = 58, LEAST_PANE = 30, LEAST_STACK = 9, LEAST_CUT = 8 };

static void split_above(struct layout *l, unsigned flags, int rows)
{
	struct area b = area_sub(l->body, 0, 1, -1, -1);
	int h = MAX(1, MIN(rows, b.h * 3 / 5));

	l->title = area_sub(l->body, 0, 0, -1, 1);
	l->list = b;
	if (flags & LAYOUT_DETAIL_ONLY && rows > h) {
		l->list = area_sub(b, 0, 0, 0, 0);
		l->detail = b;
	} else if (b.h >= LEAST_STACK) {
		l->detail = area_sub(b, 0, 0, -1, h);
		l->rule = area_sub(b, 0, h, -1, 1);
		l->list = area_sub(b, 0, h + 1, -1, -1);
	}
}

static void split_body(struct layout *l, unsigned flags, int split)
{
	struct area b = l->body;

	l->list = b;
	l->rule = l->detail = area_sub(b, 0, 0, 0, 0);
	if (!(flags & LAYOUT_DETAIL))
		return;
	if (flags & LAYOUT_ABOVE) {
		split_above(l, flags, split);
		return;
	}
	l->side = b.w >= LAYOUT_SIDE_W;
	if (l->side) {
		int w = b.w * (split > 0 ? split : USUAL_SPLIT) / 100;

		w = MAX(LEAST_PANE, MIN(w, b.w - LEAST_PANE - 1));
		l->list = area_sub(b, 0, 0, w, -1);
		l->rule = area_sub(b, w, 0, 1, -1);
		l->detail = area_sub(b, w + 1, 0, -1, -1);
	} else if (flags & LAYOUT_DETAIL_ONLY) {
		l->list = area_sub(b, 0, 0, 0, 0);
		l->detail = b;
	} else if (b.h >= LEAST_STACK) {
		int h = b.h / 3;

		l->list = area_sub(b, 0, 0, -1, b.h - h - 1);
		l->rule = area_sub(b, 0, b.h - h - 1, -1, 1);
		l->detail = area_sub(b, 0, b.h - h, -1, -1);
	}
}

void layout_compute(struct layout *l, struct area screen, unsigned flags, int split)
{
	int bottom = screen.h - 1;

	memset(l, 0, sizeof(*l));
	l->screen = screen;
	l->header = l->tabs = l->body = l->list = l->rule = l->detail = l->progress = l->input =
		l->title = l->status = area_sub(screen, 0, 0, 0, 0);
	l->too_small = screen.w < LAYOUT_MIN_W || screen.h < LAYOUT_MIN_H;
	if (l->too_small)
		return;
	l->header = area_sub(screen, 0, 0, -1, 1);
	l->tabs = area_sub(screen, 0, 1, -1, 1);
	l->status = area_sub(screen, 0, bottom, -1, 1);
	if (flags & LAYOUT_INPUT)
		l->input = area_sub(screen, 0, --bottom, -1, 1);
	if (flags & LAYOUT_PROGRESS)
		l->progress = area_sub(screen, 0, --bottom, -1, 1);
	l->body = area_sub(screen, 0, 2, -1, bottom - 2);
	split_body(l, flags, split);
	if (flags & LAYOUT_ABOVE && flags & LAYOUT_DETAIL)
		return;
	l->title = area_sub(l->list, 0, 0, -1, 1);
	l->list = area_sub(l->list, 0, 1, -1, -1);
}

static void centre(struct area a, int y, unsigned style, const char *text)
{
	int w = MIN(width_text(text, a.g->ascii), a.w);

	area_text(a, (a.w - w) / 2, y, w, style, CUT_END, text);
}

void layout_draw(const struct layout *l)
{
	char have[64];

	if (!l->too_small) {
		if (l->rule.w == 1 && l->side)
			area_vline(l->rule, 0, 0, l->rule.h, STYLE_RULE);
		else
			area_hline(l->rule, 0, 0, l->rule.w, STYLE_RULE);
		return;
	}
	snprintf(have, sizeof(have), "this window has %dx%d cells", l->screen.w, l->screen.h);
	centre(l->screen, l->screen.h / 2 - (l->screen.h > 1), STYLE_STRONG, have);
	snprintf(have, sizeof(have), "%dx%d show everything again", LAYOUT_MIN_W, LAYOUT_MIN_H);
	centre(l->screen, l->screen.h / 2 + (l->screen.h > 1), STYLE_QUIET, have);
}

static int tab_width(const struct tab *t, bool titled, bool ascii)
{
	int w = width_text(t->key, ascii) + 2;

	if (titled)
		w += width_text(t->title, ascii) + 1;
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
			w -= width_text(tabs[keep].title, a.g->ascii) + 1;
	}
	return keep;
}

static int draw_tab(struct area a, int x, const struct tab *t, bool titled, bool on)
{
	unsigned style = on ? STYLE_TAB_ON : STYLE_TAB;
	int from = x;

	x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
	x += area_text(a, x, 0, -1, on ? style : STYLE_KEY, CUT_NONE, t->key);
	if (titled) {
		x += area_text(a, x, 0, -1, style, CUT_NONE, " ");
		x += area_text(a, x, 0, -1, style, CUT_END, t->title);
	}
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

/* True if that key would really run it here: nothing above has the key. */
static bool reaches(const struct keymap_scope *sc, const struct keymap_row *r,
		    const struct buf *name)
{
	struct key k;
	void *ctx;

	return key_parse(&k, name->data, name->len) && keymap_lookup(sc, k, &ctx) == r->action;
}

struct hint {
	struct buf key;
	const char *word;
	int width;
};
struct hints {
	VEC(struct hint) all;
	int width; /* of all, with gaps */
};

enum { HINT_GAP = 3 };

static void collect_hints(struct hints *h, const struct keymap_scope *sc, bool ascii)
{
	struct keymap_row *rows;
	size_t n = keymap_rows(sc, &rows);

	for (size_t i = 0; i < n; i++) {
		struct hint t = { BUF_INIT, rows[i].action->hint, 0 };

		if (rows[i].enabled && t.word &&
		    keymap_first_key(rows[i].layer, rows[i].action, &t.key) &&
		    reaches(sc, &rows[i], &t.key)) {
			t.width = width_text(t.key.data, ascii) + 1 + width_text(t.word, ascii);
			h->width += t.width + (h->all.n ? HINT_GAP : 0);
			vec_push(&h->all, t);
		} else {
			buf_release(&t.key);
		}
	}
	free(rows);
}

static int draw_hint(struct area a, int x, int y, const struct hint *t)
{
	int used = area_text(a, x, y, -1, STYLE_KEY, CUT_NONE, t->key.data) + 1;

	return used + area_text(a, x + used, y, -1, STYLE_HINT, CUT_NONE, t->word);
}

/* Where not all fit, the last one stays: it leads to the rest ("? keys"). */
int hints_draw(struct area a, int x, int y, int w, const struct keymap_scope *sc)
{
	struct hints h = { { 0 } };
	int used = 0, room;

	if (w < 0 || w > a.w - x)
		w = a.w - x;
	collect_hints(&h, sc, a.g->ascii);
	room = w;
	if (h.all.n && h.width > w)
		room -= h.all.items[h.all.n - 1].width + HINT_GAP;
	for (size_t i = 0; i < h.all.n; i++) {
		bool last = i + 1 == h.all.n;

		if (used + h.all.items[i].width <= (last ? w : room))
			used += draw_hint(a, x + used, y, &h.all.items[i]) + HINT_GAP;
		else if (!last)
			room = 0; /* no shorter one jumps the queue */
		buf_release(&h.all.items[i].key);
	}
	vec_release(&h.all);
	return MAX(0, used - HINT_GAP);
}

/* How much of a line fits, in whole groups (two spaces or more stand between them); 0 if not even the first does. */
static size_t whole_groups(const struct line *l, int room, bool ascii)
{
	const char *s = l->text.data;
	size_t best = 0;

	for (size_t i = 1; i + 1 < l->text.len; i++) {
		if (s[i] != ' ' || s[i + 1] != ' ' || s[i - 1] == ' ')
			continue;
		if (width_textn(s, i, ascii) > room)
			break;
		best = i;
	}
	return best;
}

/* Adds bytes from..to of a line with their styles. */
static void add_part(struct line *out, const struct line *l, size_t from, size_t to)
{
	for (size_t i = 0; i < l->spans.n; i++) {
		size_t start = MAX(l->spans.items[i].start, from);
		size_t end = MIN(i + 1 < l->spans.n ? l->spans.items[i + 1].start : l->text.len,
				 to);

		if (start < end)
			line_addn(out, l->spans.items[i].style, l->text.data + start, end - start);
	}
}

/* The first two groups name what this is, so the second is rather cut than left out. */
static void draw_left(struct area a, int x, int y, int room, unsigned style, const struct line *l)
{
	size_t n = whole_groups(l, room, a.g->ascii), next;
	struct line shown = LINE_INIT;
	int used;

	if (line_width(l, a.g->ascii) <= room || n == 0) {
		area_line(a, x, y, room, CUT_MIDDLE, style, l);
		return;
	}
	add_part(&shown, l, 0, n);
	used = area_line(a, x, y, room, CUT_NONE, style, &shown);
	next = n + strspn(l->text.data + n, " ");
	used += (int)(next - n);
	if (!strstr(shown.text.data, "  ") && room - used >= LEAST_CUT) {
		const char *end = strstr(l->text.data + next, "  ");

		line_clear(&shown);
		add_part(&shown, l, next, end ? (size_t)(end - l->text.data) : l->text.len);
		area_line(a, x + used, y, room - used, CUT_MIDDLE, style, &shown);
	}
	line_release(&shown);
}

void bar_draw(struct area a, int y, unsigned style, const struct line *left,
	      const struct line *middle, const struct line *right)
{
	bool ascii = a.g->ascii;
	int r = right ? line_width(right, ascii) : 0, m = middle ? line_width(middle, ascii) : 0;
	int l = left ? line_width(left, ascii) : 0, x;

	if (r > a.w - 2)
		r = 0; /* no room even for it alone */
	if (left)
		draw_left(a, 1, y, MAX(0, a.w - 2 - (r ? r + 2 : 0)), style, left);
	if (r)
		area_line(a, a.w - 1 - r, y, r, CUT_NONE, style, right);
	x = MAX(l + 4, (a.w - m) / 2);
	if (m && x + m + 3 + r <= a.w)
		area_line(a, x, y, m, CUT_NONE, style, middle);
}
