/*
 * An archive, taken apart again: ustar headers, pax records for long names, contents. The same input gives the same bytes. Then everything that
 * can be in its way, and each of its file operations failing: the target is whole or absent.
 */
#include "tmpdir.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "fault/shim.h"
#include "offline/tarfile.h"

#define BLOCK 512
#define MOST ((size_t)4 << 20)

static size_t (*decompress)(void *dst, size_t capacity, const void *src, size_t n);
static unsigned (*is_error)(size_t code);
static char name100[101], name101[102], name300[301];

static const struct {
	const char *name, *file;
	size_t size;
} files[] = {
	{ "empty", "in/empty", 0 }, { "a/one", "in/one", 1 },	{ "a/511", "in/511", 511 },
	{ "a/512", "in/512", 512 }, { "a/513", "in/513", 513 }, { name100, "in/one", 1 },
	{ name101, "in/one", 1 },   { name300, "in/empty", 0 }, { "large", "in/large", 300000 },
};

/* Bytes that do not become shorter. */
static void write_file(const char *name, size_t size)
{
	char *data = xmalloc(size + 1);
	uint64_t seed = size;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		data[i] = (char)(seed >> 56);
	}
	tmp_write_n(name, data, size);
	free(data);
}

static void fill(char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		name[i] = i % 20 == 19 ? '/' : (char)('a' + i % 20);
	name[len - 1] = 'z';
}

static int set_up(void **state)
{
	void *zstd = dlopen("libzstd.so.1", RTLD_NOW);

	if (zstd) {
		*(void **)&decompress = dlsym(zstd, "ZSTD_decompress");
		*(void **)&is_error = dlsym(zstd, "ZSTD_isError");
	} else {
		print_message("skipped: there is no libzstd\n");
	}
	fill(name100, 100);
	fill(name101, 101);
	fill(name300, 300);
	if (tmp_setup(state))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		write_file(files[i].file, files[i].size);
	return 0;
}

static bool write_archive(const char *to, struct err *e)
{
	struct tarfile *t = tarfile_new(tmp_path(to), e);
	bool ok = t != NULL;

	for (size_t i = 0; ok && i < ARRAY_LEN(files); i++)
		ok = tarfile_add(t, files[i].name, tmp_path(files[i].file), e);
	return t && tarfile_end(t, ok, e) && ok;
}

static uint64_t octal(const char *field)
{
	return strtoull(field, NULL, 8);
}

/* Asserts the header at p, and that its type and name are these; the size of what follows. */
static size_t header(const char *p, char type, const char *name)
{
	unsigned sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)p[i];
	assert_int_equal(octal(p + 148), sum);
	assert_memory_equal(p + 257, "ustar\00000", 8);
	assert_int_equal(p[156], type);
	assert_int_equal(octal(p + 100), 0644);
	assert_int_equal(octal(p + 136), 0);
	assert_int_equal(strncmp(p, name, 100), 0);
	return octal(p + 124);
}

static size_t padded(size_t n)
{
	return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static void test_content(void **state)
{
	char *tar = xmalloc(MOST), *data, *p = tar;
	struct err e = ERR_INIT;
	struct stat st;
	size_t n, len;

	(void)state;
	if (!decompress)
		skip();
	assert_true(write_archive("a.tar.zst", &e));
	assert_int_equal(stat(tmp_path("a.tar.zst"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_true(fs_read(&tmp_arena, tmp_path("a.tar.zst"), MOST, &data, &len, &e));
	n = decompress(tar, MOST, data, len);
	assert_int_equal(is_error(n), 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *name = files[i].name;

		if (strlen(name) > 100) {
			const char *record = arena_fmt(&tmp_arena, "%zu path=%s\n",
						       strlen(name) + strlen("123 path=\n"), name);

			assert_int_equal(header(p, 'x', "PaxHeaders/name"), strlen(record));
			assert_memory_equal(p + BLOCK, record, strlen(record));
			p += BLOCK + padded(strlen(record));
		}
		assert_int_equal(header(p, '0', name), files[i].size);
		assert_memory_equal(p + BLOCK, tmp_read(files[i].file), files[i].size);
		p += BLOCK + padded(files[i].size);
	}
	assert_int_equal(tar + n - p, 2 * BLOCK);
	for (; p < tar + n; p++)
		assert_int_equal(*p, 0);
	free(tar);
	assert_true(write_archive("b.tar.zst", &e));
	assert_true(fs_read(&tmp_arena, tmp_path("b.tar.zst"), MOST, &p, &n, &e));
	assert_int_equal(n, len);
	assert_memory_equal(p, data, len);
}

static void assert_refused(struct tarfile *t, const char *from, const char *text)
{
	struct err e = ERR_INIT;

	assert_false(tarfile_add(t, "name", tmp_path(from), &e));
	tmp_assert_err(&e, e.code, text);
}

/* Only regular files are added, and no link is followed. */
static void test_sources(void **state)
{
	struct err e = ERR_INIT;
	struct tarfile *t;

	(void)state;
	if (!decompress)
		skip();
	tmp_mkdir("dir");
	assert_int_equal(mkfifo(tmp_path("fifo"), 0600), 0);
	assert_int_equal(symlink("in/one", tmp_path("link")), 0);
	t = tarfile_new(tmp_path("c.tar.zst"), &e);
	assert_non_null(t);
	assert_refused(t, "none", "open %s/none: no such file or directory");
	assert_refused(t, "dir", "read %s/dir: not a regular file");
	assert_refused(t, "fifo", "read %s/fifo: not a regular file");
	assert_refused(t, "link", "open %s/link: too many levels of symbolic links");
	assert_true(tarfile_end(t, false, &e) == false);
	assert_false(fs_exists(tmp_path("c.tar.zst")));
	assert_false(fs_exists(tmp_path(".modscope-c.tar.zst")));
}

static void assert_no_archive(const char *name, const char *text)
{
	struct err e = ERR_INIT;

	assert_false(write_archive(name, &e));
	tmp_assert_err(&e, e.code, text);
}

static void test_places(void **state)
{
	const char *temp = tmp_path(".modscope-d.tar.zst");
	struct err e = ERR_INIT;
	int fd;

	(void)state;
	if (!decompress)
		skip();
	assert_no_archive("nowhere/d.tar.zst",
			  "open %s/nowhere/d.tar.zst: no such file or directory");
	/* another run */
	tmp_write(".modscope-d.tar.zst", "half");
	fd = open(temp, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_no_archive("d.tar.zst", "%s/d.tar.zst: another process is writing it");
	assert_string_equal(tmp_read(".modscope-d.tar.zst"), "half");
	close(fd);
	/* what a killed run left, and what is no file */
	assert_true(write_archive("d.tar.zst", &e));
	assert_false(fs_exists(temp));
	assert_int_equal(symlink("d.tar.zst", temp), 0);
	assert_no_archive("d.tar.zst", "open %s/d.tar.zst: too many levels of symbolic links");
	assert_int_equal(unlink(temp), 0);
	assert_int_equal(mkfifo(temp, 0600), 0);
	assert_no_archive("d.tar.zst", "open %s/d.tar.zst: no such device or address");
	assert_int_equal(unlink(temp), 0);
	/* a directory stands there */
	tmp_mkdir("e.tar.zst/x");
	assert_no_archive("e.tar.zst", "rename %s/e.tar.zst: is a directory");
	assert_false(fs_exists(tmp_path(".modscope-e.tar.zst")));
}

static void test_failures(void **state)
{
	size_t n = 0, failed = 0, len = 0, now;
	char *whole = NULL, *data;
	struct err e = ERR_INIT;

	(void)state;
	if (!decompress)
		skip();
	/* from one place in the code, which volatile keeps one; the first time nothing fails */
	for (volatile size_t i = 0; i <= n; i++) {
		bool ok;

		unlink(tmp_path("f.tar.zst"));
		unlink(tmp_path(".modscope-f.tar.zst"));
		if (i == 0)
			shim_record(tmp_dir);
		else
			shim_arm(tmp_dir, i - 1);
		ok = write_archive("f.tar.zst", &e);
		if (i == 0)
			n = shim_recorded();
		else
			failed += shim_disarm() != NULL;
		assert_int_equal(fs_exists(tmp_path("f.tar.zst")), ok);
		assert_int_equal(err_is_set(&e), !ok);
		if (ok) {
			assert_true(
				fs_read(&tmp_arena, tmp_path("f.tar.zst"), MOST, &data, &now, &e));
			if (i == 0)
				whole = data, len = now;
			assert_int_equal(now, len);
			assert_memory_equal(data, whole, len);
		}
		err_clear(&e);
	}
	if (shim_works())
		assert_in_range(failed, n / 2, n);
	assert_non_null(whole);
	err_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
