/* Directories as module zips, and their differences. Which files count is what zip.CreateFromDir of golang.org/x/mod puts into a zip, and the sums
 * are dirhash.HashZip's of it. */
#include "tmpdir.h"

#include "release/treediff.h"

static const char *const trees[][2] = {
	/* named after its go line */
	{ "old/go.mod", "module example.com/m\n\ngo 1.23\n" },
	{ "new/go.mod", "module example.com/m\n\ngo 1.24\n" },
	{ "none/a.go", "package a\n" },
};

/* In each of them. Names that no zip may have, and .git files, which no commit has, are left out; go looks at neither in a commit. */
static const char *const files[][2] = {
	{ "a.go", "package a\n" },
	{ ".git/config", "x" },
	{ ".gitignore", "x" },
	{ "sub/.git", "gitdir: ../.git/modules/sub\n" },
	{ "sub/b.go", "package sub\n" },
	{ ".hg/x", "x" },
	{ ".svn/x", "x" },
	{ ".bzr/x", "x" },
	{ ".hg_archival.txt", "x" },
	{ "sub/.hg_archival.txt", "x" },
	{ "sub/a:b", "x" },
	{ "vendor/modules.txt", "# x\n" },
	{ "vendor/a.b/c/c.go", "package c\n" },
	{ "sub/vendor/d.go", "package d\n" },
	{ "sub/vendor/a.b/d.go", "package d\n" },
	{ "nested/go.mod", "module example.com/m/nested\n" },
	{ "nested/n.go", "package n\n" },
	{ "odd/go.mod/x", "a directory of that name makes no module" },
};

static int setup(void **state)
{
	if (tmp_setup(state))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		char *slash = strchr(trees[i][0], '/');

		tmp_write(trees[i][0], trees[i][1]);
		for (size_t k = 0; k < ARRAY_LEN(files); k++)
			tmp_write(arena_fmt(&tmp_arena, "%.*s/%s", (int)(slash - trees[i][0]),
					    trees[i][0], files[k][0]),
				  files[k][1]);
	}
	tmp_write("LICENSE", "free\n");
	assert_int_equal(symlink("a.go", tmp_path("old/link.go")), 0);
	return 0;
}

static const char *names(const char *dir, const char *license)
{
	struct moddir d;
	struct err e = ERR_INIT;
	const char *out = "";

	if (!moddir_read(&d, &tmp_arena, tmp_path(dir), license, NULL, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < d.n; i++)
		out = arena_fmt(&tmp_arena, "%s%s%s", out, i ? " " : "", d.files[i].name);
	return out;
}

static void test_files(void **state)
{
	(void)state;
	assert_string_equal(
		names("old", NULL),
		".gitignore a.go go.mod odd/go.mod/x sub/.hg_archival.txt sub/b.go vendor/modules.txt");
	assert_string_equal(
		names("new", NULL),
		".gitignore a.go go.mod odd/go.mod/x sub/.hg_archival.txt sub/b.go sub/vendor/d.go");
	assert_string_equal(
		names("none", NULL),
		".gitignore a.go odd/go.mod/x sub/.hg_archival.txt sub/b.go vendor/modules.txt");
	assert_string_equal(
		names("none", tmp_path("LICENSE")),
		".gitignore LICENSE a.go odd/go.mod/x sub/.hg_archival.txt sub/b.go vendor/modules.txt");
	assert_string_equal(
		names("none", tmp_path("no LICENSE")),
		".gitignore a.go odd/go.mod/x sub/.hg_archival.txt sub/b.go vendor/modules.txt");
	tmp_write("none/LICENSE", "mine\n");
	assert_string_equal(
		names("none", tmp_path("LICENSE")),
		".gitignore LICENSE a.go odd/go.mod/x sub/.hg_archival.txt sub/b.go vendor/modules.txt");
	unlink(tmp_path("none/LICENSE"));
}

static void test_sums(void **state)
{
	char sum[DIRHASH_LEN + 1];
	struct moddir d;

	(void)state;
	assert_true(moddir_read(&d, &tmp_arena, tmp_path("old"), NULL, NULL, NULL));
	moddir_sum(&d, (struct modver){ "example.com/m", "v1.0.0" }, sum);
	assert_string_equal(sum, "h1:IEonDKmKDxc+EhvTYa43a3BS8fJwnyP3qdMyjuWczQ0=");
}

static void refused(const char *dir, const struct cancel *cancel, enum err_code code,
		    const char *text)
{
	struct treediff d;
	struct moddir m;
	struct err e = ERR_INIT;

	assert_false(moddir_read(&m, &tmp_arena, tmp_path(dir), NULL, cancel, &e));
	tmp_assert_err(&e, code, text);
	assert_false(treediff_read(&d, &tmp_arena, tmp_path("old"), tmp_path(dir), cancel, &e));
	tmp_assert_err(&e, code, text);
	assert_false(treediff_read(&d, &tmp_arena, tmp_path(dir), tmp_path("old"), cancel, &e));
	tmp_assert_err(&e, code, text);
}

static void test_refused(void **state)
{
	struct cancel cancel = { true }, not = { false };
	const char *deep = "deep";
	struct moddir d;

	(void)state;
	refused("nowhere", NULL, ERR_NOT_FOUND, "open %s/nowhere: no such file or directory");
	refused("new", &cancel, ERR_CANCELLED, "cancelled");
	assert_true(moddir_read(&d, &tmp_arena, tmp_path("new"), NULL, &not, NULL));
	for (int i = 0; i < 199; i++)
		deep = arena_fmt(&tmp_arena, "%s/d", deep);
	tmp_mkdir(deep);
	assert_true(moddir_read(&d, &tmp_arena, tmp_path("deep"), NULL, NULL, NULL));
	tmp_mkdir(arena_fmt(&tmp_arena, "%s/d", deep));
	refused("deep", NULL, ERR_LIMIT, "%s/deep: directories are nested too deep");
	assert_true(fs_remove_all(tmp_path("deep"), NULL));
}

static void test_diff(void **state)
{
	static char big[TREEDIFF_MAX_TEXT + 1];
	struct treediff d;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	tmp_write("was/go.mod", "module m\n");
	tmp_write("was/gone", "1\n");
	tmp_write_n("was/bin", "a\0b", 3);
	tmp_write("was/x", "1\n");
	tmp_write("is/go.mod", "module m\n");
	tmp_write("is/bin", "ab");
	tmp_write("is/x", "2\n");
	tmp_write("is/z", "3\n");
	assert_true(treediff_read(&d, &tmp_arena, tmp_path("was"), tmp_path("is"), NULL, &e));
	assert_int_equal(d.n_same, 1);
	for (size_t i = 0; i < d.n; i++)
		assert_true(treediff_text(&b, &d.files[i], &e));
	assert_string_equal(
		b.data, "Binary files a/bin and b/bin differ\n"
			"diff a/gone /dev/null\n--- a/gone\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-1\n"
			"diff a/x b/x\n--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-1\n+2\n"
			"diff /dev/null b/z\n--- /dev/null\n+++ b/z\n@@ -0,0 +1,1 @@\n+3\n");
	/* what was there when it was listed */
	tmp_write_n("was/x", big, sizeof(big));
	buf_clear(&b);
	assert_true(treediff_text(&b, &d.files[2], &e));
	assert_string_equal(b.data, "Binary files a/x and b/x differ\n");
	unlink(tmp_path("is/x"));
	assert_true(treediff_text(&b, &d.files[2], NULL));
	unlink(tmp_path("was/x"));
	assert_false(treediff_text(&b, &d.files[2], &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/was/x: no such file or directory");
	unlink(tmp_path("is/z"));
	assert_false(treediff_text(&b, &d.files[3], NULL));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
