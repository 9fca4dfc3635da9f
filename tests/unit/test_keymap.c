/* Keymaps: layers, lookups, the user's file. */
#include "tui_help.h"

#include "keymap.h"
#include "list.h"
#include "pager.h"
#include "tree.h"
#include "boxgraph.h"

static bool on(void *ctx)
{
	return *(int *)ctx != 0;
}

static void add(void *ctx, int arg)
{
	*(int *)ctx += arg;
}

static const struct action view_actions[] = {
	{ "one", "i enter", "one", "add one", NULL, add, 1, 0 },
	{ "ten", "x", "ten", "add ten", on, add, 10, 0 },
	{ 0 },
};
static const struct action global_actions[] = {
	{ "hundred", "x q", "hundred", "add a hundred", NULL, add, 100, 0 },
	{ 0 },
};

static struct key key(const char *name)
{
	struct key k;

	assert_true(key_parse(&k, name, strlen(name)));
	return k;
}

static void setup(struct keymap *km)
{
	keymap_init(km);
	keymap_add(km, "view", view_actions);
	keymap_add(km, "global", global_actions);
}

static void layers(void **state)
{
	struct keymap km;
	struct keymap_scope sc = { &km };
	int view = 0, global = 0;

	(void)state;
	setup(&km);
	keymap_scope_push(&sc, "view", &view);
	keymap_scope_push(&sc, "nosuch", NULL);
	keymap_scope_push(&sc, "global", &global);
	assert_int_equal(sc.n, 2);
	/* the view's x is disabled, so that the global one applies */
	assert_true(keymap_press(&sc, key("x")));
	assert_int_equal(global, 100);
	assert_true(keymap_press(&sc, key("enter")));
	assert_int_equal(view, 1);
	assert_true(keymap_press(&sc, key("x")));
	assert_int_equal(view, 11);
	assert_false(keymap_press(&sc, key("z")));
	keymap_release(&km);
}

static bool load(struct keymap *km, const char *text, struct err *e)
{
	return keymap_load(km, text, strlen(text), "keys", e);
}

static void user_file(void **state)
{
	struct keymap km;
	struct keymap_scope sc = { &km };
	struct buf b = BUF_INIT;
	int view = 0;

	(void)state;
	setup(&km);
	keymap_scope_push(&sc, "view", &view);
	assert_true(load(&km, "# mine\n\n view  i none\nview ctrl-t one  # was i\r\nview # one\n",
			 NULL));
	assert_false(keymap_press(&sc, key("i")));
	assert_true(keymap_press(&sc, key("ctrl-t")));
	assert_true(keymap_press(&sc, key("#")));
	assert_int_equal(view, 2);
	keymap_keys(keymap_layer(&km, "view"), &view_actions[0], &b);
	assert_string_equal(b.data, "enter ctrl-t #");
	buf_release(&b);
	keymap_release(&km);
}

static void check_error(const char *text, const char *want, int line)
{
	struct err e = ERR_INIT;
	struct keymap km;

	setup(&km);
	assert_false(load(&km, text, &e));
	assert_string_equal(e.text, want);
	assert_int_equal(e.line, line);
	assert_int_equal(e.code, ERR_SYNTAX);
	/* nothing in a bad file takes effect */
	assert_int_equal(keymap_layer(&km, "view")->bindings.n, 3);
	err_release(&e);
	keymap_release(&km);
}

static void errors(void **state)
{
	(void)state;
	check_error("view i none\nviev x one\n",
		    "keys:2: no such layer: \"viev\"; did you mean view?", 2);
	check_error("view nokey one", "keys:1: no such key: \"nokey\"", 1);
	check_error("view i none\n\nview i tem\n",
		    "keys:3: no such action: \"tem\"; did you mean ten?", 3);
	check_error("view i\n",
		    "keys:1: expected LAYER KEY ACTION, found a line that begins with \"view\"", 1);
	check_error("view i one two\n",
		    "keys:1: expected LAYER KEY ACTION, found a line that begins with \"view\"", 1);
	check_error("v\x1b[31m i one\n", "keys:1: no such layer: \"v\\x1b[31m\"", 1);
}

/* Every table of the toolkit parses, and keymap_load reads what keymap_write writes. */
static void tables_and_back(void **state)
{
	struct keymap km;
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	keymap_init(&km);
	keymap_add(&km, "list", list_actions);
	keymap_add(&km, "tree", tree_actions);
	keymap_add(&km, "pager", pager_actions);
	keymap_add(&km, "draw", boxgraph_actions);
	keymap_write(&km, &b);
	assert_true(keymap_load(&km, b.data, b.len, "default", &e));
	keymap_write(&km, &again);
	assert_string_equal(b.data, again.data);
	buf_release(&b);
	buf_release(&again);
	keymap_release(&km);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers),
		cmocka_unit_test(user_file),
		cmocka_unit_test(errors),
		cmocka_unit_test(tables_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
