#include "screen/grid_dump.h"

static int row_end(const struct grid *g, int y)
{
	int end = g->w;

	while (end > 0) {
		const struct grid_cell *c = grid_at(g, end - 1, y);

		if (c->len != 1 || c->text[0] != ' ')
			break;
		end--;
	}
	return end;
}

void grid_dump(const struct grid *g, struct buf *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = row_end(g, y);

		for (int x = 0; x < end; x++) {
			const struct grid_cell *c = grid_at(g, x, y);

			buf_add(out, c->text, c->len);
		}
		buf_addch(out, '\n');
	}
}

static void dump_style(struct buf *out, unsigned style)
{
	buf_addch(out, '{');
	buf_addstr(out, style_name(style & STYLE_ID_MASK));
	if (style & STYLE_CURSOR)
		buf_addstr(out, "+cursor");
	if (style & STYLE_CURSOR_OFF)
		buf_addstr(out, "+off");
	if (style & STYLE_BOLD)
		buf_addstr(out, "+bold");
	if (style & STYLE_UNDERLINE)
		buf_addstr(out, "+underline");
	if (style & STYLE_FOUND)
		buf_addstr(out, "+found");
	buf_addch(out, ':');
}

void grid_dump_styles(const struct grid *g, struct buf *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = g->w;
		unsigned style = STYLE_NORMAL;

		while (end > 0 && grid_at(g, end - 1, y)->style == STYLE_NORMAL &&
		       grid_at(g, end - 1, y)->text[0] == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			const struct grid_cell *c = grid_at(g, x, y);

			if (c->style != style) {
				if (style != STYLE_NORMAL)
					buf_addch(out, '}');
				style = c->style;
				if (style != STYLE_NORMAL)
					dump_style(out, style);
			}
			buf_add(out, c->text, c->len);
		}
		buf_addstr(out, style != STYLE_NORMAL ? "}\n" : "\n");
	}
}
