/* Files and paths; the expected paths are those of Go's path/filepath. */
#include "tmpdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void test_read_kinds(void **state)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char *data;
	size_t len;

	(void)state;
	tmp_write_n("nul", "a\0b", 3);
	assert_true(fs_read(&tmp_arena, tmp_path("nul"), 3, &data, &len, &e));
	assert_int_equal(len, 3);
	assert_memory_equal(data, "a\0b", 4);
	tmp_write("empty", "");
	assert_true(fs_read(&tmp_arena, tmp_path("empty"), 0, &data, &len, &e));
	assert_int_equal(len, 0);
	assert_string_equal(data, "");

	buf_addstr(&b, "kept ");
	assert_true(fs_read_buf(&b, tmp_path("nul"), 3, &e));
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "kept a\0b", 9);
	buf_release(&b);

	assert_int_equal(mkfifo(tmp_path("fifo"), 0600), 0);
	assert_false(fs_read(&tmp_arena, tmp_path("fifo"), 9, &data, &len, &e));
	tmp_assert_err(&e, ERR_SYS, "read %s/fifo: not a regular file");
	assert_false(fs_read(&tmp_arena, "/dev/zero", 9, &data, &len, &e));
	tmp_assert_err(&e, ERR_SYS, "read /dev/zero: not a regular file");
	assert_false(fs_read(&tmp_arena, tmp_path("gone"), 9, &data, &len, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/gone: no such file or directory");
	assert_false(fs_read(&tmp_arena, tmp_path("nul/x"), 9, &data, &len, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/nul/x: not a directory");
	assert_int_equal(symlink("loop", tmp_path("loop")), 0);
	assert_false(fs_read(&tmp_arena, tmp_path("loop"), 9, &data, &len, &e));
	tmp_assert_err(&e, ERR_SYS, "open %s/loop: too many levels of symbolic links");
}

/* The cap limits what is read, not the size that stat reports. */
static void test_read_caps(void **state)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;
	int fd;

	(void)state;
	tmp_write("five", "12345");
	assert_true(fs_read(&tmp_arena, tmp_path("five"), 5, &data, &len, &e));
	assert_false(fs_read(&tmp_arena, tmp_path("five"), 4, &data, &len, &e));
	tmp_assert_err(&e, ERR_LIMIT, "read %s/five: 5 bytes are more than the 4 that are read");
	/* a terabyte that takes no space on disk must take none in memory */
	fd = open(tmp_path("sparse"), O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	assert_false(fs_read(&tmp_arena, tmp_path("sparse"), FS_MAX_MOD, &data, &len, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_clear(&e);
	/* stat reports its size as 0 */
	assert_true(fs_read(&tmp_arena, "/proc/self/status", 1 << 16, &data, &len, &e));
	assert_true(len > 100);
	assert_false(fs_read(&tmp_arena, "/proc/self/status", 10, &data, &len, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_clear(&e);
}

static size_t count_entries(const char *dir)
{
	struct fs_dirent *entries;
	size_t n = 0;

	assert_true(fs_list(&tmp_arena, tmp_path(dir), 1000, &entries, &n, NULL));
	return n;
}

static void test_write(void **state)
{
	struct err e = ERR_INIT;
	mode_t mask = umask(027);
	struct stat st;

	(void)state;
	assert_int_equal(fs_umask(), 027);
	assert_true(fs_write_atomic(tmp_path("w/deep/er"), "one", 3, 0666, true, &e));
	assert_int_equal(stat(tmp_path("w/deep/er"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	umask(mask);
	assert_true(fs_write_atomic(tmp_path("w/deep/er"), "", 0, 0444, false, &e));
	assert_string_equal(tmp_read("w/deep/er"), "");
	/* a link is replaced, not followed */
	tmp_write("w/target", "safe");
	assert_int_equal(symlink("target", tmp_path("w/link")), 0);
	assert_true(fs_write_atomic(tmp_path("w/link"), "new", 3, 0644, false, &e));
	assert_string_equal(tmp_read("w/target"), "safe");
	assert_int_equal(lstat(tmp_path("w/link"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
	/* a file cannot replace a directory, and the attempt leaves nothing behind */
	assert_false(fs_write_atomic(tmp_path("w/deep"), "x", 1, 0644, false, &e));
	assert_int_equal(e.code, ERR_SYS);
	err_clear(&e);
	assert_int_equal(count_entries("w"), 3);
	assert_string_equal(tmp_read("w/deep/er"), "");
	assert_false(fs_write_atomic(tmp_path("w/target/x"), "x", 1, 0644, false, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "mkdir %s/w/target: not a directory");
	assert_string_equal(tmp_read("w/target"), "safe");
}

static void test_mkdir(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_true(fs_mkdir_all(tmp_path("m/a/b/"), &e));
	assert_true(fs_is_dir(tmp_path("m/a/b")));
	assert_true(fs_mkdir_all(tmp_path("m/a"), &e));
	assert_true(fs_mkdir_all("/", &e));
	tmp_write("m/file", "");
	assert_false(fs_mkdir_all(tmp_path("m/file"), &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "mkdir %s/m/file: not a directory");
	assert_false(fs_mkdir_all(tmp_path("m/file/x"), &e));
	assert_int_equal(e.sys_errno, ENOTDIR);
	err_clear(&e);
	assert_int_equal(symlink("nowhere", tmp_path("m/dangling")), 0);
	assert_false(fs_mkdir_all(tmp_path("m/dangling"), &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
}

/* The texts are those of os.MkdirAll. */
static void test_can_mkdir(void **state)
{
	static const struct {
		const char *path, *error;
	} rows[] = {
		{ "c/dir", NULL },
		{ "c/dir/x//y/", NULL },
		{ "c/file", "c/file: not a directory" },
		{ "c/file/x", "c/file: not a directory" },
		{ "c/link", "c/link: file exists" },
		{ "c/link/", "c/link/: file exists" },
		{ "c/link//x/y", "c/link/: file exists" },
	};
	struct err e = ERR_INIT;

	(void)state;
	tmp_mkdir("c/dir");
	tmp_write("c/file", "");
	assert_int_equal(symlink("nowhere", tmp_path("c/link")), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(fs_can_mkdir_all(tmp_path(rows[i].path), &e), !rows[i].error);
		if (rows[i].error)
			assert_string_equal(e.text, arena_fmt(&tmp_arena, "mkdir %s",
							      tmp_path(rows[i].error)));
		err_clear(&e);
	}
	assert_false(fs_exists(tmp_path("c/dir/x")));
	assert_true(fs_can_mkdir_all("/", &e));
}

static void test_kinds(void **state)
{
	(void)state;
	tmp_mkdir("k/dir");
	tmp_write("k/file", "");
	assert_int_equal(symlink("dir", tmp_path("k/todir")), 0);
	assert_int_equal(symlink("gone", tmp_path("k/togone")), 0);
	assert_true(fs_is_dir(tmp_path("k/todir")));
	assert_false(fs_is_file(tmp_path("k/todir")));
	assert_true(fs_is_file(tmp_path("k/file")));
	assert_false(fs_is_dir(tmp_path("k/file")));
	assert_true(fs_exists(tmp_path("k/togone")));
	assert_false(fs_is_file(tmp_path("k/togone")));
	assert_false(fs_exists(tmp_path("k/gone")));
	assert_false(fs_exists(tmp_path("k/file/x")));
}

static void test_remove(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	tmp_write("r/outside/file", "stays");
	tmp_write("r/tree/a/b/file", "goes");
	tmp_write("r/tree/.hidden", "goes");
	assert_int_equal(symlink("../../outside", tmp_path("r/tree/a/link")), 0);
	assert_int_equal(symlink("outside", tmp_path("r/top")), 0);
	assert_int_equal(chmod(tmp_path("r/tree/a/b/file"), 0444), 0);
	assert_int_equal(chmod(tmp_path("r/tree/a/b"), 0555), 0);
	assert_int_equal(chmod(tmp_path("r/tree/a"), 0), 0);
	assert_true(fs_remove_all(tmp_path("r/tree"), &e));
	assert_false(fs_exists(tmp_path("r/tree")));
	assert_true(fs_remove_all(tmp_path("r/top"), &e));
	assert_false(fs_exists(tmp_path("r/top")));
	assert_string_equal(tmp_read("r/outside/file"), "stays");
	assert_true(fs_remove_all(tmp_path("r/outside/file"), &e));
	assert_true(fs_remove_all(tmp_path("r/never/was"), &e));
	assert_int_equal(count_entries("r/outside"), 0);
}

static void test_list(void **state)
{
	static const char *const names[] = { "B", "a", "a-b", "a.b", "ab", "\xff", "\xc3\xa9" };
	static const char *const sorted[] = { "B", "a", "a-b", "a.b", "ab", "\xc3\xa9", "\xff" };
	struct fs_dirent *entries;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	tmp_mkdir("l");
	for (size_t i = ARRAY_LEN(names); i-- > 0;)
		tmp_write(arena_fmt(&tmp_arena, "l/%s", names[i]), "");
	assert_true(fs_list(&tmp_arena, tmp_path("l"), ARRAY_LEN(names), &entries, &n, &e));
	assert_int_equal(n, ARRAY_LEN(names));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(entries[i].name, sorted[i]);
		assert_int_equal(entries[i].type, DT_REG);
	}
	assert_false(fs_list(&tmp_arena, tmp_path("l"), ARRAY_LEN(names) - 1, &entries, &n, &e));
	tmp_assert_err(&e, ERR_LIMIT, "open %s/l: more than 6 entries");
	assert_false(fs_list(&tmp_arena, tmp_path("none"), 1, &entries, &n, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/none: no such file or directory");
	assert_false(fs_list(&tmp_arena, tmp_path("l/a"), 1, &entries, &n, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/l/a: not a directory");
	tmp_mkdir("l2/d");
	assert_int_equal(symlink("d", tmp_path("l2/s")), 0);
	assert_true(fs_list(&tmp_arena, tmp_path("l2"), 9, &entries, &n, &e));
	assert_int_equal(entries[0].type, DT_DIR);
	assert_int_equal(entries[1].type, DT_LNK);
}

static void test_paths(void **state)
{
	static const char *const joined[][3] = {
		{ "", "", "" },
		{ "a", "", "a" },
		{ "", "b", "b" },
		{ "/", "b", "/b" },
		{ "a/", "/b", "a/b" },
		{ "a", "../b", "b" },
		{ "a", "../../b", "../b" },
		{ "/a", "../../b", "/b" },
		{ "a//", ".", "a" },
	};
	static const char *const parts[][3] = {
		/* path, Dir, Base */
		{ "", ".", "." },      { "/", "/", "/" },     { "//", "/", "/" },
		{ "a", ".", "a" },     { "a/", "a", "a" },    { "a/b/", "a/b", "b" },
		{ "/a", "/", "a" },    { "../a", "..", "a" }, { "a//b", "a", "b" },
		{ "a/./b", "a", "b" }, { "...", ".", "..." },
	};
	static const char *const rel[][3] = {
		{ "/a/b", "/a/b", "." },      { "/a/b", "/a/b/c/d", "c/d" },
		{ "/a/b", "/a/bc", "../bc" }, { "/a/b/c", "/", "../../.." },
		{ "/", "/a", "a" },	      { "a", ".", ".." },
		{ "a/b", ".", "../.." },      { "a/..", "b", "b" },
		{ "..", "../a", "a" },	      { "../a", "..", ".." },
		{ "../..", "..", NULL },      { "..", "a", NULL },
		{ "a", "/a", NULL },	      { "/a", "a", NULL },
		{ "a/../b", "b/c/", "c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(joined); i++)
		assert_string_equal(path_join(&tmp_arena, joined[i][0], joined[i][1]),
				    joined[i][2]);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		assert_string_equal(path_dir(&tmp_arena, parts[i][0]), parts[i][1]);
		assert_string_equal(path_base(&tmp_arena, parts[i][0]), parts[i][2]);
	}
	for (size_t i = 0; i < ARRAY_LEN(rel); i++) {
		const char *got = path_rel(&tmp_arena, rel[i][0], rel[i][1]);

		if (rel[i][2])
			assert_string_equal(got, rel[i][2]);
		else
			assert_null(got);
	}
	assert_string_equal(path_join3(&tmp_arena, "/a", "", "b"), "/a/b");
	assert_string_equal(path_short(&tmp_arena, "/absent/b", "/absent/b/c"), "c");
	assert_string_equal(path_short(&tmp_arena, "/absent/b/c/d/e", "/x"), "/x");
	assert_string_equal(path_short(&tmp_arena, "/absent/b", "/absent/b"), ".");
}

/* A ".." after a link may lead to another file: then go prints the whole path (checked with go 1.26.8). */
static void test_short_through_link(void **state)
{
	const char *way = tmp_path("way"), *link = tmp_path("way/in");

	(void)state;
	assert_true(fs_mkdir_all(way, NULL));
	assert_true(fs_mkdir_all(tmp_path("elsewhere/deep"), NULL));
	assert_return_code(symlink(tmp_path("elsewhere/deep"), link), errno);
	tmp_write("way/x", "");
	assert_string_equal(path_short(&tmp_arena, link, tmp_path("way/x")), tmp_path("way/x"));
	tmp_write("elsewhere/y", "");
	assert_string_equal(path_short(&tmp_arena, tmp_path("elsewhere/deep"),
				       tmp_path("elsewhere/y")),
			    "../y");
	assert_string_equal(path_short(&tmp_arena, link, tmp_path("way/none")), "../none");
	/* what cannot be looked at is not the same file */
	assert_return_code(symlink("loop", tmp_path("way/loop")), errno);
	assert_string_equal(path_short(&tmp_arena, way, tmp_path("way/loop")),
			    tmp_path("way/loop"));
	assert_string_equal(path_short(&tmp_arena, way, tmp_path("way/x/y")), tmp_path("way/x/y"));
	assert_string_equal(path_short(&tmp_arena, way, tmp_path("way/none/y")), "none/y");
}

static void test_containment(void **state)
{
	static const char *const local[] = { "a", "a/b", "...", "a/..b", ".a", "a b" };
	static const char *const not_local[] = { "",	 "/",	 "/a",	 ".",  "..",   "./a", "a/.",
						 "a/..", "../a", "a//b", "a/", "a\\b", "\\" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		assert_true(path_is_local(local[i]));
	for (size_t i = 0; i < ARRAY_LEN(not_local); i++)
		assert_false(path_is_local(not_local[i]));
	assert_true(path_under("/a/b", "/a/b"));
	assert_true(path_under("/a/b/c", "/a/b"));
	assert_false(path_under("/a/bc", "/a/b"));
	assert_false(path_under("/a", "/a/b"));
	assert_true(path_under("/a", "/"));
	assert_true(path_under("/", "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_kinds),
		cmocka_unit_test(test_read_caps),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_mkdir),
		cmocka_unit_test(test_can_mkdir),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_containment),
		cmocka_unit_test(test_short_through_link),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
