/* Zips of trees in memory: what is written is read back by modzip, and its h1 computed from the zip. */
#include "tmpdir.h"

#include <fcntl.h>

#include "zip/dirhash.h"
#include "zip/modfiles.h"
#include "zip/modzip.h"

#define MIB ((size_t)1 << 20)
#define MOD ((struct modver){ "example.com/m", "v1.2.3" })

/* A tree whose i-th file has sizes[i] bytes that depend on i. */
struct tree {
	struct modfiles_file *files;
	const size_t *sizes;
	size_t n, fails, grows; /* the file that cannot be read; that is longer than it says */
	struct cancel *cancels; /* set at the file `at` */
	size_t at;
};

static void fill(struct buf *b, size_t i, size_t size)
{
	uint32_t x = (uint32_t)i + 1;

	for (size_t k = 0; k < size; k++) {
		x = x * 1664525 + 1013904223;
		buf_addch(b, (char)("abcdefgh\n"[x >> 24 & 7]));
	}
}

static bool read_file(void *ctx, size_t i, struct buf *b, struct err *e)
{
	const struct tree *t = ctx;

	if (i == t->fails)
		return err_set(e, ERR_REFUSED, "file %zu is gone", i);
	if (t->cancels && i == t->at)
		atomic_store(&t->cancels->set, true);
	fill(b, i, t->sizes[i] + (i == t->grows));
	return true;
}

static bool write_tree(struct tree *t, int fd, char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct modfiles_source s = { t->files, t->n, read_file, t };
	struct modfiles m;

	t->files = arena_calloc(&tmp_arena, t->n + 1, sizeof(*t->files));
	for (size_t i = 0; i < t->n; i++)
		t->files[i] = (struct modfiles_file){
			arena_fmt(&tmp_arena, "d%zu/f%zu.txt", i % 7, i), MODFILES_REGULAR, false,
			(int64_t)t->sizes[i]
		};
	s.files = t->files;
	assert_true(modfiles_check(&m, &tmp_arena, &s, e));
	assert_int_equal(m.valid.n, t->n);
	return modfiles_write(sum, fd, &m, MOD, t->cancels, e);
}

static bool add_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, data, len);
	return true;
}

static void check_contents(const struct modzip *z, const size_t *sizes, size_t n)
{
	struct modzip_reader *r = modzip_reader_new();
	struct buf have = BUF_INIT, want = BUF_INIT;

	assert_int_equal(z->n, n);
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;

		buf_clear(&have);
		buf_clear(&want);
		fill(&want, i, sizes[i]);
		assert_string_equal(modzip_name(z, &z->entries[i]),
				    arena_fmt(&tmp_arena, "example.com/m@v1.2.3/d%zu/f%zu.txt",
					      i % 7, i));
		if (!modzip_read(r, z, &z->entries[i], add_piece, &have, &e))
			fail_msg("%zu: %s", i, e.text);
		assert_int_equal(have.len, want.len);
		assert_memory_equal(have.data, want.data, want.len);
	}
	modzip_reader_free(r);
	buf_release(&have);
	buf_release(&want);
}

static void check_tree(const size_t *sizes, size_t n)
{
	struct tree t = { .sizes = sizes, .n = n, .fails = n, .grows = n };
	const char *name = tmp_path("zip");
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char sum[DIRHASH_LEN + 1], of_zip[DIRHASH_LEN + 1];
	struct hasher *h = hasher_new();
	struct err e = ERR_INIT;
	struct modzip z;

	if (!write_tree(&t, fd, sum, &e))
		fail_msg("%s", e.text);
	close(fd);
	if (!modzip_open(&z, name, &e) || !modzip_check(&z, MOD, &e))
		fail_msg("%s", e.text);
	check_contents(&z, sizes, n);
	assert_true(dirhash_open_zip(h, &z, NULL, of_zip, &e));
	assert_string_equal(sum, of_zip);
	modzip_close(&z);
	hasher_free(h);
}

/* Below, at and above what is handed over at once, in files and in bytes. */
static void written_as_read(void **state)
{
	static size_t sizes[1000];
	static const size_t counts[] = { 0, 1, 31, 32, 33, 64, 65, 128, 129, 161, 1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		sizes[i] = i % 5 ? i * 3 : 0;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		check_tree(sizes, counts[i]);
	sizes[3] = 3 * MIB;
	sizes[70] = MIB / 2;
	sizes[71] = MIB / 2 - 1;
	sizes[72] = 1;
	sizes[120] = 4 * MIB;
	sizes[121] = 4 * MIB + 1;
	sizes[199] = 2 * MIB + 1;
	check_tree(sizes, 200);
}

static void check_failure(struct tree *t, const char *file, enum err_code code, const char *words)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char sum[DIRHASH_LEN + 1];
	struct err e = ERR_INIT;

	assert_false(write_tree(t, fd, sum, &e));
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, words));
	err_release(&e);
	close(fd);
}

static void failures(void **state)
{
	static size_t sizes[400];
	static const size_t counts[] = { 5, 400 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		sizes[i] = 20000;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		struct cancel c = { 0 };
		size_t n = counts[i], none = n;
		struct tree gone = { .sizes = sizes, .n = n, .fails = n - 2, .grows = none };
		struct tree longer = { .sizes = sizes, .n = n, .fails = none, .grows = n - 1 };
		struct tree full = { .sizes = sizes, .n = n, .fails = none, .grows = none };
		struct tree ends = { .sizes = sizes,
				     .n = n,
				     .fails = none,
				     .grows = none,
				     .cancels = &c,
				     .at = n - 3 };

		check_failure(&gone, tmp_path("gone"), ERR_REFUSED, " is gone");
		check_failure(&longer, tmp_path("longer"), ERR_SYNTAX,
			      ".txt\" is larger than declared size");
		check_failure(&full, "/dev/full", ERR_SYS,
			      "create zip: write: no space left on device");
		check_failure(&ends, tmp_path("ends"), ERR_CANCELLED, "cancelled");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_as_read),
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
