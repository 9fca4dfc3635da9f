/* h1 of directories and go.mod files; hashes and errors are those of golang.org/x/mod/sumdb/dirhash for the same files. */
#include "hasher_fixture.h"

#include <sys/stat.h>

#include "zip/dirhash.h"

#define PREFIX "m.test/a@v1.0.0"
#define TREE_SUM "h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4="

static const char *repeat(const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	const char *kept;

	while (n--)
		buf_addstr(&b, s);
	kept = arena_strndup(&tmp_arena, b.data, b.len);
	buf_release(&b);
	return kept;
}

static void make_tree(void)
{
	tmp_write("t/sub.x", "dot");
	tmp_write("t/a.go", "package a\n");
	tmp_write_n("t/sub-x/c", "c\0d", 3);
	tmp_write("t/sub/b.go", "");
	tmp_write("t/\xc3\xa9", "utf");
	tmp_write("t/big", repeat("0123456789abcdef", 200000));
	tmp_write(arena_fmt(&tmp_arena, "t/long/%s/%s/%s", repeat("n", 200), repeat("m", 200),
			    repeat("o", 200)),
		  "long");
	tmp_mkdir("t/empty/er");
	assert_int_equal(symlink("a.go", tmp_path("t/link")), 0);
}

static void assert_dir(const char *name, const char *want)
{
	struct err e = ERR_INIT;
	char sum[DIRHASH_LEN + 1];

	if (!dirhash_dir(hasher, tmp_path(name), PREFIX, NULL, sum, &e))
		fail_msg("%s", e.text);
	assert_string_equal(sum, want);
}

static void assert_dir_fails(const char *name, enum err_code code, const char *text)
{
	struct err e = ERR_INIT;
	char sum[DIRHASH_LEN + 1];

	assert_false(dirhash_dir(hasher, tmp_path(name), PREFIX, NULL, sum, &e));
	tmp_assert_err(&e, code, text);
}

static void test_trees(void **state)
{
	(void)state;
	make_tree();
	assert_dir("t", TREE_SUM);
	tmp_mkdir("none");
	assert_dir("none", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	/* modes and times do not count */
	assert_int_equal(chmod(tmp_path("t/a.go"), 0400), 0);
	assert_dir("t", TREE_SUM);
}

static void test_errors(void **state)
{
	struct err e = ERR_INIT;
	struct cancel cancel = { true };
	char sum[DIRHASH_LEN + 1];

	(void)state;
	assert_int_equal(symlink("sub", tmp_path("t/linkdir")), 0);
	assert_dir_fails("t", ERR_SYS, "read %s/t/linkdir: is a directory");
	unlink(tmp_path("t/linkdir"));
	assert_int_equal(symlink("gone", tmp_path("t/dangling")), 0);
	assert_dir_fails("t", ERR_NOT_FOUND, "open %s/t/dangling: no such file or directory");
	unlink(tmp_path("t/dangling"));
	tmp_write("t/new\nline", "");
	assert_dir_fails("t", ERR_SYNTAX, "dirhash: filenames with newlines are not supported");
	unlink(tmp_path("t/new\nline"));
	assert_dir_fails("missing", ERR_NOT_FOUND, "lstat %s/missing: no such file or directory");
	assert_dir_fails("t/a.go", ERR_SYNTAX, "%s/t/a.go is not a directory");
	assert_int_equal(symlink("t", tmp_path("tlink")), 0);
	assert_dir_fails("tlink", ERR_SYNTAX, "%s/tlink is not a directory");
	/* go would wait for a writer */
	assert_int_equal(mkfifo(tmp_path("t/fifo"), 0600), 0);
	assert_dir_fails("t", ERR_SYS, "read %s/t/fifo: not a regular file");
	unlink(tmp_path("t/fifo"));
	assert_false(dirhash_dir(hasher, tmp_path("t"), PREFIX, &cancel, sum, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_clear(&e);
	/* a failure leaves nothing in the scratch space */
	assert_dir("t", TREE_SUM);
}

static void test_gomod(void **state)
{
	char sum[DIRHASH_LEN + 1];

	(void)state;
	dirhash_gomod("", 0, sum);
	assert_string_equal(sum, "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=");
	dirhash_gomod("module m.test/a\n", 16, sum);
	assert_string_equal(sum, "h1:Zzw63zG6+IP0X0HI6GL4Wb3EXSSxQuhyvycQXd8cbm0=");
	dirhash_gomod("module m.test/a\r\n\n\0", 19, sum);
	assert_string_equal(sum, "h1:doKwNiir2rAZfNk9kJd6Oh6nXra8Cwby8aUcAqMmOtk=");
}

static void test_form(void **state)
{
	static const char *const bad[] = {
		"",
		"h1:",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4==",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush==",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37_tITJE2ush4=",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j3=/tITJE2ush4=",
		"h2:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4=",
		" h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4=",
		"h1:NXov0yIGfW9di12Ai14ma1nQtHZQ9j37/tITJE2ush4=\n",
	};
	unsigned char digest[32] = { 0 };
	char sum[DIRHASH_LEN + 1];

	(void)state;
	assert_true(dirhash_is_h1(TREE_SUM));
	assert_int_equal(strlen(TREE_SUM), DIRHASH_LEN);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(dirhash_is_h1(bad[i]));
	dirhash_format(digest, sum);
	assert_string_equal(sum, "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	memset(digest, 0xff, sizeof(digest));
	dirhash_format(digest, sum);
	assert_string_equal(sum, "h1://////////////////////////////////////////8=");
	assert_true(dirhash_is_h1(sum));
	/* FIPS 180-4's "abc" */
	sha256_bytes("abc", 3, digest);
	assert_memory_equal(digest,
			    "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23", 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_gomod),
		cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, hasher_setup, hasher_teardown);
}
