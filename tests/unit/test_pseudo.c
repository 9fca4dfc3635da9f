/* Pseudo-versions: the tables of golang.org/x/mod/module/pseudo_test.go. */

#include "unit.h"

#include "gofiles/pseudo.h"

#define UNIX INT64_C(1136239445) /* 2006-01-02 22:04:05 UTC */

/* PseudoVersion of a major version, an older tag, the time and the hash "hash". */
static const struct {
	const char *major, *older, *version;
} table[] = {
	{ "", "", "v0.0.0-20060102220405-hash" },
	{ "v0", "", "v0.0.0-20060102220405-hash" },
	{ "v1", "", "v1.0.0-20060102220405-hash" },
	{ "v2", "", "v2.0.0-20060102220405-hash" },
	{ "unused", "v0.0.0", "v0.0.1-0.20060102220405-hash" },
	{ "unused", "v1.2.3", "v1.2.4-0.20060102220405-hash" },
	{ "unused", "v1.2.99999999999999999", "v1.2.100000000000000000-0.20060102220405-hash" },
	{ "unused", "v1.2.3-pre", "v1.2.3-pre.0.20060102220405-hash" },
	{ "unused", "v1.3.0-pre", "v1.3.0-pre.0.20060102220405-hash" },
	{ "unused", "v0.0.0--", "v0.0.0--.0.20060102220405-hash" },
	{ "unused", "v1.0.0+metadata", "v1.0.1-0.20060102220405-hash+metadata" },
	{ "unused", "v2.0.0+incompatible", "v2.0.1-0.20060102220405-hash+incompatible" },
	{ "unused", "v2.3.0-pre+incompatible", "v2.3.0-pre.0.20060102220405-hash+incompatible" },
	{ "unused", "v1.0.1", "v1.0.2-0.20060102220405-hash" },
	{ "unused", "v1.0.9", "v1.0.10-0.20060102220405-hash" },
	{ "unused", "v1.0.99", "v1.0.100-0.20060102220405-hash" },
	{ "unused", "v1.0.100", "v1.0.101-0.20060102220405-hash" },
	{ "unused", "v1.0.129", "v1.0.130-0.20060102220405-hash" },
};

static void recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t t;

		assert_true(pseudo_is(table[i].version));
		assert_false(pseudo_is(table[i].older));
		assert_true(pseudo_time(&t, table[i].version, NULL));
		assert_int_equal(t, UNIX);
	}
}

static void made_and_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct arena a = ARENA_INIT;
		const char *rev = NULL, *base = NULL;

		assert_string_equal(pseudo_make(&a, table[i].major, table[i].older, UNIX, "hash"),
				    table[i].version);
		assert_true(pseudo_rev(&rev, &a, table[i].version, NULL));
		assert_string_equal(rev, "hash");
		assert_false(pseudo_rev(&rev, &a, table[i].older, NULL));
		assert_true(pseudo_base(&base, &a, table[i].version, NULL));
		assert_string_equal(base, table[i].older);
		assert_false(pseudo_base(&base, &a, table[i].older, NULL));
		arena_release(&a);
	}
}

static void no_base(void **state)
{
	static const struct {
		const char *v, *why;
	} cases[] = {
		{ "v0.0.0", "syntax error" },
		{ "v0.0.0-", "syntax error" },
		{ "v0.0.0-0.20060102150405-hash",
		  "version before v0.0.0 would have negative patch number" },
		{ "v0.1.00-0.20060102150405-hash", "syntax error" },
		{ "v1.0.0-0.20060102150405-hash",
		  "version before v1.0.0 would have negative patch number" },
		{ "v0.0.0-20060102150405-hash+incompatible",
		  "lacks base version, but has build metadata \"+incompatible\"" },
		{ "v0.0.0-20060102150405-hash+metadata",
		  "lacks base version, but has build metadata \"+metadata\"" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_INIT;
		const char *base;

		assert_false(pseudo_base(&base, &a, cases[i].v, &e));
		assert_string_equal(e.text, arena_fmt(&a, "pseudo-version \"%s\" invalid: %s",
						      cases[i].v, cases[i].why));
		err_release(&e);
	}
	arena_release(&a);
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
		{ "v0.0.0-00000101000000-a", INT64_C(-62167219200) },
		{ "v0.0.0-19000228000000-a", INT64_C(-2203977600) },
		{ "v0.0.0-20240229000000-a", INT64_C(1709164800) },
	};
	/* no such month, day, hour, minute or second */
	static const char *const none[] = {
		"20190001000000", "20191301000000", "20190100000000", "20190132000000",
		"20190229000000", "19000229000000", "20190431000000", "20190101240000",
		"20190101006000", "20190101000060",
	};
	struct err e = ERR_INIT;
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(pseudo_time(&t, cases[i].v, NULL));
		assert_int_equal(t, cases[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		char *v = xasprintf("v0.0.0-%s-a", none[i]);

		assert_false(pseudo_time(&t, v, NULL));
		free(v);
	}
	assert_false(pseudo_time(&t, "v0.0.0-20190229000000-a", &e));
	assert_string_equal(
		e.text,
		"pseudo-version \"v0.0.0-20190229000000-a\" invalid: malformed time \"20190229000000\"");
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
		cmocka_unit_test(recognised), cmocka_unit_test(made_and_taken_apart),
		cmocka_unit_test(no_base),    cmocka_unit_test(not_pseudo),
		cmocka_unit_test(times),      cmocka_unit_test(zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
