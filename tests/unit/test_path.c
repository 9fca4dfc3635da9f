/* Expectations: path/filepath of go on Linux; what is below a directory or local, by hand. */
#include "unit.h"

#include "base/path.h"

static const struct {
	const char *path, *clean, *dir, *base;
} paths[] = {
	{ "", ".", ".", "." },
	{ "/", "/", "/", "/" },
	{ "//", "/", "/", "/" },
	{ "///", "/", "/", "/" },
	{ ".", ".", ".", "." },
	{ "./", ".", ".", "." },
	{ "..", "..", ".", ".." },
	{ "../", "..", "..", ".." },
	{ "../..", "../..", "..", ".." },
	{ "/..", "/", "/", ".." },
	{ "/../a", "/a", "/", "a" },
	{ "/.", "/", "/", "." },
	{ "a", "a", ".", "a" },
	{ "a/", "a", "a", "a" },
	{ "a//b", "a/b", "a", "b" },
	{ "/a/b/..", "/a", "/a/b", ".." },
	{ "a/b/../..", ".", "a", ".." },
	{ "a/../..", "..", ".", ".." },
	{ "a/../../b", "../b", "..", "b" },
	{ "./a", "a", ".", "a" },
	{ "a/./b", "a/b", "a", "b" },
	{ "/a/./b/../c/", "/a/c", "/a/c", "c" },
	{ "abc/def/../../..", "..", ".", ".." },
	{ "...", "...", ".", "..." },
	{ "a/...", "a/...", "a", "..." },
	{ "a/..b", "a/..b", "a", "..b" },
	{ "../a/..", "..", "../a", ".." },
	{ "/abc/def/../ghi", "/abc/ghi", "/abc", "ghi" },
	{ "a/b/../../../c", "../c", "..", "c" },
	{ "//a//b//", "/a/b", "/a/b", "b" },
};

static const struct {
	const char *dir, *name, *joined;
} joins[] = {
	{ "", "", "" },		 { "a", "", "a" },
	{ "", "a", "a" },	 { "a", "b", "a/b" },
	{ "a/", "b", "a/b" },	 { "a", "/b", "a/b" },
	{ "a", "../b", "b" },	 { "/", "a", "/a" },
	{ "/", "../a", "/a" },	 { "a", "../../b", "../b" },
	{ "", "..", ".." },	 { "..", "", ".." },
	{ "a//", "//b", "a/b" },
};

static const struct {
	const char *base, *target, *rel; /* NULL: none */
} rels[] = {
	{ "a/b", "a/b", "." },
	{ "a/b", "a/b/", "." },
	{ "a/b/.", "a/b", "." },
	{ "a/b", "./a/b", "." },
	{ "a/b", "../a/b", "../../../a/b" },
	{ "ab/cd", "ab/cde", "../cde" },
	{ "ab/cd", "ab/c", "../c" },
	{ "a/b", "a/b/c/d", "c/d" },
	{ "a/b", "a/b/../c", "../c" },
	{ "a/b/../c", "a/b", "../b" },
	{ "a/b/c", "a/c/d", "../../c/d" },
	{ "a/b", "c/d", "../../c/d" },
	{ "a/b/c/d", "a/b", "../.." },
	{ "a/b/c/d", "a/b/", "../.." },
	{ "../../a/b", "../../a/b/c/d", "c/d" },
	{ "/a/b", "/a/b", "." },
	{ "/a/b", "/a/b/c/d", "c/d" },
	{ "/a/b", "/c/d", "../../c/d" },
	{ "/", "/a/b", "a/b" },
	{ "/a", "/", ".." },
	{ ".", "a/b", "a/b" },
	{ ".", "..", ".." },
	{ "..", ".", NULL },
	{ "..", "a", NULL },
	{ "../..", "..", NULL },
	{ "a", "/a", NULL },
	{ "/a", "a", NULL },
	{ "../a", "b", NULL },
	{ "", "", "." },
	{ "", "a", "a" },
	{ "a", "", ".." },
};

static void equal(const char *what, const char *a, const char *b, const char *is, const char *want)
{
	if (!is != !want || (is && !str_eq(is, want)))
		fail_msg("%s of \"%s\" \"%s\": %s instead of %s", what, a, b, is ? is : "none",
			 want ? want : "none");
}

static void test_parts(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *p = paths[i].path;

		equal("clean", p, "", path_clean(&a, p), paths[i].clean);
		equal("dir", p, "", path_dir(&a, p), paths[i].dir);
		equal("base", p, "", path_base(&a, p), paths[i].base);
	}
	arena_release(&a);
}

static void test_two(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(joins); i++)
		equal("join", joins[i].dir, joins[i].name,
		      path_join(&a, joins[i].dir, joins[i].name), joins[i].joined);
	for (size_t i = 0; i < ARRAY_LEN(rels); i++)
		equal("rel", rels[i].base, rels[i].target,
		      path_rel(&a, rels[i].base, rels[i].target), rels[i].rel);
	arena_release(&a);
}

static void test_under(void **state)
{
	(void)state;
	assert_true(path_under("/a/b", "/a/b"));
	assert_true(path_under("/a/b/c", "/a/b"));
	assert_true(path_under("/a", "/"));
	assert_true(path_under("/", "/"));
	assert_false(path_under("/a/bc", "/a/b"));
	assert_false(path_under("/a", "/a/b"));
	assert_false(path_under("a", "/"));
}

static void test_local(void **state)
{
	static const char *const in[] = { "a", "a/b", "...", "a..b/c", ".a", "a/.b" };
	static const char *const out[] = { "",	"/",   "/a",  "..",   "a/..", "../a", "a/../b",
					   ".", "./a", "a/.", "a//b", "a/",   "a\\b", "\\" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		if (!path_is_local(in[i]))
			fail_msg("\"%s\" is refused", in[i]);
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		if (path_is_local(out[i]))
			fail_msg("\"%s\" is accepted", out[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_under),
		cmocka_unit_test(test_local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
