/* Documents and the pager. */
#include "tui_help.h"

#include "pager.h"

static void fill(struct doc *d)
{
	doc_clear(d);
	doc_heading(d, "google.golang.org/grpc");
	doc_blank(d);
	doc_field(d, "selected");
	doc_add(d, STYLE_STRONG, "v1.63.2");
	doc_add(d, STYLE_QUIET, "   indirect");
	doc_field(d, "because");
	doc_link(d, STYLE_LINK, 1, 42, "otelgrpc v0.51.0");
	doc_add(d, STYLE_NORMAL, " asks for it and so do two more of them");
	doc_newline(d);
	doc_link(d, STYLE_LINK, 1, 43, "storage v1.35.1");
	doc_line(d);
	doc_add(d, STYLE_NORMAL, "go get google.golang.org/grpc@v1.63.2 and more");
	doc_line(d);
	doc_add(d, STYLE_NORMAL, "two\nlines\t!");
}

static void lays_out(void **state)
{
	struct doc d = DOC_INIT;
	struct pager p;
	struct grid g;
	struct area a = sheet(&g, 40, 14);

	(void)state;
	fill(&d);
	pager_init(&p);
	pager_set(&p, &d);
	pager_draw(&p, a);
	assert_screen(&g, " google.golang.org/grpc\n"
			  "\n"
			  " selected  v1.63.2   indirect\n"
			  " because   otelgrpc v0.51.0 asks for it\n"
			  "           and so do two more of them\n"
			  "           storage v1.35.1\n"
			  " go get google.golang.org/grpc@v1.63.2\n"
			  " and more\n"
			  " two\n"
			  " lines    !\n");
	pager_release(&p);
	doc_release(&d);
	grid_release(&g);
}

static void as_text(void **state)
{
	struct doc d = DOC_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	doc_field(&d, "a");
	doc_add(&d, STYLE_NORMAL, "1");
	doc_field(&d, "longer");
	doc_add(&d, STYLE_NORMAL, "2");
	doc_newline(&d);
	doc_add(&d, STYLE_NORMAL, "3");
	doc_text(&d, &b);
	assert_string_equal(b.data, "a       1\nlonger  2\n        3\n");
	buf_release(&b);
	doc_release(&d);
}

static void links(void **state)
{
	struct doc d = DOC_INIT;
	struct pager p;
	struct grid g;
	struct area a = sheet(&g, 40, 4);
	struct event ev = { .type = EV_MOUSE, .mouse = MOUSE_PRESS, .button = 1, .x = 12, .y = 3 };

	(void)state;
	fill(&d);
	pager_init(&p);
	pager_set(&p, &d);
	pager_draw(&p, a);
	assert_null(pager_link(&p));
	assert_true(pager_next_link(&p, 1));
	assert_int_equal(pager_link(&p)->target, 42);
	assert_true(pager_next_link(&p, 1));
	assert_int_equal(pager_link(&p)->target, 43);
	assert_int_equal(p.top, 4); /* scrolled to it, with context below */
	assert_false(pager_next_link(&p, 1));
	assert_true(pager_next_link(&p, -1));
	assert_int_equal(pager_link(&p)->target, 42);
	pager_move(&p, PAGER_TOP);
	pager_draw(&p, a);
	p.link = SIZE_MAX;
	assert_int_equal(pager_event(&p, &ev), PAGER_FOLLOW);
	assert_int_equal(pager_link(&p)->target, 42);
	ev.x = 30;
	assert_int_equal(pager_event(&p, &ev), PAGER_HANDLED);
	/* a rebuilt document keeps the place, but not a link that is gone */
	fill(&d);
	pager_refresh(&p);
	pager_draw(&p, a);
	assert_int_equal(pager_link(&p)->target, 42);
	doc_clear(&d);
	pager_draw(&p, a);
	assert_null(pager_link(&p));
	pager_release(&p);
	doc_release(&d);
	grid_release(&g);
}

static void wraps_everything(void **state)
{
	static const char *const texts[] = {
		"a",
		"",
		" ",
		"word word word word",
		"averyveryverylongwordwithoutanyspace",
		"github.com/a/b/c/d/e/f/g/h",
		"漢字漢字漢字漢字",
		"\x1b[31mred\x1b[0m \xff\xff",
		"    indented text that is long",
	};

	(void)state;
	for (int w = 3; w < 30; w++) {
		struct doc d = DOC_INIT;
		struct pager p;
		struct grid g;
		struct area a = sheet(&g, w, 60);
		size_t covered = 0, bytes = 0;

		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			doc_field(&d, "label");
			doc_add(&d, STYLE_NORMAL, texts[i]);
			for (const char *s = texts[i]; *s; s++)
				bytes += *s != ' ';
		}
		pager_init(&p);
		pager_set(&p, &d);
		pager_draw(&p, a);
		for (size_t i = 0; i < p.rows.n; i++) {
			const struct doc_line *l = &d.lines.items[p.rows.items[i].line];

			for (size_t k = 0; k < p.rows.items[i].len; k++)
				covered += d.text.data[l->text + p.rows.items[i].start + k] != ' ';
		}
		assert_int_equal(covered, bytes); /* no letter is lost at any width */
		pager_release(&p);
		doc_release(&d);
		grid_release(&g);
	}
}

static void searches(void **state)
{
	struct doc d = DOC_INIT;
	struct pager p;
	struct grid g;
	struct area a = sheet(&g, 40, 5);

	(void)state;
	for (int i = 0; i < 100; i++) {
		doc_line(&d);
		doc_addf(&d, STYLE_NORMAL, "%s number %d", i % 10 == 5 ? "Needle" : "hay", i);
	}
	pager_init(&p);
	pager_set(&p, &d);
	pager_draw(&p, a);
	assert_true(pager_search(&p, "needle"));
	assert_int_equal(pager_line(&p), 5);
	pager_draw(&p, a);
	assert_int_equal(grid_at(&g, 1, 0)->style & STYLE_FOUND, STYLE_FOUND);
	assert_int_equal(grid_at(&g, 7, 0)->style & STYLE_FOUND, 0);
	assert_true(pager_search_next(&p, 1));
	assert_int_equal(pager_line(&p), 15);
	assert_true(pager_search_next(&p, -1));
	assert_true(pager_search_next(&p, -1));
	assert_int_equal(pager_line(&p), 95);
	assert_false(pager_search(&p, "NEEDLE"));
	assert_true(pager_search(&p, NULL));
	assert_false(pager_search_next(&p, 1));
	pager_release(&p);
	doc_release(&d);
	grid_release(&g);
}

static void keeps_its_place_when_resized(void **state)
{
	struct doc d = DOC_INIT;
	struct pager p;
	struct grid g;
	struct area a = sheet(&g, 80, 5);

	(void)state;
	for (int i = 0; i < 200; i++) {
		doc_line(&d);
		doc_addf(&d, STYLE_NORMAL,
			 "line %d with some more words that will have to wrap when it is narrow",
			 i);
	}
	pager_init(&p);
	pager_set(&p, &d);
	pager_draw(&p, a);
	p.top = 100;
	for (int w = 80; w > 5; w -= 7) {
		pager_draw(&p, area_sub(a, 0, 0, w, -1));
		assert_int_equal(pager_line(&p), 100);
	}
	pager_move(&p, PAGER_BOTTOM);
	assert_int_equal(p.top, p.rows.n - 5);
	pager_release(&p);
	doc_release(&d);
	grid_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lays_out), cmocka_unit_test(as_text),
		cmocka_unit_test(links),    cmocka_unit_test(wraps_everything),
		cmocka_unit_test(searches), cmocka_unit_test(keeps_its_place_when_resized),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
