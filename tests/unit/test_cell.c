/* Cells: what is drawn is escaped, measured and clipped. */
#include "tui_help.h"

#include "base/text.h"
#include "theme.h"

/* For every rune, a grid shows what text_escape() writes, and never a control character. */
static void drawn_text_is_escaped_text(void **state)
{
	(void)state;
	for (uint32_t r = 1; r < 0x110000; r += r < 0x3000 ? 1 : 37) {
		struct buf raw = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
		struct width_iter it;
		struct width_cluster c;

		text_add_rune(&raw, r);
		text_escape(&want, raw.data, raw.len, false);
		width_begin(&it, raw.data, raw.len, false);
		while (width_next(&it, &c)) {
			assert_in_range(c.len, 1, CLUSTER_MAX);
			assert_in_range(c.width, 1, 2);
			buf_add(&got, c.text, c.len);
		}
		/* combining marks are drawn on a circle */
		if (!strstr(got.data, "◌"))
			assert_string_equal(got.data, want.data);
		buf_release(&raw);
		buf_release(&want);
		buf_release(&got);
	}
}

static void ascii_is_ascii(void **state)
{
	static const char *const texts[] = { "✗ → ⟳ é 漢字 ́x", "\x1b[31m\xff\xfe", "│┌─┼╬█",
					     "a\xcc\x81 b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct width_iter it;
		struct width_cluster c;

		width_begin(&it, texts[i], strlen(texts[i]), true);
		while (width_next(&it, &c)) {
			assert_int_equal(c.len, 1);
			assert_int_equal(c.width, 1);
			assert_in_range((unsigned char)c.text[0], 0x20, 0x7e);
		}
	}
	for (int g = 0; g < GLYPHS; g++) {
		uint32_t r;
		const char *s = glyph_text((enum glyph)g, false);

		text_rune(s, strlen(s), &r);
		if (r >= 0x80)
			assert_string_equal(glyph_twin(r), glyph_text((enum glyph)g, true));
	}
	/* "+" and "-" are lines that come and go: nothing else, and no numbers with a sign */
	for (int g = 0; g < GLYPHS; g++)
		if (g != GLYPH_PLUS && g != GLYPH_MINUS && g != GLYPH_LINE && g != GLYPH_ARROW)
			assert_null(strchr("+-", *glyph_text((enum glyph)g, true)));
	assert_int_equal(width_text("a → b", true), 6);
	assert_int_equal(width_text("a → b", false), 5);
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(width_text("", false), 0);
	assert_int_equal(width_text("abc", false), 3);
	assert_int_equal(width_text("漢字", false), 4);
	assert_int_equal(width_text("e\xcc\x81", false), 1);
	assert_int_equal(width_text("\x1b[0m", false), 7);
	assert_int_equal(width_text("\xff", false), 4);
	assert_int_equal(width_text("\xe2\x80\xae", false), 8); /* \u{202e} */
	assert_int_equal(width_text("a\xcd\x8f"
				    "b",
				    false),
			 10);						    /* a\u{034f}b */
	assert_int_equal(width_text("\xe2\x9d\xa4\xef\xb8\x8f", false), 9); /* ❤\u{fe0f} */
	assert_int_equal(width_after("e\xcc\x81x", 4, 0), 3);
	assert_int_equal(width_prev("e\xcc\x81x", 4, 3), 0);
}

static void check_cut(const char *s, int columns, enum width_cut cut, bool ascii, const char *want)
{
	struct buf b = BUF_INIT;

	width_cut(&b, s, strlen(s), columns, cut, ascii);
	assert_string_equal(b.data, want);
	assert_true(width_text(b.data, ascii) <= columns);
	buf_release(&b);
}

static void cuts(void **state)
{
	static const char path[] =
		"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc";

	(void)state;
	check_cut("short", 10, CUT_END, false, "short");
	check_cut("example.com/long", 10, CUT_END, false, "example.c…");
	check_cut("example.com/long", 10, CUT_START, false, "….com/long");
	check_cut("example.com/long", 10, CUT_NONE, false, "example.co");
	check_cut("example.com/long", 10, CUT_END, true, "example…");
	check_cut(path, 30, CUT_MIDDLE, false, "go.opentelemetry.io/…/otelgrpc");
	check_cut(path, 40, CUT_MIDDLE, false, "go.opentelemetry.io/…/grpc/otelgrpc");
	check_cut(path, 20, CUT_MIDDLE, false, "…/grpc/otelgrpc");
	check_cut(path, 14, CUT_MIDDLE, false, "…/otelgrpc");
	check_cut("cloud.google.com/go/auth", 22, CUT_MIDDLE, false, "…/go/auth");
	check_cut(path, 9, CUT_MIDDLE, false, "…otelgrpc");
	check_cut(path, 8, CUT_MIDDLE, false, "…telgrpc");
	check_cut(path, 7, CUT_MIDDLE, false, "ote…rpc");
	check_cut("github.com/prometheus/prometheus", 11, CUT_MIDDLE, false, "…prometheus");
	check_cut("github.com/json-iterator/go", 20, CUT_MIDDLE, false, "…/json-iterator/go");
	check_cut("github.com/gin-contrib/sse", 17, CUT_MIDDLE, false, "…/gin-contrib/sse");
	check_cut("github.com/json-iterator/go", 17, CUT_MIDDLE, false, "github.com/…/go");
	check_cut("github.com/redis/go-redis/v9", 22, CUT_MIDDLE, false, "…/redis/go-redis/v9");
	check_cut("漢字漢字漢字", 5, CUT_END, false, "漢字…");
	check_cut("v0.0.0-2018…-fb15b899", 13, CUT_END, false, "v0.0.0-2018…");
	check_cut("abc", 0, CUT_END, false, "");
}

/* In a sentence only paths are cut in the middle: a cut elsewhere would change its meaning. */
static void cuts_of_words(void **state)
{
	(void)state;
	check_cut("go.mod: example.com/lib/errors v0.9.1; no package of it is needed", 30,
		  CUT_MIDDLE, false, "go.mod: example.com/lib/error…");
	check_cut("see example.com/one/two/three/json, which is faster", 48, CUT_MIDDLE, false,
		  "see example.com/…/three/json, which is faster");
	check_cut("example.com/one/two/errors v0.9.1; no package", 40, CUT_MIDDLE, false,
		  "example.com/…/errors v0.9.1; no package");
	check_cut("internal/shop/cart.go:8: no longer indirect", 30, CUT_MIDDLE, false,
		  "internal/shop/cart.go:8: no l…");
	check_cut("replace example.com/one/legacy v1.0.0 => example.com/two/fork/legacy v1.0.1", 70,
		  CUT_MIDDLE, false,
		  "replace example.com/one/legacy v1.0.0 => example.com/…/legacy v1.0.1");
	check_cut("replace example.com/legacy => example.com/fork v1.0.1", 30, CUT_MIDDLE, false,
		  "…/legacy => …/fork v1.0.1");
	check_cut("example.com/one/two v1.0.0", 20, CUT_MIDDLE, false, "…/one/two v1.0.0");
}

/* Any text, cut to any width in any way, fits. */
static void cuts_always_fit(void **state)
{
	static const char *const texts[] = { "a/b/c/d/e",
					     "///",
					     "漢/字/v2",
					     "v2",
					     "x\xff\x1b/y",
					     "aaaaaaaaaaaaaaaaaaaa/b",
					     "/",
					     "e\xcc\x81/e\xcc\x81",
					     "a.b/c/d/e f.g/h/i => j.k/l/m v1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (int w = 0; w < 24; w++) {
			for (int cut = CUT_END; cut <= CUT_NONE; cut++) {
				for (int ascii = 0; ascii < 2; ascii++) {
					struct buf b = BUF_INIT;

					width_cut(&b, texts[i], strlen(texts[i]), w,
						  (enum width_cut)cut, ascii);
					assert_true(width_text(b.data, ascii) <= w);
					buf_release(&b);
				}
			}
		}
	}
}

static void areas_clip(void **state)
{
	struct grid g;
	struct area a = sheet(&g, 12, 4), in;

	(void)state;
	in = area_sub(a, 2, 1, 5, 2);
	area_text(in, -2, 0, -1, STYLE_NORMAL, CUT_NONE, "abcdefghijkl");
	area_text(in, 0, 1, -1, STYLE_NORMAL, CUT_END, "漢字漢字");
	area_text(in, 0, 2, -1, STYLE_NORMAL, CUT_END, "below");
	area_text(in, 0, -1, -1, STYLE_NORMAL, CUT_END, "above");
	assert_screen(&g, "\n  cdefg\n  漢字…\n");
	assert_true(area_empty(area_sub(a, 20, 0, 5, 5)));
	assert_int_equal(area_sub(a, -3, 0, 5, 1).w, 2);
	grid_release(&g);
}

static void wide_cells_are_never_halved(void **state)
{
	struct grid g;
	struct area a = sheet(&g, 6, 1);

	(void)state;
	area_text(a, 0, 0, -1, STYLE_NORMAL, CUT_NONE, "漢字漢");
	area_text(a, 1, 0, 1, STYLE_NORMAL, CUT_NONE, "x");
	assert_screen(&g, " x字漢\n");
	area_text(a, 2, 0, 1, STYLE_NORMAL, CUT_NONE, "y");
	assert_screen(&g, " xy 漢\n");
	area_text(a, 3, 0, 2, STYLE_NORMAL, CUT_NONE, "国");
	assert_screen(&g, " xy国\n");
	area_text(a, 5, 0, -1, STYLE_NORMAL, CUT_NONE, "国");
	assert_screen(&g, " xy国\n");
	grid_release(&g);
}

static void boxes(void **state)
{
	struct grid g;
	struct area a = sheet(&g, 14, 4), in = area_box(a, STYLE_RULE, "Title");

	(void)state;
	area_text_right(in, 0, 0, -1, STYLE_NORMAL, "right");
	area_glyph(in, 0, 1, STYLE_BAD, GLYPH_BAD);
	assert_screen(&g, "┌─ Title ────┐\n│       right│\n│✗           │\n└────────────┘\n");
	grid_clear(&g);
	g.ascii = true;
	in = area_box(a, STYLE_RULE, "Title");
	area_glyph(in, 0, 1, STYLE_BAD, GLYPH_ARROW);
	assert_screen(&g, "+- Title ----+\n|            |\n|->          |\n+------------+\n");
	grid_release(&g);
}

static void lines_keep_styles_when_cut(void **state)
{
	struct line l = LINE_INIT;
	struct buf b = BUF_INIT;
	struct grid g;
	struct area a = sheet(&g, 20, 1);

	(void)state;
	line_add(&l, STYLE_QUIET, "example.com/");
	line_add(&l, STYLE_BAD, "aaaaaaaaaa/");
	line_add(&l, STYLE_GOOD, "ending");
	assert_int_equal(area_line(a, 0, 0, -1, CUT_MIDDLE, 0, &l), 20);
	grid_dump_styles(&g, &b);
	assert_string_equal(b.data, "{quiet:example.com/}{bad:…/}{good:ending}\n");
	line_release(&l);
	buf_release(&b);
	grid_release(&g);
}

static void looks(void **state)
{
	const struct theme *t = theme_find("default");

	(void)state;
	assert_null(theme_find("nosuch"));
	assert_int_equal(theme_look(t, STYLE_BAD, false).fg, 1);
	assert_int_equal(theme_look(t, STYLE_BAD, true).fg, -1);
	assert_int_equal(theme_look(t, STYLE_BAD | STYLE_CURSOR, false).fg, -1);
	assert_true(theme_look(t, STYLE_QUIET | STYLE_CURSOR, false).attrs & LOOK_REVERSE);
	assert_false(theme_look(t, STYLE_QUIET | STYLE_CURSOR, false).attrs & LOOK_DIM);
	/* no theme sets a background, so that light and dark terminals both work */
	for (size_t i = 0; theme_names()[i]; i++)
		for (unsigned s = 0; s < STYLE_IDS; s++)
			assert_int_equal(theme_look(theme_find(theme_names()[i]), s, false).bg, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drawn_text_is_escaped_text),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(widths),
		cmocka_unit_test(cuts),
		cmocka_unit_test(cuts_of_words),
		cmocka_unit_test(cuts_always_fit),
		cmocka_unit_test(areas_clip),
		cmocka_unit_test(wide_cells_are_never_halved),
		cmocka_unit_test(boxes),
		cmocka_unit_test(lines_keep_styles_when_cut),
		cmocka_unit_test(looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
