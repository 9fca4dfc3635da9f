/* The names of keys. */
#include "tui_help.h"

#include "key.h"

static void check_name(const char *name, uint32_t code, unsigned mods, const char *canonical)
{
	struct buf b = BUF_INIT;
	struct key k;

	assert_true(key_parse(&k, name, strlen(name)));
	assert_int_equal(k.code, code);
	assert_int_equal(k.mods, mods);
	key_write(&b, k);
	assert_string_equal(b.data, canonical);
	buf_release(&b);
}

static void names(void **state)
{
	static const char *const bad[] = { "",	   "ctrl-", "ab",	   "f0",
					   "f13",  "f01",   "ctrl-ctrl-x", "shift-a",
					   "\x01", "\xff",  "hyper-x" };
	struct key k;

	(void)state;
	check_name("a", 'a', 0, "a");
	check_name("G", 'G', 0, "G");
	check_name("-", '-', 0, "-");
	check_name("ctrl-x", 'x', KEY_CTRL, "ctrl-x");
	check_name("ctrl-X", 'x', KEY_CTRL, "ctrl-x");
	check_name("alt-ctrl-f12", K_F12, KEY_CTRL | KEY_ALT, "ctrl-alt-f12");
	check_name("shift-tab", K_TAB, KEY_SHIFT, "shift-tab");
	check_name("space", ' ', 0, "space");
	check_name("pgdn", K_PGDN, 0, "pgdn");
	check_name("ctrl-space", ' ', KEY_CTRL, "ctrl-space");
	check_name("é", 0xe9, 0, "é");
	check_name("f", 'f', 0, "f");
	check_name("f1", K_F1, 0, "f1");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(key_parse(&k, bad[i], strlen(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
