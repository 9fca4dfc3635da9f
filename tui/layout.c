#include "layout.h"

enum { LEAST_PANE = 30, LEAST_STACK = 9 };

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
	if (flags & LAYOUT_WHOLE) {
		l->title = area_sub(b, 0, 0, -1, 1);
		l->list = area_sub(b, 0, 0, 0, 0);
		l->detail = area_sub(b, 0, 1, -1, -1);
		return;
	}
	if (flags & LAYOUT_ABOVE) {
		split_above(l, flags, split);
		return;
	}
	l->side = b.w >= LAYOUT_SIDE_W;
	if (l->side) {
		int w = split > 0 ? split : b.w * LAYOUT_USUAL_SPLIT / 100;

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
	if (flags & (LAYOUT_ABOVE | LAYOUT_WHOLE) && flags & LAYOUT_DETAIL)
		return;
	l->title = area_sub(l->list, 0, 0, -1, 1);
	l->list = area_sub(l->list, 0, 1, -1, -1);
}

/* The short form where the other does not fit. */
static void centre(struct area a, int y, unsigned style, const char *text, const char *brief)
{
	int w;

	if (width_text(text, a.g->ascii) > a.w)
		text = brief;
	w = MIN(width_text(text, a.g->ascii), a.w);
	area_text(a, (a.w - w) / 2, y, w, style, CUT_END, text);
}

void layout_draw(const struct layout *l)
{
	char text[64], brief[32];

	if (!l->too_small) {
		if (l->rule.w == 1 && l->side)
			area_vline(l->rule, 0, 0, l->rule.h, STYLE_RULE);
		else
			area_hline(l->rule, 0, 0, l->rule.w, STYLE_RULE);
		return;
	}
	snprintf(text, sizeof(text), "this window has %dx%d cells", l->screen.w, l->screen.h);
	snprintf(brief, sizeof(brief), "%dx%d", l->screen.w, l->screen.h);
	centre(l->screen, l->screen.h / 2 - (l->screen.h > 1), STYLE_STRONG, text, brief);
	snprintf(text, sizeof(text), "%dx%d show everything again", LAYOUT_MIN_W, LAYOUT_MIN_H);
	snprintf(brief, sizeof(brief), "needs %dx%d", LAYOUT_MIN_W, LAYOUT_MIN_H);
	centre(l->screen, l->screen.h / 2 + (l->screen.h > 1), STYLE_QUIET, text, brief);
}
