/* Remembered hashes: what counts as unchanged, what is never kept, and foreign files. */
#include "hasher_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "zip/hashmemo.h"

static const struct modver m = { "m.test/a", "v1.0.0" };
#define LATER ((int64_t)1 << 40) /* seconds; makes every file old */

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

	/* every change is noticed: content with its old time, a time, a mode, a name */
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
	/* just created: it may change again within the same clock tick */
	tmp_write("y/a.go", "package a\n");
	tree(memo, "y", false);
	save(memo);
	assert_false(fs_exists(tmp_path("young")));
	/* a link: its target was not read */
	assert_int_equal(symlink("a.go", tmp_path("y/link")), 0);
	memo = later("young");
	assert_false(hashmemo_knows_tree(memo, hasher, tmp_path("y"), m));
	assert_int_equal(tree(memo, "y", false).n_odd, 1);
	save(memo);
	memo = later("young"); /* only that it is hashed each time */
	assert_true(hashmemo_knows_tree(memo, hasher, tmp_path("y"), m));
	assert_false(tree(memo, "y", false).remembered);
	/* errors */
	assert_false(hashmemo_zip(memo, hasher, tmp_path("none.zip"), m, false, NULL, &r, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/none.zip: no such file or directory");
	tmp_write("bad.zip", "no zip");
	for (int i = 0; i < 2; i++) {
		assert_false(
			hashmemo_zip(memo, hasher, tmp_path("bad.zip"), m, false, NULL, &r, &e));
		tmp_assert_err(&e, ERR_SYNTAX, "zip: not a valid zip file");
		save(memo);
		memo = later("young");
		assert_true(hashmemo_knows_zip(memo, tmp_path("bad.zip"), m));
	}
	tmp_write("bad.zip", "another");
	hashmemo_free(memo);
	memo = later("young");
	assert_false(hashmemo_knows_zip(memo, tmp_path("bad.zip"), m));
	assert_false(hashmemo_knows_zip(memo, tmp_path("none.zip"), m));
	hashmemo_free(memo);
	/* without a file, hashes are remembered only during this run */
	memo = later(NULL);
	tmp_write("z/a.go", "package a\n");
	tree(memo, "z", false);
	assert_false(hashmemo_knows_tree(memo, hasher, tmp_path("none"), m));
	assert_true(hashmemo_knows_tree(memo, hasher, tmp_path("z"), m));
	assert_true(tree(memo, "z", false).remembered);
	save(memo);
}

static unsigned n_remembered(void)
{
	struct hashmemo *memo = later("f");
	unsigned n = tree(memo, "f1", false).remembered + 0u;

	n += tree(memo, "f2", false).remembered;
	hashmemo_free(memo);
	return n;
}

/* Of a truncated, foreign or unsorted file only valid records count; a good file replaces it. */
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
	const size_t head = strlen("modscope hashes 4\n"), record = (len - head) / 2;

	assert_int_equal(n_remembered(), 2);
	for (size_t cut = 0; cut < len; cut += 1 + cut / 8) {
		tmp_write_n("f", data, cut);
		assert_int_equal(n_remembered(), cut >= head + record);
	}
	/* two equal keys, keys out of order, another version */
	copy = xmalloc(len + 1);
	memcpy(copy, data, len);
	memcpy(copy + head + record, data + head, record);
	tmp_write_n("f", copy, len);
	assert_int_equal(n_remembered(), 1);
	memcpy(copy + head + record, data + head, record);
	memcpy(copy + head, data + head + record, record);
	tmp_write_n("f", copy, len);
	assert_int_equal(n_remembered(), 1);
	memcpy(copy, data, len);
	copy[16] = '1';
	tmp_write_n("f", copy, len);
	assert_int_equal(n_remembered(), 0);
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

/* Flips one bit of each byte in turn: one of the two records is forgotten, and neither is wrong. */
static void test_flipped_bits(void **state)
{
	struct hashmemo_result a, b, r;
	struct hashmemo *memo = later("bits");
	char *data, *bad;
	size_t len, forgotten = 0;

	(void)state;
	tmp_write("bits-a/x", "a");
	tmp_write("bits-b/x", "b");
	a = tree(memo, "bits-a", false);
	b = tree(memo, "bits-b", false);
	save(memo);
	assert_true(fs_read(&tmp_arena, tmp_path("bits"), 1 << 20, &data, &len, NULL));
	bad = arena_alloc(&tmp_arena, len);
	for (size_t i = strlen("modscope hashes 4\n"); i < len; i++) {
		memcpy(bad, data, len);
		bad[i] ^= (char)(1 << i % 8);
		tmp_write_n("bits", bad, len);
		memo = later("bits");
		r = tree(memo, "bits-a", false);
		assert_string_equal(r.sum, a.sum);
		assert_int_equal(r.bytes, 1);
		forgotten += !r.remembered;
		r = tree(memo, "bits-b", false);
		assert_string_equal(r.sum, b.sum);
		forgotten += !r.remembered;
		hashmemo_free(memo);
	}
	assert_int_equal(forgotten, len - strlen("modscope hashes 4\n"));
	/* a truncated record does not affect the other one */
	tmp_write_n("bits", data, len - 1);
	memo = later("bits");
	forgotten = !tree(memo, "bits-a", false).remembered;
	forgotten += !tree(memo, "bits-b", false).remembered;
	assert_int_equal(forgotten, 1);
	hashmemo_free(memo);
}

/* Who has mapped a file can change it without a new time: its hash is not stored as long as that is possible. */
static void test_mapped(void **state)
{
	struct hashmemo *memo;
	char *map;
	int fd;

	(void)state;
#ifdef HAVE_FILE_LEASES
	tmp_write("mapped/x", "before");
	fd = open(tmp_path("mapped/x"), O_RDONLY);
	if (fcntl(fd, F_SETLEASE, F_RDLCK)) {
		print_message("skipped: no leases on this file system\n");
		close(fd);
		skip();
	}
	close(fd);
	fd = open(tmp_path("mapped/x"), O_RDWR);
	map = mmap(NULL, 6, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	close(fd);
	memo = later("mapped.memo");
	tree(memo, "mapped", false);
	save(memo);
	assert_remembered("mapped.memo", "mapped", false);
	memcpy(map, "behind", 6);
	munmap(map, 6);
	memo = later("mapped.memo");
	tree(memo, "mapped", false);
	save(memo);
	assert_remembered("mapped.memo", "mapped", true);
#else
	(void)memo, (void)map, (void)fd;
	print_message("skipped: no leases on this system\n");
	skip();
#endif
}

/* The names of a tree's files need not be right: with others all files are looked at. */
static void test_names(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} others[] = {
		{ "", 0 },
		{ "\0", 1 },
		{ "a.go\0sub\0b\0\0", 12 }, /* without the root's end */
		{ "a.go\0sub\0b\0\0\0\0", 14 },
		{ "a.go\0sub\0b\0\0", 11 },
		{ "a.go\0\0", 6 },
		{ "sub\0b\0\0a.go\0\0", 13 },
		{ "a.go\0none\0sub\0b\0\0\0", 18 },
		{ "../n/a.go\0\0", 11 },
		{ "..\0..\0\0\0\0", 9 },
		{ "a.go\0sub/b\0\0", 12 },
	};
	struct hashmemo *memo = later("names/hashes");
	struct fs_dirent *files;
	const char *file;
	size_t n;

	(void)state;
	tmp_write("n/a.go", "package a\n");
	tmp_write("n/sub/b", "b");
	tree(memo, "n", false);
	save(memo);
	assert_true(fs_list(&tmp_arena, tmp_path("names/trees"), 10, &files, &n, NULL));
	assert_int_equal(n, 1);
	file = arena_fmt(&tmp_arena, "names/trees/%s", files[0].name);
	assert_memory_equal(tmp_read(file), "a.go\0sub\0b\0\0", 13);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		tmp_write_n(file, others[i].text, others[i].len);
		assert_remembered("names/hashes", "n", true);
		assert_memory_equal(tmp_read(file), "a.go\0sub\0b\0\0", 13);
	}
	assert_int_equal(unlink(tmp_path(file)), 0);
	assert_remembered("names/hashes", "n", true);
	tmp_write("n/new", "");
	assert_remembered("names/hashes", "n", false);
	assert_int_equal(unlink(tmp_path("n/new")), 0);
	save((memo = later("names/hashes"), tree(memo, "n", false), memo));
	assert_remembered("names/hashes", "n", true);
	tmp_write("n/sub/new", "");
	assert_remembered("names/hashes", "n", false);
	assert_int_equal(unlink(tmp_path("n/sub/new")), 0);
	save((memo = later("names/hashes"), tree(memo, "n", false), memo));
	assert_int_equal(unlink(tmp_path("n/sub/b")), 0);
	assert_remembered("names/hashes", "n", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_and_changed),
		cmocka_unit_test(test_never_kept),
		cmocka_unit_test(test_foreign_files),
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, hasher_setup, hasher_teardown);
}
