/*
 * The published version that is identical to a directory, by the .ziphash files of a cache: the newest of several, none, and what cannot be
 * read. Sums by hand: a file whose h1 is the directory's, or 43 letters and "=".
 */
#include "tmpdir.h"

#include "release/published.h"

#define PATH "example.com/a"
#define OTHER "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static struct moddir dir;

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	tmp_write("dir/go.mod", "module " PATH "\n");
	tmp_write("dir/a.go", "package a\n");
	return moddir_read(&dir, &tmp_arena, tmp_path("dir"), NULL, NULL, NULL) ? 0 : -1;
}

static const char *file_of(const char *cache, const char *version)
{
	return arena_fmt(&tmp_arena, "%s/cache/download/example.com/a/@v/%s.ziphash", cache,
			 version);
}

static void write_own(const char *cache, const char *version, const char *end)
{
	char sum[DIRHASH_LEN + 1];

	moddir_sum(&dir, (struct modver){ PATH, version }, sum);
	tmp_write(file_of(cache, version), arena_fmt(&tmp_arena, "%s%s", sum, end));
}

static struct published find(const char *cache)
{
	struct published p;

	published_find(&p, &tmp_arena, &dir, PATH, tmp_path(cache), NULL, NULL);
	return p;
}

static void test_newest(void **state)
{
	struct published p;

	(void)state;
	write_own("some", "v1.9.0", "");
	write_own("some", "v1.10.0", " \n\n");
	tmp_write(file_of("some", "v1.11.0"), OTHER);
	tmp_write(file_of("some", "v1.12.0"), "half");
	tmp_write(file_of("some", "latest"), OTHER);
	tmp_write(file_of("some", "!!"), OTHER);
	tmp_write("some/cache/download/example.com/a/@v/v1.13.0.info", OTHER);
	p = find("some");
	assert_string_equal(p.version, "v1.10.0");
	assert_string_equal(p.newest, "v1.11.0");
	assert_int_equal(p.n_known, 3);
	assert_string_equal(p.unread, "");
}

static void test_none(void **state)
{
	struct published p = find("nowhere");

	(void)state;
	assert_string_equal(p.version, "");
	assert_int_equal(p.n_known, 0);
	assert_string_equal(p.unread, "");
	published_find(&p, &tmp_arena, &dir, PATH, NULL, NULL, "v1.0.0");
	assert_int_equal(p.n_known, 0);
	tmp_write(file_of("other", "v1.0.0"), OTHER);
	p = find("other");
	assert_string_equal(p.version, "");
	assert_string_equal(p.newest, "v1.0.0");
}

/* A file that cannot be read may be the one; so may all in a directory. */
static void test_unread(void **state)
{
	struct published p;
	const char *file = file_of("half", "v1.2.0");

	(void)state;
	write_own("half", "v1.1.0", "\n");
	tmp_mkdir(file);
	p = find("half");
	assert_string_equal(p.version, "v1.1.0");
	assert_string_equal(p.unread,
			    arena_fmt(&tmp_arena, "read %s: is a directory", tmp_path(file)));
	tmp_write("link/cache/download/example.com/a/x", "");
	assert_int_equal(symlink("@v", tmp_path("link/cache/download/example.com/a/@v")), 0);
	p = find("link");
	assert_int_equal(p.n_known, 0);
	assert_string_equal(p.unread,
			    arena_fmt(&tmp_arena, "open %s: too many levels of symbolic links",
				      tmp_path("link/cache/download/example.com/a/@v")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
