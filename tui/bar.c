#include "bar.h"

enum { LEAST_CUT = 8 };

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

/* The first two groups say what this is: cut the second rather than omit it. */
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
		r = 0; /* too wide even alone */
	if (left)
		draw_left(a, 1, y, MAX(0, a.w - 2 - (r ? r + 2 : 0)), style, left);
	if (r)
		area_line(a, a.w - 1 - r, y, r, CUT_NONE, style, right);
	x = MAX(l + 4, (a.w - m) / 2);
	if (m && x + m + 3 + r <= a.w)
		area_line(a, x, y, m, CUT_NONE, style, middle);
}
