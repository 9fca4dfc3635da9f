/* Prompts, dialogs, palette and help, driven by keys. */
#include "tui_help.h"

#include "dialog.h"
#include "helpscreen.h"
#include "palette.h"

static struct event key_event(const char *name)
{
	struct event ev = { .type = EV_KEY };

	assert_true(key_parse(&ev.key, name, strlen(name)));
	return ev;
}

/* Sends keys, named and separated by spaces; returns the last result. */
static enum prompt_result keys(struct prompt *p, const char *names)
{
	enum prompt_result r = PROMPT_IGNORED;

	while (*names) {
		char name[32];
		size_t n = strcspn(names, " ");
		struct event ev;

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		ev = key_event(name);
		r = prompt_event(p, &ev);
		names += n + (names[n] == ' ');
	}
	return r;
}

/* Typing replaces an offered text; moving keeps it for editing. */
static void offers(void **state)
{
	struct prompt p;

	(void)state;
	prompt_init(&p, "Save as ");
	prompt_offer(&p, "tidy.patch");
	assert_int_equal(keys(&p, "enter"), PROMPT_ACCEPT);
	assert_string_equal(prompt_text(&p), "tidy.patch");
	prompt_offer(&p, "tidy.patch");
	keys(&p, "a b");
	assert_string_equal(prompt_text(&p), "ab");
	prompt_offer(&p, "tidy");
	keys(&p, "end x");
	assert_string_equal(prompt_text(&p), "tidyx");
	prompt_offer(&p, "tidy");
	keys(&p, "backspace x");
	assert_string_equal(prompt_text(&p), "tidx");
	prompt_release(&p);
}

static void edits(void **state)
{
	struct prompt p;
	struct event paste = { .type = EV_PASTE, .text = "x\ny\033[A\n", .len = 7 };

	(void)state;
	prompt_init(&p, "/");
	assert_int_equal(keys(&p, "a b c left X"), PROMPT_CHANGED);
	assert_string_equal(prompt_text(&p), "abXc");
	keys(&p, "home delete end backspace");
	assert_string_equal(prompt_text(&p), "bX");
	prompt_set(&p, "one two-three");
	keys(&p, "ctrl-w");
	assert_string_equal(prompt_text(&p), "one two-");
	keys(&p, "alt-b ctrl-k");
	assert_string_equal(prompt_text(&p), "one ");
	keys(&p, "ctrl-u");
	assert_string_equal(prompt_text(&p), "");
	assert_int_equal(keys(&p, "backspace"), PROMPT_CANCEL);
	/* clusters are whole: backspace deletes e with its accent */
	prompt_set(&p, "ae\xcc\x81z");
	keys(&p, "left backspace");
	assert_string_equal(prompt_text(&p), "az");
	prompt_event(&p, &paste);
	assert_string_equal(prompt_text(&p), "ax y [Az");
	assert_int_equal(keys(&p, "esc"), PROMPT_CANCEL);
	assert_int_equal(keys(&p, "f5"), PROMPT_IGNORED);
	prompt_release(&p);
}

static void long_text_is_capped(void **state)
{
	struct prompt p;
	struct event ev = { .type = EV_PASTE };
	char block[1000];

	(void)state;
	memset(block, 'a', sizeof(block));
	ev.text = block;
	ev.len = sizeof(block);
	prompt_init(&p, "/");
	for (int i = 0; i < 10; i++)
		prompt_event(&p, &ev);
	assert_true(p.text.len <= PROMPT_MAX);
	prompt_release(&p);
}

static void history(void **state)
{
	struct prompt_history h = { { 0 } };
	struct prompt p;

	(void)state;
	prompt_init(&p, ":");
	p.history = &h;
	keys(&p, "a enter");
	prompt_set(&p, "");
	keys(&p, "b enter");
	prompt_set(&p, "");
	keys(&p, "d");
	keys(&p, "up");
	assert_string_equal(prompt_text(&p), "b");
	keys(&p, "up up up");
	assert_string_equal(prompt_text(&p), "a");
	keys(&p, "down down");
	assert_string_equal(prompt_text(&p), "d"); /* what was being typed */
	prompt_history_add(&h, "a");
	assert_int_equal(h.lines.n, 2);
	assert_string_equal(h.lines.items[1], "a");
	for (int i = 0; i < 500; i++) {
		char line[16];

		snprintf(line, sizeof(line), "l%d", i);
		prompt_history_add(&h, line);
	}
	assert_int_equal(h.lines.n, PROMPT_HISTORY);
	prompt_release(&p);
	prompt_history_release(&h);
}

static bool complete(void *ctx, const char *text, size_t cursor, size_t i, size_t *from,
		     struct buf *out)
{
	static const char *const words[] = { "alpha", "alps" };

	(void)ctx;
	*from = cursor;
	while (*from > 0 && text[*from - 1] != ' ')
		--*from;
	if (cursor - *from != 2 || strncmp(text + *from, "al", 2) != 0 || i >= 2)
		return false;
	buf_addstr(out, words[i]);
	return true;
}

static void completion(void **state)
{
	struct prompt p;

	(void)state;
	prompt_init(&p, ":");
	p.complete = complete;
	prompt_set(&p, "go al");
	keys(&p, "tab");
	assert_string_equal(prompt_text(&p), "go alpha");
	keys(&p, "tab");
	assert_string_equal(prompt_text(&p), "go alps");
	keys(&p, "shift-tab");
	assert_string_equal(prompt_text(&p), "go alpha");
	keys(&p, "tab tab");
	assert_string_equal(prompt_text(&p), "go al");
	assert_int_equal(keys(&p, "x tab"), PROMPT_HANDLED);
	assert_string_equal(prompt_text(&p), "go alx");
	prompt_release(&p);
}

static void draws_around_the_cursor(void **state)
{
	struct prompt p;
	struct grid g;
	struct area a = sheet(&g, 12, 1);

	(void)state;
	prompt_init(&p, "/");
	prompt_set(&p, "abcdefghijklmnop");
	prompt_draw(&p, a, 0, 0, -1, true);
	assert_screen(&g, "/ghijklmnop\n");
	assert_int_equal(g.cursor_x, 11);
	keys(&p, "home");
	grid_clear(&g);
	prompt_draw(&p, a, 0, 0, -1, true);
	assert_screen(&g, "/abcdefghijk\n");
	assert_int_equal(g.cursor_x, 1);
	prompt_release(&p);
	grid_release(&g);
}

/* dialogs */

static void plan_dialog(void **state)
{
	struct dialog d;
	struct grid g;
	struct area a = sheet(&g, 60, 12);
	struct event ev;

	(void)state;
	dialog_init(&d);
	dialog_open(&d, "Repair", DIALOG_PLAN);
	doc_line(&d.doc);
	doc_add(&d.doc, STYLE_NORMAL, "move x.info to quarantine");
	dialog_draw(&d, a);
	assert_screen(&g, "\n\n"
			  "  ┌─ Repair ─────────────────────────────────────────────┐\n"
			  "  │ move x.info to quarantine                            │\n"
			  "  │                                                      │\n"
			  "  │ enter do it   esc leave everything as it is          │\n"
			  "  └──────────────────────────────────────────────────────┘\n");
	/* only enter runs the plan */
	ev = key_event("y");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_STAYS);
	ev = key_event("space");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_STAYS);
	ev = key_event("esc");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_CANCEL);
	ev = key_event("enter");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_OK);
	dialog_release(&d);
	grid_release(&g);
}

static void choice_dialog(void **state)
{
	struct dialog d;
	struct grid g;
	struct area a = sheet(&g, 60, 14);
	struct event ev;

	(void)state;
	dialog_init(&d);
	dialog_open(&d, "Export", DIALOG_CHOICE);
	dialog_answer(&d, "d", "DOT", 10);
	dialog_answer(&d, "m", "Mermaid", 20);
	dialog_draw(&d, a);
	ev = key_event("m");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_OK);
	assert_int_equal(d.value, 20);
	d.current = 0;
	ev = key_event("down");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_STAYS);
	ev = key_event("enter");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_OK);
	assert_int_equal(d.value, 20);
	/* a click chooses the answer in its row */
	assert_screen(&g, "\n\n"
			  "  ┌─ Export ─────────────────────────────────────────────┐\n"
			  "  │                                                      │\n"
			  "  │  d DOT                                               │\n"
			  "  │  m Mermaid                                           │\n"
			  "  │                                                      │\n"
			  "  │ enter choose   esc leave                             │\n"
			  "  └──────────────────────────────────────────────────────┘\n");
	for (int y = 0; y < 14; y++) {
		struct event click = {
			.type = EV_MOUSE, .mouse = MOUSE_PRESS, .button = 1, .x = 10, .y = y
		};

		d.value = 0;
		assert_int_equal(dialog_event(&d, &click) == DIALOG_OK, y == 4 || y == 5);
		assert_int_equal(d.value, y == 4 ? 10 : y == 5 ? 20 : 0);
	}
	ev = key_event("q");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_CANCEL);
	dialog_release(&d);
	grid_release(&g);
}

static void input_dialog(void **state)
{
	struct dialog d;
	struct grid g;
	struct area a = sheet(&g, 60, 14);
	struct event ev = key_event("q");

	(void)state;
	dialog_init(&d);
	dialog_open(&d, "Save", DIALOG_INPUT);
	assert_int_equal(dialog_event(&d, &ev), DIALOG_STAYS);
	dialog_draw(&d, a);
	assert_true(g.cursor_x > 0);
	ev = key_event("enter");
	assert_int_equal(dialog_event(&d, &ev), DIALOG_OK);
	assert_string_equal(prompt_text(&d.prompt), "q");
	dialog_release(&d);
	grid_release(&g);
}

/* palette */

static const struct palette_item items[] = {
	{ "graph", "the module graph", "view", "2", false, false },
	{ "explain", "why a version is selected", "command", NULL, false, true },
	{ "export", "write the graph to a file", "action", "e", false, false },
	{ "repair", "fix the cache", "action", "R", true, false },
};

static size_t item_count(void *ctx)
{
	(void)ctx;
	return ARRAY_LEN(items);
}

static void item(void *ctx, size_t i, struct palette_item *out)
{
	(void)ctx;
	*out = items[i];
}

static const struct palette_ops palette_ops = { item_count, item };

static enum palette_result type(struct palette *p, const char *text)
{
	enum palette_result r = PALETTE_STAYS;

	for (; *text; text++) {
		struct event ev = { .type = EV_KEY, .key = { (unsigned char)*text, 0 } };

		r = palette_event(p, &ev);
	}
	return r;
}

static void palette(void **state)
{
	struct palette p;
	struct grid g;
	struct area a = sheet(&g, 70, 12);
	struct event enter = key_event("enter"), tab = key_event("tab"), down = key_event("down"),
		     up = key_event("up");

	(void)state;
	palette_init(&p, &palette_ops, NULL, NULL);
	palette_open(&p, ":", "");
	assert_int_equal(list_count(&p.list), 4);
	type(&p, "ex");
	assert_int_equal(list_count(&p.list), 2);
	palette_draw(&p, a);
	assert_screen(&g, "\n\n"
			  "  ┌────────────────────────────────────────────────────────────────┐\n"
			  "  │ :ex                                                            │\n"
			  "  │  explain  why a version is selected                 command    │\n"
			  "  │  export   write the graph to a file                 action   e │\n"
			  "  └────────────────────────────────────────────────────────────────┘\n");
	palette_event(&p, &down);
	palette_event(&p, &up);
	palette_event(&p, &tab);
	assert_string_equal(prompt_text(&p.prompt), "explain ");
	type(&p, "grpc");
	assert_int_equal(palette_event(&p, &enter), PALETTE_RUN);
	assert_int_equal(p.item, 1);
	assert_string_equal(palette_argument(&p), "grpc");
	palette_open(&p, ":", "repair");
	assert_int_equal(palette_event(&p, &enter), PALETTE_STAYS); /* disabled */
	palette_open(&p, ":", "zzz");
	assert_int_equal(palette_event(&p, &enter), PALETTE_STAYS);
	palette_release(&p);
	grid_release(&g);
}

/* help */

static void add(void *ctx, int arg)
{
	*(int *)ctx += arg;
}

static bool no(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct action actions[] = {
	{ "one", "i", "one", "add one", NULL, add, 1, 0 },
	{ "off", "o", NULL, "cannot be done", no, add, 5, 0 },
	{ "secret", "s", NULL, "not shown", NULL, add, 7, ACTION_NO_HELP },
	{ 0 },
};

static void help(void **state)
{
	static const struct helpscreen_legend legend[] = { { GLYPH_BAD, STYLE_BAD, "damaged" },
							   { 0 } };
	struct helpscreen h;
	struct keymap km;
	struct keymap_scope sc = { &km };
	struct grid g;
	struct area a = sheet(&g, 50, 12);
	struct event ev;
	int sum = 0;

	(void)state;
	keymap_init(&km);
	keymap_add(&km, "view", actions);
	keymap_scope_push(&sc, "view", &sum);
	helpscreen_init(&h);
	helpscreen_open(&h, "Keys", &sc, legend);
	helpscreen_draw(&h, a);
	assert_screen(&g, "\n\n"
			  "  ┌─ Keys ─────────────────────────────────────┐\n"
			  "  │ /type to filter, enter runs the line, esc… │\n"
			  "  │ view                                       │\n"
			  "  │  i  add one                            one │\n"
			  "  │ glyphs                                     │\n"
			  "  │  ✗  damaged                                │\n"
			  "  │                                            │\n"
			  "  └────────────────────────────────────────────┘\n");
	ev = key_event("enter");
	assert_int_equal(helpscreen_event(&h, &ev), HELP_RUN);
	h.run.action->run(h.run.ctx, h.run.action->arg);
	assert_int_equal(sum, 1);
	for (const char *s = "cannot"; *s; s++) {
		ev = (struct event){ .type = EV_KEY, .key = { (unsigned char)*s, 0 } };
		helpscreen_event(&h, &ev);
	}
	assert_int_equal(list_count(&h.list), 0); /* what is disabled is no key that works here */
	ev = key_event("enter");
	assert_int_equal(helpscreen_event(&h, &ev), HELP_STAYS);
	ev = key_event("esc");
	assert_int_equal(helpscreen_event(&h, &ev), HELP_STAYS); /* clears the filter */
	assert_int_equal(list_count(&h.list), 4);
	assert_int_equal(helpscreen_event(&h, &ev), HELP_CANCEL);
	helpscreen_release(&h);
	keymap_release(&km);
	grid_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(offers),
		cmocka_unit_test(long_text_is_capped),
		cmocka_unit_test(history),
		cmocka_unit_test(completion),
		cmocka_unit_test(draws_around_the_cursor),
		cmocka_unit_test(plan_dialog),
		cmocka_unit_test(choice_dialog),
		cmocka_unit_test(input_dialog),
		cmocka_unit_test(palette),
		cmocka_unit_test(help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
