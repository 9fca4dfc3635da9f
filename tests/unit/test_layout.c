/* Layout, tabs, hints, bars and gauges. */
#include "tui_help.h"

#include "gauge.h"
#include "bar.h"
#include "hint.h"
#include "layout.h"
#include "tab.h"

static bool overlap(struct area a, struct area b)
{
	return !area_empty(a) && !area_empty(b) && a.x < b.x + b.w && b.x < a.x + a.w &&
	       a.y < b.y + b.h && b.y < a.y + a.h;
}

/* At every size, areas neither overlap nor reach outside. */
static void areas_do_not_overlap(void **state)
{
	(void)state;
	for (int w = 1; w <= 220; w += w < 110 ? 1 : 10) {
		for (int h = 1; h <= 70; h += h < 30 ? 1 : 8) {
			for (unsigned flags = 0; flags < 64; flags++) {
				struct grid g;
				struct layout l;
				struct area a = sheet(&g, w, h);

				layout_compute(&l, a, flags, flags & LAYOUT_ABOVE ? h / 3 : 0);
				struct area parts[] = { l.header,   l.tabs,  l.title,
							l.list,	    l.rule,  l.detail,
							l.progress, l.input, l.status };

				assert_int_equal(l.too_small, w < LAYOUT_MIN_W || h < LAYOUT_MIN_H);
				for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
					for (size_t k = 0; k < i; k++)
						assert_false(overlap(parts[i], parts[k]));
					assert_true(parts[i].x + parts[i].w <= w &&
						    parts[i].y + parts[i].h <= h);
				}
				if (!l.too_small) {
					assert_true(l.list.h > 0 || l.detail.h > 0);
					assert_int_equal(l.side,
							 (flags & LAYOUT_DETAIL) &&
								 !(flags &
								   (LAYOUT_ABOVE | LAYOUT_WHOLE)) &&
								 w >= LAYOUT_SIDE_W);
				}
				layout_draw(&l);
				grid_release(&g);
			}
		}
	}
}

static void too_small_says_so(void **state)
{
	struct grid g;
	struct layout l;

	(void)state;
	layout_compute(&l, sheet(&g, 40, 4), 0, 0);
	layout_draw(&l);
	assert_screen(&g,
		      "\n       this window has 40x4 cells\n\n      60x16 show everything again\n");
	grid_release(&g);
	layout_compute(&l, sheet(&g, 20, 5), 0, 0);
	layout_draw(&l);
	assert_screen(&g, "\n        20x5\n\n    needs 60x16\n");
	grid_release(&g);
}

static const struct tab tabs[] = {
	{ "1", "Overview", STYLE_BAD },
	{ "2", "Graph", STYLE_NORMAL },
	{ "3", "Versions", STYLE_NORMAL },
	{ "4", "Cache", STYLE_ATTENTION },
};

static void tabs_shrink(void **state)
{
	struct grid g;
	struct area a = sheet(&g, 60, 1);

	(void)state;
	tabs_draw(a, tabs, 4, 1);
	assert_screen(&g, " 1 Overview ✗  2 Graph  3 Versions  4 Cache !\n");
	assert_int_equal(tabs_at(a, tabs, 4, 1, 0), 0);
	assert_int_equal(tabs_at(a, tabs, 4, 1, 15), 1);
	assert_int_equal(tabs_at(a, tabs, 4, 1, 59), 4);
	grid_clear(&g);
	a = area_sub(a, 0, 0, 34, -1);
	tabs_draw(a, tabs, 4, 3);
	assert_screen(&g, " 1 Over ✗ 2 Grap 3 Vers 4 Cache !\n");
	assert_int_equal(tabs_at(a, tabs, 4, 3, 15), 1);
	assert_int_equal(tabs_at(a, tabs, 4, 3, 16), 2);
	grid_release(&g);
}

/* One more letter goes to the titles that it makes whole. */
static void tabs_made_whole(void **state)
{
	struct grid g;
	struct area a = sheet(&g, 36, 1);

	(void)state;
	tabs_draw(a, tabs, 4, 3);
	assert_screen(&g, " 1 Over ✗ 2 Graph 3 Vers 4 Cache !\n");
	grid_release(&g);
}

static void tabs_without_keys(void **state)
{
	static const struct tab keyless[] = {
		{ "9", "Replaces", STYLE_NORMAL },
		{ "", "Offline", STYLE_NORMAL },
		{ "", "Vendor", STYLE_BAD },
	};
	struct grid g;
	struct area a = sheet(&g, 40, 1);

	(void)state;
	tabs_draw(a, keyless, 3, 0);
	assert_screen(&g, " 9 Replaces  Offline  Vendor ✗\n");
	assert_int_equal(tabs_at(a, keyless, 3, 0, 20), 1);
	assert_int_equal(tabs_at(a, keyless, 3, 0, 21), 2);
	grid_clear(&g);
	a = area_sub(a, 0, 0, 19, -1);
	tabs_draw(a, keyless, 3, 2);
	assert_screen(&g, " 9 Re Of Vendor ✗\n");
	assert_int_equal(tabs_at(a, keyless, 3, 2, 7), 1);
	assert_int_equal(tabs_at(a, keyless, 3, 2, 8), 2);
	grid_clear(&g);
	a = area_sub(a, 0, 0, 16, -1);
	tabs_draw(a, keyless, 3, 2);
	assert_screen(&g, " 9 Of Vendor ✗\n");
	grid_release(&g);
}

static void run(void *ctx, int arg)
{
	(void)ctx;
	(void)arg;
}

static bool off(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct action view[] = {
	{ "open", "enter", "open", "open it", NULL, run, 0, 0 },
	{ "none", "x", "never", "is off", off, run, 0, 0 },
	{ "quiet", "k", NULL, "has no hint", NULL, run, 0, 0 },
	{ 0 },
};
static const struct action global[] = {
	{ "enter", "enter", "hidden", "its key is taken above", NULL, run, 0, 0 },
	{ "quit", "q", "quit", "leave", NULL, run, 0, 0 },
	{ 0 },
};

static void hints(void **state)
{
	struct keymap km;
	struct keymap_scope sc = { &km };
	struct grid g;
	struct area a = sheet(&g, 40, 1);

	(void)state;
	keymap_init(&km);
	keymap_add(&km, "view", view);
	keymap_add(&km, "global", global);
	keymap_scope_push(&sc, "view", NULL);
	keymap_scope_push(&sc, "global", NULL);
	hints_draw(a, 1, 0, -1, &sc);
	assert_screen(&g, " enter open   q quit\n");
	grid_clear(&g);
	hints_draw(a, 1, 0, 12, &sc);
	assert_screen(&g, " q quit\n"); /* the last one stays */
	grid_clear(&g);
	hints_draw(a, 1, 0, 5, &sc);
	assert_screen(&g, "\n");
	keymap_release(&km);
	grid_release(&g);
}

static void bars(void **state)
{
	struct line l = LINE_INIT, m = LINE_INIT, r = LINE_INIT;
	struct grid g;
	struct area a = sheet(&g, 40, 1);

	(void)state;
	line_add(&l, STYLE_NORMAL, "left");
	line_add(&m, STYLE_NORMAL, "middle");
	line_add(&r, STYLE_NORMAL, "right");
	bar_draw(a, 0, STYLE_HEADER, &l, &m, &r);
	assert_screen(&g, " left            middle           right\n");
	grid_clear(&g);
	bar_draw(area_sub(a, 0, 0, 16, 1), 0, STYLE_HEADER, &l, &m, &r);
	assert_screen(&g, " left     right\n");
	grid_clear(&g);
	bar_draw(area_sub(a, 0, 0, 5, 1), 0, STYLE_HEADER, &l, &m, &r);
	assert_screen(&g, " l…t\n");
	line_add(&l, STYLE_BAD, "   second group  third");
	grid_clear(&g);
	bar_draw(area_sub(a, 0, 0, 30, 1), 0, STYLE_HEADER, &l, NULL, &r);
	assert_screen(&g, " left   second group    right\n");
	grid_clear(&g);
	bar_draw(area_sub(a, 0, 0, 16, 1), 0, STYLE_HEADER, &l, NULL, &r);
	assert_screen(&g, " left     right\n");
	line_clear(&l);
	line_add(&l, STYLE_STRONG, "name");
	line_add(&l, STYLE_NORMAL, "  example.com/shop/checkout  third");
	grid_clear(&g);
	bar_draw(area_sub(a, 0, 0, 28, 1), 0, STYLE_HEADER, &l, NULL, &r);
	assert_screen(&g, " name  …/checkout     right\n");
	line_release(&l);
	line_release(&m);
	line_release(&r);
	grid_release(&g);
}

#define assert_made(call, want)                      \
	do {                                         \
		struct buf out = BUF_INIT;           \
		call;                                \
		assert_string_equal(out.data, want); \
		buf_release(&out);                   \
	} while (0)

static void numbers(void **state)
{
	(void)state;
	assert_made(buf_addf(&out, "%s of %s", GAUGE_N(999), GAUGE_N(1248)), "999 of 1,248");
	assert_made(gauge_bytes(&out, 0), "0 B");
	assert_made(gauge_bytes(&out, 1023), "1023 B");
	assert_made(gauge_bytes(&out, 1024), "1.0 KiB");
	assert_made(gauge_bytes(&out, 1048575), "1.0 MiB");
	assert_made(gauge_bytes(&out, 2040109466), "1.9 GiB");
	assert_made(gauge_bytes(&out, UINT64_MAX), "16.0 EiB");
	assert_made(gauge_count(&out, 0), "0");
	assert_made(gauge_count(&out, 999), "999");
	assert_made(gauge_count(&out, 1203), "1,203");
	assert_made(gauge_count(&out, UINT64_MAX), "18,446,744,073,709,551,615");
	assert_made(gauge_age(&out, -5), "0 s");
	assert_made(gauge_age(&out, -86401), "future");
	assert_made(gauge_age(&out, 3 * 86400 + 5), "3 d");
	assert_made(gauge_age(&out, 425 * 86400), "13 mo");
	assert_made(gauge_age(&out, 800 * 86400), "2 y");
}

static void gauges(void **state)
{
	static const uint64_t v[] = { 4, 1, 0, 2, 14, 16 };
	struct line l = LINE_INIT;

	(void)state;
	gauge_add(&l, STYLE_GO, 5, 3, 5);
	assert_string_equal(l.text.data, "▰▰▰▱▱");
	line_clear(&l);
	gauge_add(&l, STYLE_GO, 3, 7, 0);
	assert_string_equal(l.text.data, "▱▱▱");
	line_clear(&l);
	gauge_add(&l, STYLE_GO, 3, UINT64_MAX, UINT64_MAX);
	assert_string_equal(l.text.data, "▰▰▰");
	line_clear(&l);
	gauge_sparkline(&l, STYLE_GO, 10, v, ARRAY_LEN(v));
	assert_string_equal(l.text.data, "▂▁ ▁▇█");
	line_clear(&l);
	gauge_sparkline(&l, STYLE_GO, 2, v, ARRAY_LEN(v));
	assert_string_equal(l.text.data, "▂█");
	line_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_do_not_overlap),
		cmocka_unit_test(too_small_says_so),
		cmocka_unit_test(tabs_shrink),
		cmocka_unit_test(tabs_made_whole),
		cmocka_unit_test(tabs_without_keys),
		cmocka_unit_test(hints),
		cmocka_unit_test(bars),
		cmocka_unit_test(numbers),
		cmocka_unit_test(gauges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
