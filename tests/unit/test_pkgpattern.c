#include "unit.h"

#include "gofiles/pkgpattern.h"

/* go's own table: cmd/internal/pkgpattern/pat_test.go. A name after "!" must not match. */
static const char *const patterns[][8] = {
	{ "...", "foo" },
	{ "net", "net", "!net/http" },
	{ "net/http", "net/http", "!net" },
	{ "net...", "net", "net/http", "netchan", "!not/http", "!not/net/http" },
	{ "net/...", "net", "net/http", "!not/http", "!not/net/http", "!netchan" },
	{ "./...", "./vendor", "./mycode/vendor", "!./vendor/foo", "!./mycode/vendor/foo" },
	{ "./vendor/...", "./vendor/foo", "./vendor/foo/vendor", "!./vendor/foo/vendor/bar" },
	{ "mycode/vendor/...", "mycode/vendor", "mycode/vendor/foo", "mycode/vendor/foo/vendor",
	  "!mycode/vendor/foo/vendor/bar" },
	{ "x/vendor/y", "x/vendor/y", "!x/vendor" },
	{ "x/vendor/y/...", "x/vendor/y", "x/vendor/y/z", "x/vendor/y/vendor",
	  "x/vendor/y/z/vendor", "!x/vendor/y/vendor/z" },
	{ ".../vendor/...", "x/vendor/y", "x/vendor/y/z", "x/vendor/y/vendor",
	  "x/vendor/y/z/vendor" },
};

static const char *const trees[][8] = {
	{ "...", "foo" },
	{ "net", "net", "!net/http" },
	{ "net/http", "net", "net/http" },
	{ "net...", "net", "netchan", "net/http", "!not/http", "!not/net/http" },
	{ "net/...", "net", "net/http", "!not/http", "!netchan" },
	{ "abc.../def", "abcxyz", "!xyzabc" },
	{ "x/y/z/...", "x", "x/y", "x/y/z", "x/y/z/w" },
	{ "x/y/z", "x", "x/y", "x/y/z", "!x/y/z/w" },
	{ "x/.../y/z", "x/a/b/c", "!y/x/a/b/c" },
};

static void check(const char *const *row, bool (*matches)(const char *pattern, const char *name))
{
	for (size_t i = 1; i < 8 && row[i]; i++) {
		bool want = row[i][0] != '!';
		const char *name = row[i] + !want;

		if (matches(row[0], name) != want)
			fail_msg("%s %s %s", row[0], want ? "does not match" : "matches", name);
	}
}

static void test_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		check(patterns[i], pkgpattern_match);
}

static void test_can_match_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(trees); i++)
		check(trees[i], pkgpattern_can_match_below);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_can_match_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
