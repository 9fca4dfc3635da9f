/* Expectations: EscapePath, EscapeVersion and UnescapePath of golang.org/x/mod/module, and modfetch's file names; by hand. */
#include "unit.h"

#include "gofiles/cachepath.h"

static const struct {
	const char *name, *escaped;
} pairs[] = {
	{ "", "" },
	{ "example.com/m", "example.com/m" },
	{ "github.com/Azure/azure-sdk", "github.com/!azure/azure-sdk" },
	{ "github.com/BurntSushi/TOML", "github.com/!burnt!sushi/!t!o!m!l" },
	{ "v1.0.0-RC1", "v1.0.0-!r!c1" },
	{ "Z", "!z" },
};

static void test_escape(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const char *e = pairs[i].escaped;

		assert_string_equal(cachepath_dir(&a, "", pairs[i].name),
				    arena_fmt(&a, "/cache/download/%s/@v", e));
		assert_string_equal(cachepath_unescape(&a, e, strlen(e)), pairs[i].name);
	}
	arena_release(&a);
}

static void test_no_name(void **state)
{
	static const char *const bad[] = { "A", "aB", "!", "a!", "!!a", "!1", "!A", "a!/b", "!-" };
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (cachepath_unescape(&a, bad[i], strlen(bad[i])))
			fail_msg("%s is taken for a name", bad[i]);
	/* what is behind len does not count */
	assert_string_equal(cachepath_unescape(&a, "!ab!", 3), "Ab");
	arena_release(&a);
}

static void test_files(void **state)
{
	static const struct modver m = { "github.com/Azure/x", "v1.0.0-RC1" };
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(cachepath_dir(&a, "/c", m.path),
			    "/c/cache/download/github.com/!azure/x/@v");
	assert_string_equal(cachepath_file(&a, "/c", m, "zip"),
			    "/c/cache/download/github.com/!azure/x/@v/v1.0.0-!r!c1.zip");
	assert_string_equal(cachepath_tree(&a, "/c", m), "/c/github.com/!azure/x@v1.0.0-!r!c1");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
