/* Semantic versions: the table of golang.org/x/mod/semver's own test (semver_test.go), all pairs compared, and the parts. */

#include "unit.h"

#include "gofiles/semver.h"

/* Ascending; versions with the same canonical form are adjacent. */
static const struct {
	const char *in, *canonical;
} table[] = {
	{ "bad", "" },
	{ "v1-alpha.beta.gamma", "" },
	{ "v1-pre", "" },
	{ "v1+meta", "" },
	{ "v1-pre+meta", "" },
	{ "v1.2-pre", "" },
	{ "v1.2+meta", "" },
	{ "v1.2-pre+meta", "" },
	{ "v1.0.0-alpha", "v1.0.0-alpha" },
	{ "v1.0.0-alpha.1", "v1.0.0-alpha.1" },
	{ "v1.0.0-alpha.beta", "v1.0.0-alpha.beta" },
	{ "v1.0.0-beta", "v1.0.0-beta" },
	{ "v1.0.0-beta.2", "v1.0.0-beta.2" },
	{ "v1.0.0-beta.11", "v1.0.0-beta.11" },
	{ "v1.0.0-rc.1", "v1.0.0-rc.1" },
	{ "v1", "v1.0.0" },
	{ "v1.0", "v1.0.0" },
	{ "v1.0.0", "v1.0.0" },
	{ "v1.2", "v1.2.0" },
	{ "v1.2.0", "v1.2.0" },
	{ "v1.2.3-456", "v1.2.3-456" },
	{ "v1.2.3-456.789", "v1.2.3-456.789" },
	{ "v1.2.3-456-789", "v1.2.3-456-789" },
	{ "v1.2.3-456a", "v1.2.3-456a" },
	{ "v1.2.3-pre", "v1.2.3-pre" },
	{ "v1.2.3-pre+meta", "v1.2.3-pre" },
	{ "v1.2.3-pre.1", "v1.2.3-pre.1" },
	{ "v1.2.3-zzz", "v1.2.3-zzz" },
	{ "v1.2.3", "v1.2.3" },
	{ "v1.2.3+meta", "v1.2.3" },
	{ "v1.2.3+meta-pre", "v1.2.3" },
	{ "v1.2.3+meta-pre.sha.256a", "v1.2.3" },
	{ "v99999999999999999999.0.0", "v99999999999999999999.0.0" },
	{ "v100000000000000000000.0.0", "v100000000000000000000.0.0" },
};

static void canonical_forms(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *want = table[i].canonical;

		assert_string_equal(semver_canonical(&a, table[i].in), want);
		assert_int_equal(semver_valid(table[i].in), *want != '\0');
	}
	arena_release(&a);
}

static void order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		for (size_t j = 0; j < ARRAY_LEN(table); j++) {
			int want = str_eq(table[i].canonical, table[j].canonical) ? 0
				   : i < j					  ? -1
										  : 1;

			assert_int_equal(semver_compare(table[i].in, table[j].in), want);
		}
}

static void invalid_versions(void **state)
{
	static const char *const bad[] = { "",
					   "v",
					   "1.2.3",
					   "v1.",
					   "v1.2.",
					   "v01.2.3",
					   "v1.02.3",
					   "v1.2.03",
					   "v1.2.3.4",
					   "v1.2.3-",
					   "v1.2.3+",
					   "v1.2.3-01",
					   "v1.2.3-a..b",
					   "v1.2.3-a.",
					   "v1.2.3+a..b",
					   "v1.2.3 ",
					   "v1.2.3-a_b",
					   "v1.2.3-a+b+c",
					   "V1.2.3",
					   "v-1.2.3",
					   "v1.2.3-\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(semver_valid(bad[i]));
	assert_true(semver_valid("v1.2.3-0"));
	assert_true(semver_valid("v1.2.3-0a.--"));
	assert_true(semver_valid("v1.2.3+01"));
	assert_false(semver_valid_n("v1.2.3\0", 7));
}

static void parts(void **state)
{
	struct arena a = ARENA_INIT;
	struct semver_part p;

	(void)state;
	assert_int_equal(semver_major("v12.3.4-x"), 3);
	assert_int_equal(semver_major("12.3.4"), 0);
	assert_string_equal(semver_major_minor(&a, "v1.2.3-x"), "v1.2");
	assert_string_equal(semver_major_minor(&a, "v1.2"), "v1.2");
	assert_string_equal(semver_major_minor(&a, "v1"), "v1.0");
	assert_string_equal(semver_major_minor(&a, "x"), "");
	p = semver_prerelease("v1.2.3-pre.1+meta");
	assert_memory_equal(p.s, "-pre.1", p.len);
	assert_int_equal(p.len, 6);
	p = semver_build("v1.2.3-pre.1+meta");
	assert_memory_equal(p.s, "+meta", p.len);
	assert_int_equal(p.len, 5);
	assert_int_equal(semver_build("v1.2.3").len, 0);
	assert_true(semver_is_incompatible("v2.0.0+incompatible"));
	assert_false(semver_is_incompatible("v2.0.0+incompatible.x"));
	arena_release(&a);
}

static void sorting(void **state)
{
	const char *list[] = {
		"v1.10.0", "v1.2.0+b", "v1.2.0", "bad", "v1.2.0+a", "a", "v1.2.0-rc"
	};
	static const char *const want[] = { "a",	"bad",	    "v1.2.0-rc", "v1.2.0",
					    "v1.2.0+a", "v1.2.0+b", "v1.10.0" };

	(void)state;
	semver_sort(list, ARRAY_LEN(list));
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		assert_string_equal(list[i], want[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_forms),  cmocka_unit_test(order),
		cmocka_unit_test(invalid_versions), cmocka_unit_test(parts),
		cmocka_unit_test(sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
