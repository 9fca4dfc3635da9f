/* Go's own versions: the tables of the tests in internal/gover and cmd/go/internal/gover. */

#include "unit.h"

#include "gofiles/gover.h"

static void order(void **state)
{
	static const struct {
		const char *v, *w;
		int want;
	} cases[] = {
		{ "", "", 0 },
		{ "x", "x", 0 },
		{ "", "x", 0 },
		{ "1", "1.1", -1 },
		{ "1.5", "1.6", -1 },
		{ "1.5", "1.10", -1 },
		{ "1.6", "1.6.1", -1 },
		{ "1.19", "1.19.0", 0 },
		{ "1.19rc1", "1.19", -1 },
		{ "1.20", "1.20.0", 0 },
		{ "1.20rc1", "1.20", -1 },
		{ "1.21", "1.21.0", -1 },
		{ "1.21", "1.21rc1", -1 },
		{ "1.21rc1", "1.21.0", -1 },
		{ "1.6", "1.19", -1 },
		{ "1.19", "1.19.1", -1 },
		{ "1.19rc1", "1.19rc2", -1 },
		{ "1.19.0", "1.19.1", -1 },
		{ "1.19rc1", "1.19.0", -1 },
		{ "1.19alpha3", "1.19beta2", -1 },
		{ "1.19beta2", "1.19rc1", -1 },
		{ "1.1", "1.99999999999999998", -1 },
		{ "1.99999999999999998", "1.99999999999999999", -1 },
		{ "2", "1.99", 1 },
		{ "1.21.3rc1", "1.0", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(gover_compare(cases[i].v, cases[i].w), cases[i].want);
		assert_int_equal(gover_compare(cases[i].w, cases[i].v), -cases[i].want);
	}
}

static void kinds(void **state)
{
	static const struct {
		const char *v, *lang, *prev;
		bool valid, is_lang, prerelease;
	} cases[] = {
		{ "1.2rc3", "1.2", "1.1", true, false, true },
		{ "1.2.3", "1.2", "1.1", true, false, false },
		{ "1.2", "1.2", "1.1", true, false, false },
		{ "1", "1", "1", true, false, false },
		{ "1.0", "1", "1", true, false, false },
		{ "2", "2.0", "2", true, false, false },
		{ "1.21", "1.21", "1.20", true, true, false },
		{ "1.21.0", "1.21", "1.20", true, false, false },
		{ "1.20", "1.20", "1.19", true, false, false },
		{ "1.3rc4", "1.3", "1.2", true, false, true },
		{ "1.100", "1.100", "1.99", true, true, false },
		{ "1.1", "1.1", "1", true, false, false },
		{ "1.999testmod", "1.999", "1.998", true, false, true },
		{ "1.600+auto", "", "", false, false, false },
		{ "1.22foo-bar", "", "", false, false, false },
		{ "go1.21", "", "", false, false, false },
		{ "01.2", "", "", false, false, false },
		{ "1.2~1", "", "", false, false, false },
		{ "1.2Rc1", "", "", false, false, false },
		{ "1.2rc01", "", "", false, false, false },
		{ "1.2.", "", "", false, false, false },
		{ "1.", "", "", false, false, false },
		{ "1.x", "", "", false, false, false },
		{ "2.5", "2.5", "2.4", true, false, false },
		{ "3.0", "3.0", "3", true, false, false },
		{ "1.10", "1.10", "1.9", true, false, false },
		{ "1.1000", "1.1000", "1.999", true, true, false },
		{ "1.20rc", "1.20", "1.19", true, false, true },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(gover_valid(cases[i].v), cases[i].valid);
		assert_int_equal(gover_is_lang(cases[i].v), cases[i].is_lang);
		assert_int_equal(gover_mod_is_prerelease("go", cases[i].v), cases[i].prerelease);
		assert_string_equal(gover_mod_major_minor(&a, "go", cases[i].v), cases[i].lang);
		assert_string_equal(gover_prev(&a, cases[i].v), cases[i].prev);
	}
	arena_release(&a);
}

static void toolchains(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "go1.2.3", "1.2.3" },
		{ "1.2.3", "" },
		{ "go1.2.3+bigcorp", "" },
		{ "go1.2.3-bigcorp", "1.2.3" },
		{ "go1.2.3-bigcorp more text", "1.2.3" },
		{ "gccgo-go1.23rc4", "" },
		{ "gccgo-go1.23rc4-bigdwarf", "" },
		{ "go1.23rc4\tx", "1.23rc4" },
		{ "go1.2.3-big/corp", "" },
		{ "default", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct semver_part v = gover_from_toolchain(cases[i].name);

		assert_int_equal(v.len, strlen(cases[i].want));
		assert_memory_equal(v.s, cases[i].want, v.len);
	}
	assert_int_equal(gover_compare_toolchains("go1.21.1", "go1.22rc1"), -1);
	assert_int_equal(gover_compare_toolchains("default", "go1.21.0"), -1);
	assert_int_equal(gover_compare_toolchains("go1.21.0-a", "go1.21.0"), 0);
}

static void module_versions(void **state)
{
	struct modver list[] = { { "z", "v1.5.1" },	    { "z", "v1.6.0" },
				 { "go", "1.10" },	    { "go", "1.3" },
				 { "toolchain", "go1.10" }, { "toolchain", "go1.9" },
				 { "mod", "v1.2.0" },	    { "mod", "v1.2.0-rc" },
				 { "mod", "v1.10.0" } };
	static const struct modver want[] = { { "go", "1.3" },		 { "go", "1.10" },
					      { "mod", "v1.2.0-rc" },	 { "mod", "v1.2.0" },
					      { "mod", "v1.10.0" },	 { "toolchain", "go1.9" },
					      { "toolchain", "go1.10" }, { "z", "v1.5.1" },
					      { "z", "v1.6.0" } };
	struct arena a = ARENA_INIT;

	(void)state;
	gover_mod_sort(list, ARRAY_LEN(list));
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		assert_string_equal(list[i].path, want[i].path);
		assert_string_equal(list[i].version, want[i].version);
	}
	assert_true(gover_mod_valid("go", "1.2") && gover_mod_valid("toolchain", "go1.2") &&
		    gover_mod_valid("m", "v1.2"));
	assert_false(gover_mod_valid("go", "v1.2.3") || gover_mod_valid("toolchain", "1.2") ||
		     gover_mod_valid("m", "1.2"));
	assert_true(gover_mod_is_prefix("go", "1.21") &&
		    gover_mod_is_prefix("toolchain", "go1.21") && gover_mod_is_prefix("m", "v1.2"));
	assert_false(gover_mod_is_prefix("go", "1.21.0") || gover_mod_is_prefix("m", "v1.2.3") ||
		     gover_mod_is_prefix("m", "v1-pre"));
	assert_true(gover_mod_is_prerelease("toolchain", "go1.21rc1") &&
		    gover_mod_is_prerelease("m", "v1.0.0-rc"));
	assert_false(gover_mod_is_prerelease("go", "1.21.0"));
	assert_string_equal(gover_mod_major_minor(&a, "go", "1.2rc3"), "1.2");
	assert_string_equal(gover_mod_major_minor(&a, "toolchain", "go1.2rc3-x"), "go1.2");
	assert_string_equal(gover_mod_major_minor(&a, "m", "v1.2.3"), "v1.2");
	assert_int_equal(gover_mod_compare("toolchain", "go1.3rc4-a", "1.3rc4"), 0);
	arena_release(&a);
}

/* What the functions of cmd/go/internal/gover say. */
static void prefixes(void **state)
{
	static const struct {
		const char *path, *version, *major_minor;
		bool prefix, valid;
	} cases[] = {
		{ "m", "v1", "v1.0", true, true },
		{ "m", "v1+x", "", false, false },
		{ "m", "v1.2+x", "", false, false },
		{ "t.x/y", "v1.2", "v1.2", true, true },
		{ "t.x/y", "v1.2.3", "v1.2", false, true },
		{ "g", "v1.2.3", "v1.2", false, true },
		{ "toolchain", "x", "go", false, false },
		{ "toolchain", "go1.21.0", "go1.21", false, true },
		{ "toolchain", "go1.21-x", "go1.21", true, true },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *path = cases[i].path, *v = cases[i].version;

		assert_int_equal(gover_mod_is_prefix(path, v), cases[i].prefix);
		assert_int_equal(gover_mod_valid(path, v), cases[i].valid);
		assert_false(gover_mod_is_prerelease(path, v));
		assert_string_equal(gover_mod_major_minor(&a, path, v), cases[i].major_minor);
	}
	arena_release(&a);
}

/* In the order of gover.ModSort; equal ones by their bytes. */
static void order_of_modules(void **state)
{
	static const struct modver sorted[] = {
		{ "g", "v1.0.0" },
		{ "go", "1.2" },
		{ "go", "1.10" },
		{ "m", "v1.0.0" },
		{ "m", "v1.0.0+incompatible" },
		{ "t", "v1.2.0" },
		{ "t", "v1.10.0" },
		{ "toolchain", "go1.2" },
		{ "toolchain", "go1.10" },
	};

	(void)state;
	for (int i = 0; i < (int)ARRAY_LEN(sorted); i++)
		for (int j = 0; j < (int)ARRAY_LEN(sorted); j++)
			assert_int_equal(gover_mod_order(&sorted[i], &sorted[j]),
					 (i > j) - (i < j));
}

/* The values are GoModLookup's. */
static void lookups(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "go 1.21\n", "1.21" },
		{ "module m\n\ngo 1.22 // x\n", "1.22" },
		{ "go 1.2", "1.2" },
		{ "  \tgo\t1.3 \r\n", "1.3" },
		{ "gox 1\ngo 1.4\n", "1.4" },
		{ "\v go 1.6\v\n", "1.6" },
		{ "go 1.7 1.8\n", "1.7 1.8" },
		{ "x\n go 1.9", "1.9" },
		{ "go // x\ngo 1.5", "" },
		{ "go \n", "" },
		{ "goo\n", "" },
		{ "go\n", "" },
		{ "// go 1\n", "" },
		{ "\n\n", "" },
		{ "  ", "" },
		{ "", "" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(gover_lookup(&a, cases[i].text, strlen(cases[i].text), "go"),
				    cases[i].want);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),      cmocka_unit_test(kinds),
		cmocka_unit_test(toolchains), cmocka_unit_test(module_versions),
		cmocka_unit_test(prefixes),   cmocka_unit_test(order_of_modules),
		cmocka_unit_test(lookups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
