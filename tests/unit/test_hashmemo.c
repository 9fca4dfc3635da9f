/* Remembered hashes: what counts as unchanged, what is never kept, and files that are not ours. */
#include "hasher_fixture.h"

#include <fcntl.h>
#include <pthread.h>

#include "cache/hashmemo.h"

static const struct modver m = { "m.test/a", "v1.0.0" };
#define LATER ((int64_t)1 << 40) /* seconds: nothing is young then */

static struct hashmemo_result tree(struct hashmemo *memo, const char *name, bool full)
{
	struct hashmemo_result r;
	struct err e = ERR_INIT;

	if (!hashmemo_tree(memo, hasher, tmp_path(name), m, full, NULL, &r, &e))
		fail_msg("%s", e.text);
	return r;
}

static struct hashmemo *later(const char *file)
{
	struct hashmemo *memo = hashmemo_open(file ? tmp_path(file) : NULL);

	hashmemo_set_now(memo, LATER);
	return memo;
}

static void save(struct hashmemo *memo)
{
	struct err e = ERR_INIT;

	if (!hashmemo_save(memo, &e))
		fail_msg("%s", e.text);
	hashmemo_free(memo);
}

static void assert_remembered(const char *file, const char *name, bool remembered)
{
	struct hashmemo *memo = later(file);

	assert_int_equal(tree(memo, name, false).remembered, remembered);
	hashmemo_free(memo);
}

static void test_kept_and_changed(void **state)
{
	const struct timespec times[2] = { { 5, 0 }, { 5, 0 } };
	struct hashmemo *memo = later("kept");
	struct hashmemo_result first, again;

	(void)state;
	tmp_write("t/a.go", "package a\n");
	tmp_write("t/sub/b", "b");
	first = tree(memo, "t", false);
	assert_false(first.remembered);
	assert_int_equal(first.n_files, 2);
	assert_int_equal(first.bytes, 11);
	assert_int_equal(first.n_writable, 2);
	assert_true(tree(memo, "t", false).remembered);
	save(memo);
	memo = later("kept");
	again = tree(memo, "t", false);
	assert_true(again.remembered);
	assert_string_equal(again.sum, first.sum);
	assert_int_equal(again.bytes, first.bytes);
	assert_int_equal(again.n_writable, 2);
	hashmemo_free(memo);
	memo = later("kept");
	assert_false(tree(memo, "t", true).remembered); /* full */
	hashmemo_free(memo);

	/* anything that changes is seen: content with its old time, a time, a mode, a name */
	tmp_write("t/sub/b", "c");
	assert_int_equal(utimensat(AT_FDCWD, tmp_path("t/sub/b"), times, 0), 0);
	memo = later("kept");
	assert_string_not_equal(tree(memo, "t", false).sum, first.sum);
	save(memo);
	assert_remembered("kept", "t", true);
	assert_int_equal(utimensat(AT_FDCWD, tmp_path("t/a.go"), times, 0), 0);
	assert_remembered("kept", "t", false);
	save((memo = later("kept"), tree(memo, "t", false), memo));
	assert_remembered("kept", "t", true);
	assert_int_equal(chmod(tmp_path("t/a.go"), 0444), 0);
	assert_remembered("kept", "t", false);
	save((memo = later("kept"), tree(memo, "t", false), memo));
	assert_int_equal(rename(tmp_path("t/sub/b"), tmp_path("t/sub/d")), 0);
	assert_remembered("kept", "t", false);
}

static void test_never_kept(void **state)
{
	struct hashmemo *memo = hashmemo_open(tmp_path("young"));
	struct hashmemo_result r;
	struct err e = ERR_INIT;

	(void)state;
	/* made just now: it may change again within the same tick */
	tmp_write("y/a.go", "package a\n");
	tree(memo, "y", false);
	save(memo);
	assert_false(fs_exists(tmp_path("young")));
	/* a link: what it leads to was not looked at */
	assert_int_equal(symlink("a.go", tmp_path("y/link")), 0);
	memo = later("young");
	assert_int_equal(tree(memo, "y", false).n_odd, 1);
	save(memo);
	assert_false(fs_exists(tmp_path("young")));
	/* errors */
	memo = later("young");
	assert_false(hashmemo_zip(memo, hasher, tmp_path("none.zip"), m, false, NULL, &r, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/none.zip: no such file or directory");
	tmp_write("bad.zip", "no zip");
	for (int i = 0; i < 2; i++) {
		assert_false(
			hashmemo_zip(memo, hasher, tmp_path("bad.zip"), m, false, NULL, &r, &e));
		tmp_assert_err(&e, ERR_SYNTAX, "zip: not a valid zip file");
	}
	save(memo);
	assert_false(fs_exists(tmp_path("young")));
	/* and with no file at all it lives for the run */
	memo = later(NULL);
	tmp_write("z/a.go", "package a\n");
	tree(memo, "z", false);
	assert_true(tree(memo, "z", false).remembered);
	save(memo);
}

/* A cut, foreign or disordered file is as if empty, and is replaced by a good one. */
static void test_foreign_files(void **state)
{
	struct hashmemo *memo = later("f");
	const char *good;
	size_t len;
	char *data, *copy;

	(void)state;
	tmp_write("f1/a", "1");
	tmp_write("f2/a", "2");
	tree(memo, "f1", false);
	tree(memo, "f2", false);
	save(memo);
	good = tmp_path("f");
	assert_true(fs_read(&tmp_arena, good, 1 << 16, &data, &len, NULL));
	assert_remembered("f", "f1", true);
	for (size_t cut = 0; cut < len; cut += 1 + cut / 8) {
		tmp_write_n("f", data, cut);
		assert_remembered("f", "f1", false);
	}
	/* two equal keys, keys in the wrong order, more records than there are, another version */
	const size_t head = strlen("modscope hashes 1\n") + 8, record = (len - head) / 2;

	copy = xmalloc(len + 1);
	memcpy(copy, data, len);
	memcpy(copy + head + record, data + head, record);
	tmp_write_n("f", copy, len);
	assert_remembered("f", "f1", false);
	memcpy(copy + head + record, data + head, record);
	memcpy(copy + head, data + head + record, record);
	tmp_write_n("f", copy, len);
	assert_remembered("f", "f1", false);
	memcpy(copy, data, len);
	memset(copy + head - 8, 0xff, 8);
	tmp_write_n("f", copy, len);
	assert_remembered("f", "f1", false);
	memcpy(copy, data, len);
	copy[16] = '2';
	tmp_write_n("f", copy, len);
	assert_remembered("f", "f1", false);
	free(copy);
	memo = later("f");
	tree(memo, "f1", false);
	save(memo);
	assert_remembered("f", "f1", true);
}

struct crowd {
	struct hashmemo *memo;
	struct hasher *hashers[8];
};

static void hash_one(void *ctx, size_t i)
{
	struct crowd *c = ctx;
	struct hasher *h = hasher_new();
	struct hashmemo_result r;
	char *dir = xasprintf("%s/c/%zu", tmp_dir, i % 20);

	if (!hashmemo_tree(c->memo, h, dir, m, false, NULL, &r, NULL))
		r.sum[0] = '\0';
	assert_int_equal(r.sum[0], 'h');
	hasher_free(h);
	free(dir);
}

static void test_many_threads(void **state)
{
	struct crowd c = { .memo = later("crowd") };

	(void)state;
	for (int i = 0; i < 20; i++)
		tmp_write(arena_fmt(&tmp_arena, "c/%d/a", i), "text");
	par_for(200, 8, hash_one, &c);
	save(c.memo);
	for (int i = 0; i < 20; i++)
		assert_remembered("crowd", arena_fmt(&tmp_arena, "c/%d", i), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_and_changed),
		cmocka_unit_test(test_never_kept),
		cmocka_unit_test(test_foreign_files),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, hasher_setup, hasher_teardown);
}
