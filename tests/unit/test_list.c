/* Lists: only visible rows are asked for, and the cursor stays with its row. */
#include "tui_help.h"

#include "list.h"

struct source {
	size_t n, asked, moved;
	uint64_t base; /* keys start here; a reload shifts the rows */
	bool headings;
};

static size_t count(void *ctx)
{
	return ((struct source *)ctx)->n;
}

static uint64_t key(void *ctx, size_t row)
{
	return ((struct source *)ctx)->base + row;
}

static void cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	struct source *s = ctx;

	s->asked++;
	if (s->headings && row % 5 == 0)
		line_addf(out, STYLE_STRONG, "heading %zu", row / 5);
	else if (column == 0)
		line_addf(out, STYLE_NORMAL, "example.com/mod%llu",
			  (unsigned long long)(s->base + row));
	else if (column == 1)
		line_addf(out, STYLE_GOOD, "v1.%zu.0", row % 7);
	else
		line_addf(out, STYLE_QUIET, "%zu KiB", row * 3);
}

static bool is_heading(void *ctx, size_t row)
{
	return ((struct source *)ctx)->headings && row % 5 == 0;
}

static void moved(void *ctx, size_t row)
{
	((struct source *)ctx)->moved = row;
}

static const char *text(void *ctx, size_t row, size_t *len)
{
	static char t[64];

	*len = (size_t)snprintf(t, sizeof(t), "example.com/mod%llu",
				(unsigned long long)(((struct source *)ctx)->base + row));
	return t;
}

static int compare(void *ctx, size_t a, size_t b, unsigned column)
{
	(void)ctx;
	(void)column;
	return a < b ? 1 : a > b ? -1 : 0;
}

static const struct list_ops ops = {
	.count = count, .key = key, .cell = cell, .skip = is_heading, .moved = moved
};
static const struct rows_ops rows_ops = { count, text, compare };
static const struct list_column columns[] = {
	{ .id = "module",
	  .title = "module",
	  .min = 12,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "version", .title = "version", .min = 6 },
	{ .id = "size", .title = "size", .min = 8, .priority = 2, .right = true },
};

static void shows(void **state)
{
	struct source s = { .n = 3, .base = 1 };
	struct list l;
	struct grid g;
	struct area a = sheet(&g, 50, 6);

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	list_mark(&l, 1, true);
	list_draw(&l, a);
	assert_screen(&g, "  module                           version   size\n"
			  "  example.com/mod1                 v1.0.0   0 KiB\n"
			  "◆ example.com/mod2                 v1.1.0   3 KiB\n"
			  "  example.com/mod3                 v1.2.0   6 KiB\n");
	assert_int_equal(grid_at(&g, 49, 1)->style & STYLE_CURSOR, STYLE_CURSOR);
	assert_int_equal(grid_at(&g, 0, 2)->style & STYLE_CURSOR, 0);
	grid_clear(&g);
	list_draw(&l, area_sub(a, 0, 0, 25, -1));
	assert_screen(&g, "  module         version\n"
			  "  …/mod1         v1.0.0\n"
			  "◆ …/mod2         v1.1.0\n"
			  "  …/mod3         v1.2.0\n");
	s.n = 0;
	l.empty = "No modules here. The go.mod file has no require lines.";
	list_refresh(&l);
	grid_clear(&g);
	list_draw(&l, area_sub(a, 0, 0, 30, -1));
	assert_screen(&g, "  No modules here. The go.mod\n  file has no require lines.\n");
	assert_int_equal(list_row(&l), LIST_NONE);
	list_move(&l, LIST_DOWN);
	list_move(&l, LIST_BOTTOM);
	list_release(&l);
	grid_release(&g);
}

static void no_size_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	if (column < 2)
		cell(ctx, row, column, out);
	else if (column == 4)
		line_add(out, STYLE_NORMAL, "a note that may extend");
}

/* What a column holds goes before the min of one that holds less; one that holds nothing gets no room. */
static void contents_before_padding(void **state)
{
	static const struct list_ops some = { .count = count, .key = key, .cell = no_size_cell };
	static const struct list_column five[] = {
		{ .id = "module", .min = 12, .flex = 1, .cut = CUT_MIDDLE },
		{ .id = "version", .min = 12 },
		{ .id = "size", .min = 8, .max = 8 },
		{ .id = "used", .min = 4, .max = 4, .priority = 1 },
		{ .id = "note", .min = 10, .priority = 2, .cut = CUT_END },
	};
	struct source s = { .n = 2, .base = 1 };
	struct list l;
	struct grid g;
	struct area a = sheet(&g, 55, 3);

	(void)state;
	list_init(&l, &some, &s, five, ARRAY_LEN(five));
	l.header = false;
	list_draw(&l, a);
	assert_screen(&g, "  example.com/mod1      v1.0.0  a note that may extend\n"
			  "  example.com/mod2      v1.1.0  a note that may extend\n");
	assert_int_equal(l.widths[2], 0);
	assert_int_equal(l.widths[3], 0);
	grid_clear(&g);
	list_draw(&l, area_sub(a, 0, 0, 45, -1));
	assert_screen(&g, "  example.com/mod1  v1.0.0  a note that may…\n"
			  "  example.com/mod2  v1.1.0  a note that may…\n");
	list_release(&l);
	grid_release(&g);
}

static void asks_only_for_what_is_seen(void **state)
{
	struct source s = { .n = 1000000, .base = 1 };
	struct list l;
	struct grid g;
	struct area a = sheet(&g, 80, 21);

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	list_draw(&l, a);
	list_move(&l, LIST_BOTTOM);
	assert_int_equal(s.moved, 999999);
	s.asked = 0;
	list_draw(&l, a);
	assert_true(s.asked <= 2 * 20 * 3);
	assert_int_equal(l.top, 999980);
	list_move(&l, LIST_TOP);
	assert_int_equal(l.top, 0);
	/* two rows of context when moving down */
	for (int i = 0; i < 18; i++)
		list_move(&l, LIST_DOWN);
	assert_int_equal(l.cursor, 18);
	assert_int_equal(l.top, 1);
	list_move(&l, LIST_PAGE_DOWN);
	assert_int_equal(l.cursor, 35);
	assert_true(l.cursor >= l.top + 2 && l.cursor < l.top + 18);
	list_release(&l);
	grid_release(&g);
}

static void cursor_stays_with_its_row(void **state)
{
	struct source s = { .n = 1000, .base = 1000 };
	struct list l;
	struct rows r;

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	assert_true(list_go(&l, 500));
	s.base = 900; /* a hundred rows have appeared above */
	list_refresh(&l);
	assert_int_equal(list_row(&l), 600);
	s.base = 1400;
	list_refresh(&l);
	assert_int_equal(list_row(&l), 100);
	s.base = 5000; /* its row is gone, so that the position stays */
	list_refresh(&l);
	assert_int_equal(list_row(&l), 100);
	s.n = 50;
	list_refresh(&l);
	assert_int_equal(list_row(&l), 49);
	s.n = 1000;
	s.base = 1000;
	rows_init(&r, &rows_ops, &s);
	rows_refresh(&r);
	l.rows = &r;
	list_refresh(&l);
	assert_int_equal(list_row(&l), 500);
	/* a filter hides it, then shows it again */
	rows_filter(&r, "mod17");
	rows_work(&r, 1000000);
	list_refresh(&l);
	assert_int_equal(list_row(&l), 700);
	rows_filter(&r, "");
	list_refresh(&l);
	assert_int_equal(list_row(&l), 500);
	list_sort_by(&l, 0);
	while (rows_work(&r, 1000000))
		;
	list_refresh(&l);
	assert_int_equal(list_row(&l), 500);
	assert_int_equal(l.cursor, 499);
	list_sort_by(&l, 0);
	assert_true(l.descending);
	rows_release(&r);
	list_release(&l);
}

static void passes_over_headings(void **state)
{
	struct source s = { .n = 12, .base = 1, .headings = true };
	struct list l;
	struct grid g;
	struct area a = sheet(&g, 40, 10);

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	list_draw(&l, a);
	list_move(&l, LIST_TOP);
	assert_int_equal(list_row(&l), 1);
	list_move(&l, LIST_UP);
	assert_int_equal(list_row(&l), 1);
	for (int i = 0; i < 4; i++)
		list_move(&l, LIST_DOWN);
	assert_int_equal(list_row(&l), 6);
	list_move(&l, LIST_UP);
	assert_int_equal(list_row(&l), 4);
	list_move(&l, LIST_BOTTOM);
	assert_int_equal(list_row(&l), 11);
	s.n = 11; /* the last row is a heading */
	list_refresh(&l);
	assert_int_equal(list_row(&l), 9);
	list_move(&l, LIST_DOWN);
	assert_int_equal(list_row(&l), 9);
	list_release(&l);
	grid_release(&g);
}

static void marks(void **state)
{
	struct source s = { .n = 100, .base = 1 };
	struct list l;
	struct rows r;
	size_t *rows, n;

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	rows_init(&r, &rows_ops, &s);
	rows_refresh(&r);
	l.rows = &r;
	for (size_t i = 0; i < 100; i += 10)
		list_mark(&l, i, true);
	list_mark(&l, 0, false);
	assert_int_equal(list_marks(&l), 9);
	rows_filter(&r, "mod51");
	rows_work(&r, 1000000);
	n = list_marked_rows(&l, &rows);
	assert_int_equal(n, 9);
	assert_int_equal(rows[0], 50); /* visible rows come first */
	assert_int_equal(rows[1], 10);
	free(rows);
	rows_release(&r);
	list_release(&l);
}

static void keysets(void **state)
{
	struct keyset s = { 0 };
	uint64_t x = 7;
	bool in[512] = { 0 };
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		uint64_t k = (x >> 40) % 512;
		bool on = x >> 63;

		assert_int_equal(keyset_set(&s, k + 1, on), in[k] != on);
		n = n + (on && !in[k]) - (!on && in[k]);
		in[k] = on;
		assert_int_equal(s.n, n);
	}
	for (uint64_t k = 0; k < 512; k++)
		assert_int_equal(keyset_has(&s, k + 1), in[k]);
	keyset_release(&s);
}

static struct event press(int x, int y, enum event_mouse kind)
{
	return (struct event){ .type = EV_MOUSE, .mouse = kind, .button = 1, .x = x, .y = y };
}

static void mouse(void **state)
{
	struct source s = { .n = 100, .base = 1 };
	struct list l;
	struct rows r;
	struct grid g;
	struct area a = sheet(&g, 80, 24);
	struct event ev;

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	rows_init(&r, &rows_ops, &s);
	rows_refresh(&r);
	l.rows = &r;
	list_draw(&l, area_sub(a, 10, 5, 60, 12));
	ev = press(20, 10, MOUSE_PRESS);
	assert_int_equal(list_event(&l, &ev), LIST_HANDLED);
	assert_int_equal(list_row(&l), 4);
	ev = press(20, 10, MOUSE_DOUBLE);
	assert_int_equal(list_event(&l, &ev), LIST_ACTIVATED);
	ev = press(2, 10, MOUSE_PRESS);
	assert_int_equal(list_event(&l, &ev), LIST_IGNORED);
	ev = press(20, 10, MOUSE_WHEEL_DOWN);
	assert_int_equal(list_event(&l, &ev), LIST_HANDLED);
	assert_int_equal(l.top, 3);
	assert_int_equal(list_row(&l), 5);
	ev = press(14, 5, MOUSE_PRESS); /* a click on a column title sorts */
	assert_int_equal(list_event(&l, &ev), LIST_HANDLED);
	assert_int_equal(l.sort, 0);
	rows_release(&r);
	list_release(&l);
	grid_release(&g);
}

static bool ends_in_7(void *ctx, size_t row)
{
	(void)ctx;
	return row % 10 == 7;
}

static bool never(void *ctx, size_t row)
{
	(void)ctx;
	(void)row;
	return false;
}

static void search(void **state)
{
	struct source s = { .n = 30, .base = 1 };
	struct list l;

	(void)state;
	list_init(&l, &ops, &s, columns, ARRAY_LEN(columns));
	assert_true(list_search(&l, 1, ends_in_7, NULL));
	assert_int_equal(list_row(&l), 7);
	assert_true(list_search(&l, -1, ends_in_7, NULL));
	assert_int_equal(list_row(&l), 27);
	assert_true(list_search(&l, 1, ends_in_7, NULL));
	assert_int_equal(list_row(&l), 7);
	assert_false(list_search(&l, 1, never, NULL));
	list_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows),
		cmocka_unit_test(contents_before_padding),
		cmocka_unit_test(asks_only_for_what_is_seen),
		cmocka_unit_test(cursor_stays_with_its_row),
		cmocka_unit_test(passes_over_headings),
		cmocka_unit_test(marks),
		cmocka_unit_test(keysets),
		cmocka_unit_test(mouse),
		cmocka_unit_test(search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
