#include "cachefix.h"

#include <sys/stat.h>

#include "cache/verify.h"

static const struct modver mods[] = {
	TARGET_INIT, NEIGHBOUR_INIT, { "example.com/absent", "v1.0.0" }, { "go", "1.26.8" }
};

static char *target(struct fix *f, const char *suffix)
{
	return cachepath_file(&f->a, f->root, TARGET, suffix);
}

/* go's lines about the state of the cache, as one string. */
static const char *lines(struct fix *f, struct hashmemo *memo, bool full)
{
	struct verify_result v;
	struct buf b = BUF_INIT;
	const char *out;
	struct err e = ERR_INIT;

	if (!verify_modules(&v, &f->a,
			    &(struct verify_options){
				    .root = f->root, .memo = memo, .full = full, .threads = 2 },
			    mods, ARRAY_LEN(mods), &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < v.n; i++)
		buf_addf(&b, "%s\n", v.lines[i].text);
	out = arena_strdup(&f->a, b.data);
	buf_release(&b);
	return out;
}

static void assert_lines(struct fix *f, const char *fmt, ...) PRINTF_FMT(2, 3);
static void assert_lines(struct fix *f, const char *fmt, ...)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	struct buf want = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&want, fmt, ap);
	va_end(ap);
	assert_string_equal(lines(f, memo, true), want.data);
	buf_release(&want);
	hashmemo_free(memo);
}

static void test_sound(void **state)
{
	struct fix *f = *state;

	fix_reset(f);
	assert_lines(f, "%s", "");
}

/* The texts are those of go 1.26.8 for the same damages. */
static void test_texts(void **state)
{
	struct fix *f = *state;
	const char *tree = cachepath_tree(&f->a, f->root, TARGET);

	fix_reset(f);
	unlink(target(f, "ziphash"));
	assert_lines(
		f,
		"example.com/Upper v1.0.0: missing ziphash: open %s: no such file or directory\n",
		target(f, "ziphash"));
	unlink(target(f, "zip"));
	assert_lines(f, "%s", ""); /* a tree without its hash counts as missing */

	fix_reset(f);
	fix_write_str(target(f, "zip"), "no zip");
	assert_lines(f, "example.com/Upper v1.0.0: zip: not a valid zip file\n");

	fix_reset(f);
	fix_write_str(target(f, "ziphash"), " h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	assert_lines(f,
		     "example.com/Upper v1.0.0: zip has been modified (%s)\n"
		     "example.com/Upper v1.0.0: dir has been modified (%s)\n",
		     target(f, "zip"), tree);
	fix_write_str(target(f, "partial"), "");
	assert_lines(f, "example.com/Upper v1.0.0: zip has been modified (%s)\n", target(f, "zip"));

	fix_reset(f);
	chmod(tree, 0755);
	fix_write_str(arena_fmt(&f->a, "%s/new\nline", tree), "x");
	assert_lines(
		f,
		"example.com/Upper v1.0.0: dirhash: filenames with newlines are not supported\n");

	fix_reset(f);
	assert_true(fs_remove_all(tree, NULL));
	assert_int_equal(symlink(cachepath_tree(&f->a, f->root, NEIGHBOUR), tree), 0);
	assert_lines(f, "example.com/Upper v1.0.0: %s is not a directory\n", tree);
}

/* go then opens the file "hash", as mod_get_changes.txt and others show. */
static void test_path_without_dot(void **state)
{
	struct fix *f = *state;
	const struct modver m = { "usequote", "v0.0.0" };
	struct hashmemo *memo = hashmemo_open(NULL);
	struct verify_result v;

	assert_int_equal(chdir(f->top), 0);
	assert_true(verify_modules(&v, &f->a,
				   &(struct verify_options){ .root = f->root, .memo = memo }, &m, 1,
				   NULL));
	assert_int_equal(v.n, 1);
	assert_string_equal(
		v.lines[0].text,
		"usequote v0.0.0: missing ziphash: open hash: no such file or directory");
	hashmemo_free(memo);
	assert_int_equal(chdir("/"), 0);
}

static void test_order_is_the_lists(void **state)
{
	struct fix *f = *state;

	fix_reset(f);
	fix_write_str(target(f, "zip"), "no zip");
	fix_write_str(cachepath_file(&f->a, f->root, NEIGHBOUR, "zip"), "no zip");
	assert_lines(
		f,
		"example.com/Upper v1.0.0: zip: not a valid zip file\nexample.com/Upper v1.1.0: zip: not a valid zip file\n");
}

static void age(const char *path)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static struct stat stat_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st;
}

/* Repeats the change, as a file system's clock may be coarser than the test. */
static void change_ctime(const char *path)
{
	struct stat was = stat_of(path), is;

	do {
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(chmod(path, 0644), 0);
		is = stat_of(path);
	} while (is.st_ctim.tv_sec == was.st_ctim.tv_sec &&
		 is.st_ctim.tv_nsec == was.st_ctim.tv_nsec);
}

/* A remembered hash counts until any of the file's attributes changes; a damaged record counts for nothing. */
static void test_memory(void **state)
{
	struct fix *f = *state;
	const char *file = arena_fmt(&f->a, "%s/hashes", f->own), *zip = target(f, "zip");
	struct hashmemo_result r;
	struct hasher *h = hasher_new();
	struct hashmemo *memo = hashmemo_open(file);
	struct err e = ERR_INIT;
	char *bytes;
	size_t len;

	fix_reset(f);
	age(zip);
	hashmemo_set_now(memo, stat_of(zip).st_ctim.tv_sec);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, false, NULL, &r, &e));
	assert_false(r.remembered);
	assert_true(r.well_formed && r.has_gomod && !r.has_dirs);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, false, NULL, &r, &e));
	assert_true(r.remembered);
	/* its ctime is of this second, so that later runs must not trust it */
	assert_true(hashmemo_save(memo, &e));
	hashmemo_free(memo);
	assert_false(fs_exists(file));

	memo = hashmemo_open(file);
	hashmemo_set_now(memo, stat_of(zip).st_ctim.tv_sec + 3);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, false, NULL, &r, &e));
	assert_true(hashmemo_tree(memo, h, cachepath_tree(&f->a, f->root, TARGET), TARGET, false,
				  NULL, &r, &e));
	assert_int_equal(r.n_files, 4);
	assert_true(hashmemo_save(memo, &e));
	hashmemo_free(memo);

	memo = hashmemo_open(file);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, false, NULL, &r, &e));
	assert_true(r.remembered);
	assert_true(hashmemo_tree(memo, h, cachepath_tree(&f->a, f->root, TARGET), TARGET, false,
				  NULL, &r, &e));
	assert_true(r.remembered);
	hashmemo_free(memo);
	memo = hashmemo_open(file);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, true, NULL, &r, &e));
	assert_false(r.remembered);
	hashmemo_free(memo);

	/* the same bytes, size and mtime, but another ctime */
	change_ctime(zip);
	memo = hashmemo_open(file);
	assert_true(hashmemo_zip(memo, h, zip, TARGET, false, NULL, &r, &e));
	assert_false(r.remembered);
	hashmemo_free(memo);

	assert_true(fs_read(&f->a, file, 1 << 20, &bytes, &len, &e));
	/* flip a bit of each record, as their order is unspecified */
	for (size_t i = 0; i < len; i += 16)
		bytes[i] ^= 1;
	fix_write(file, bytes, len);
	memo = hashmemo_open(file);
	assert_true(hashmemo_tree(memo, h, cachepath_tree(&f->a, f->root, TARGET), TARGET, false,
				  NULL, &r, &e));
	assert_false(r.remembered);
	hashmemo_free(memo);
	hasher_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_path_without_dot),
		cmocka_unit_test(test_order_is_the_lists),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
