/* Saved build lists: what is read, and how two of them differ. */
#include "unit.h"

#include "compare/savedlist.h"

#define GO_LIST                                                                    \
	"{\"Path\": \"example.com/m\", \"Main\": true, \"GoVersion\": \"1.21\"}\n" \
	"{\"Path\": \"b\", \"Version\": \"v1.0.0\", \"Indirect\": true}\n"         \
	"{\"Path\": \"a\", \"Version\": \"v1.2.0\", \"Replace\": {\"Path\": \"../a\"}, \"Unknown\": [{}]}\n"
#define OUR_LIST                                                                                                                  \
	"{\"schema\": \"modscope.list/1\", \"modules\": [{\"Path\": \"example.com/m\", \"Main\": true, \"GoVersion\": \"1.22\"}," \
	"{\"Path\": \"go\", \"Version\": \"1.22\"}, {\"Path\": \"a\", \"Version\": \"v1.1.0\"}, {\"Path\": \"c\", \"Version\": \"v2.0.0+incompatible\"}]}"

static void both_forms(void **state)
{
	struct arena a = ARENA_INIT;
	struct compare_side was, is;
	struct compare_changes c;

	(void)state;
	assert_true(savedlist_read(&was, &a, GO_LIST, strlen(GO_LIST), NULL));
	assert_true(savedlist_read(&is, &a, OUR_LIST, strlen(OUR_LIST), NULL));
	assert_int_equal(was.n_modules, 3);
	assert_string_equal(was.modules[0].path, "a");
	assert_true(was.modules[0].direct && !was.modules[1].direct);
	assert_int_equal(is.n_modules, 3);
	compare_sides(&c, &a, &was, &is);
	assert_int_equal(c.n, 5);
	assert_int_equal(c.items[0].kind, COMPARE_REMOVED);
	assert_string_equal(c.items[0].path, "b");
	assert_int_equal(c.items[1].kind, COMPARE_DOWN);
	assert_int_equal(c.items[2].kind, COMPARE_UNREPLACED);
	assert_int_equal(c.items[3].kind, COMPARE_ADDED);
	assert_int_equal(c.items[4].kind, COMPARE_GO_LINE);
	assert_string_equal(c.items[4].is, "1.22");
	for (size_t i = 0; i < c.n; i++)
		assert_int_equal(c.items[i].n_causes, 0);
	arena_release(&a);
}

static void refused(const char *text, const char *why)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct compare_side s;

	assert_false(savedlist_read(&s, &a, text, strlen(text), &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	assert_non_null(strstr(e.text, why));
	err_release(&e);
	arena_release(&a);
}

static void no_lists(void **state)
{
	(void)state;
	refused("", "no list");
	refused("[]", "no list");
	refused("{}", "no Path");
	refused("{\"modules\": []}", "no list");
	refused("{\"modules\": 1}", "not a list");
	refused("{\"Path\": \"a\"}{\"Path\": \"a\"}", "twice");
	refused("{\"Path\": \"a\"", "not JSON");
	refused("example.com/m\na v1.0.0\n", "not JSON");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_forms),
					    cmocka_unit_test(no_lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
