/* Errors: the first one wins, prefixes and moves, and equality. */

#include "unit.h"

#include <errno.h>

#include "base/err.h"

static struct err made(enum err_code code, const char *file, int line, const char *text)
{
	struct err e = ERR_INIT;

	err_set(&e, code, "%s", text);
	if (file)
		err_at(&e, file, line, 0);
	return e;
}

static void first_stays(void **state)
{
	struct err e = ERR_INIT, copy = ERR_INIT, moved = ERR_INIT;

	(void)state;
	assert_false(err_set(&e, ERR_SYNTAX, "one"));
	assert_false(err_set(&e, ERR_USAGE, "two"));
	assert_int_equal(e.code, ERR_SYNTAX);
	assert_string_equal(e.text, "one");
	err_wrap(&e, "F: ");
	assert_string_equal(e.text, "F: one");
	err_copy(&copy, &e);
	assert_string_equal(copy.text, "F: one");
	err_move(&moved, &e);
	assert_false(err_is_set(&e));
	assert_string_equal(moved.text, "F: one");
	err_sys(&e, ENOENT, "open F");
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.text, "open F: no such file or directory");
	err_release(&e);
	err_release(&copy);
	err_release(&moved);
}

static void same(void **state)
{
	const struct {
		struct err a, b;
		bool same;
	} cases[] = {
		{ made(ERR_SYNTAX, "go.mod", 3, "x"), made(ERR_SYNTAX, "go.mod", 3, "y"), true },
		{ made(ERR_SYNTAX, "go.mod", 3, "x"), made(ERR_SYNTAX, "go.mod", 4, "x"), false },
		{ made(ERR_SYNTAX, "go.mod", 3, "x"), made(ERR_SYNTAX, "go.work", 3, "x"), false },
		{ made(ERR_SYNTAX, "go.mod", 3, "x"), made(ERR_SYNTAX, NULL, 0, "x"), false },
		{ made(ERR_NETWORK, NULL, 0, "x"), made(ERR_NETWORK, NULL, 0, "x"), true },
		{ made(ERR_NETWORK, NULL, 0, "x"), made(ERR_NETWORK, NULL, 0, "y"), false },
		{ made(ERR_NETWORK, NULL, 0, "x"), made(ERR_SYS, NULL, 0, "x"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err a = cases[i].a, b = cases[i].b;

		assert_int_equal(err_same(&a, &b), cases[i].same);
		assert_int_equal(err_same(&b, &a), cases[i].same);
		err_release(&a);
		err_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(first_stays), cmocka_unit_test(same) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
