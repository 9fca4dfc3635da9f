/* Pseudo-versions: the tables of golang.org/x/mod/module/pseudo_test.go. */

#include "unit.h"

#include "gofiles/pseudo.h"

#define UNIX INT64_C(1136239445) /* 2006-01-02 22:04:05 UTC */

/* Results of PseudoVersion for the time, the hash "hash", a major version and an older tag. */
static const char *const table[] = {
	"v0.0.0-20060102220405-hash",
	"v1.0.0-20060102220405-hash",
	"v2.0.0-20060102220405-hash",
	"v0.0.1-0.20060102220405-hash",
	"v1.2.4-0.20060102220405-hash",
	"v1.2.100000000000000000-0.20060102220405-hash",
	"v1.2.3-pre.0.20060102220405-hash",
	"v1.3.0-pre.0.20060102220405-hash",
	"v0.0.0--.0.20060102220405-hash",
	"v1.0.1-0.20060102220405-hash+metadata",
	"v2.0.1-0.20060102220405-hash+incompatible",
	"v2.3.0-pre.0.20060102220405-hash+incompatible",
};

static void recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t t;

		assert_true(pseudo_is(table[i]));
		assert_true(pseudo_time(&t, table[i], NULL));
		assert_int_equal(t, UNIX);
	}
}

static void not_pseudo(void **state)
{
	static const char *const cases[] = {
		"---",
		"v0.0.0-20060102150405-hash-",
		"v0.0.0-+20060102150405-hash",
		"v0.0.0-2006010215040-hash",
		"v0.0.0-200601021504051-hash",
		"v1.2.0-20060102150405-hash",
		"v1.0.1-20060102150405-hash",
		"v1.2.3-20060102150405-hash",
		"v1.2.3-pre.20060102150405-hash",
		"v1.2.3-pre-20060102150405-hash",
		"v1.2.3-x0.20060102150405-hash",
		"v1.2.3-0.20060102150405-ha.sh",
		"v1.2.3-0.20060102150405-",
		"v1.2.3",
		"",
	};
	struct err e = ERR_INIT;
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_false(pseudo_is(cases[i]));
	assert_false(pseudo_time(&t, "v1.2.3", &e));
	assert_string_equal(e.text, "pseudo-version \"v1.2.3\" invalid: syntax error");
	err_release(&e);
}

static void times(void **state)
{
	static const struct {
		const char *v;
		int64_t want;
	} cases[] = {
		{ "v0.0.0-19700101000000-a", 0 },
		{ "v0.0.0-20000229235959-a", INT64_C(951868799) },
		{ "v0.0.0-00010101000000-a", INT64_C(-62135596800) },
		{ "v0.0.0-99991231235959-a", INT64_C(253402300799) },
	};
	struct err e = ERR_INIT;
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(pseudo_time(&t, cases[i].v, NULL));
		assert_int_equal(t, cases[i].want);
	}
	assert_false(pseudo_time(&t, "v0.0.0-20190229000000-a", &e));
	assert_string_equal(
		e.text,
		"pseudo-version \"v0.0.0-20190229000000-a\" invalid: malformed time \"20190229000000\"");
	err_clear(&e);
	assert_false(pseudo_time(&t, "v0.0.0-20190101240000-a", &e));
	err_clear(&e);
	assert_false(pseudo_time(&t, "v0.0.0-20191301000000-a", &e));
	err_release(&e);
}

static void zero(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(pseudo_zero(&a, ""), "v0.0.0-00010101000000-000000000000");
	assert_string_equal(pseudo_zero(&a, "v3"), "v3.0.0-00010101000000-000000000000");
	assert_true(pseudo_is(pseudo_zero(&a, "v3")));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognised),
		cmocka_unit_test(not_pseudo),
		cmocka_unit_test(times),
		cmocka_unit_test(zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
