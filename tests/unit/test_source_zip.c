/* Zips and trees of the source: checks before storing, what stays valid in our own cache, and an untouched GOMODCACHE. */

#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/buf.h"
#include "zip/dirhash.h"
#include "zip/hashmemo.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "fetch/source.h"

#define M "example.com/m"
#define V M "@v1.0.0"

static const struct modver m1 = { M, "v1.0.0" };

struct fixture {
	char dir[64];
	char *vars[4];
	char *modcache, *own, *proxy, *sumfile, *made;
	char sum[DIRHASH_LEN + 1];
	struct goenv *env;
	struct gosum *sums;
	struct source *s;
};

static void make_zip(const char *file, const char *prefix)
{
	static const char *const names[] = { "go.mod", "m.go", "sub/s.go" };
	struct arena a = ARENA_INIT;
	zip_t *z;

	fs_mkdir_all(path_dir(&a, file), NULL);
	unlink(file);
	z = zip_open(file, ZIP_CREATE, NULL);
	assert_non_null(z);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(zip_file_add(z, arena_fmt(&a, "%s/%s", prefix, names[i]),
					 zip_source_buffer(z, "module example.com/m\n", 21, 0),
					 0) >= 0);
	assert_int_equal(zip_close(z), 0);
	arena_release(&a);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct hasher *h = hasher_new();

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-zips-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	f->modcache = xasprintf("%s/mod", f->dir);
	f->own = xasprintf("%s/cache/modscope/mod", f->dir);
	f->proxy = xasprintf("%s/proxy", f->dir);
	f->sumfile = xasprintf("%s/go.sum", f->dir);
	f->made = xasprintf("%s/proxy/" M "/@v/v1.0.0.zip", f->dir);
	f->vars[0] = xasprintf("HOME=%s", f->dir);
	f->vars[1] = xasprintf("GOMODCACHE=%s", f->modcache);
	f->vars[2] = xasprintf("XDG_CACHE_HOME=%s/cache", f->dir);
	f->vars[3] = xasprintf("GOPROXY=file://%s", f->proxy);
	make_zip(f->made, V);
	assert_true(dirhash_zip(h, f->made, NULL, f->sum, NULL));
	hasher_free(h);
	*state = f;
	return 0;
}

static void close_source(struct fixture *f)
{
	source_free(f->s);
	gosum_free(f->sums);
	goenv_free(f->env);
	f->s = NULL;
	f->sums = NULL;
	f->env = NULL;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close_source(f);
	fs_remove_all(f->dir, NULL);
	for (int i = 0; i < 4; i++)
		free(f->vars[i]);
	free(f->modcache);
	free(f->own);
	free(f->proxy);
	free(f->sumfile);
	free(f->made);
	free(f);
	return 0;
}

static void open_source(struct fixture *f, const char *sum)
{
	const char *vars[] = { f->vars[0],  f->vars[1],	   f->vars[2], f->vars[3],
			       "GOENV=off", "GOSUMDB=off", NULL };

	close_source(f);
	f->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	f->s = source_new(&(struct source_options){ .env = f->env });
	if (sum) {
		char *line = xasprintf(M " v1.0.0 %s\n", sum);

		assert_true(fs_write_atomic(f->sumfile, line, strlen(line), 0644, false, NULL));
		free(line);
		f->sums = gosum_new(f->sumfile, false);
		source_set_sums(f->s, f->sums, false);
	}
}

static void assert_zip(struct fixture *f, const char *dir, const char *error)
{
	struct err e = ERR_INIT;
	const char *file;

	if (source_zip(f->s, m1, &file, &e)) {
		char *want = xasprintf("%s/cache/download/" M "/@v/v1.0.0.zip", dir);

		assert_string_equal("", error);
		assert_string_equal(file, want);
		free(want);
	} else {
		assert_int_equal(strncmp(e.text, error, strlen(error)), 0);
		assert_true(*error != '\0');
	}
	err_release(&e);
}

static void assert_dir(struct fixture *f, const char *dir)
{
	const char *found;
	struct err e = ERR_INIT;

	if (!source_dir(f->s, m1, &found, NULL, &e))
		fail_msg("%s", e.text);
	char *want = xasprintf("%s/" V, dir), *file = xasprintf("%s/sub/s.go", want);

	assert_string_equal(found, want);
	assert_true(fs_is_file(file));
	free(want);
	free(file);
}

/* Asserts that no temporary files are left. */
static void assert_clean(struct fixture *f)
{
	char *dir = xasprintf("%s/cache/download/" M "/@v", f->own);
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;

	if (fs_list(&a, dir, 100, &entries, &n, NULL))
		for (size_t i = 0; i < n; i++)
			assert_null(strstr(entries[i].name, "tmp"));
	arena_release(&a);
	free(dir);
}

static void test_download(void **state)
{
	struct fixture *f = *state;

	open_source(f, f->sum);
	assert_zip(f, f->own, "");
	assert_dir(f, f->own);
	assert_clean(f);
	assert_false(fs_exists(f->modcache));
	/* kept, so that the proxy is no longer needed */
	unlink(f->made);
	open_source(f, f->sum);
	assert_zip(f, f->own, "");
	assert_dir(f, f->own);
	make_zip(f->made, V);
}

static void damage(const char *file)
{
	struct buf b = BUF_INIT;

	assert_true(fs_read_buf(&b, file, 1 << 20, NULL));
	b.data[b.len / 3] ^= 0x40;
	assert_true(fs_write_atomic(file, b.data, b.len, 0644, false, NULL));
	buf_release(&b);
}

static void test_damaged_own(void **state)
{
	struct fixture *f = *state;
	char *zip = xasprintf("%s/cache/download/" M "/@v/v1.0.0.zip", f->own),
	     *file = xasprintf("%s/" V "/sub/s.go", f->own);
	char *tree = xasprintf("%s/" V, f->own);
	struct buf b = BUF_INIT;

	open_source(f, f->sum);
	assert_dir(f, f->own);
	damage(zip);
	open_source(f, f->sum);
	assert_zip(f, f->own, "");
	/* a changed file in the extracted tree */
	chmod(file, 0644);
	assert_int_equal(truncate(file, 3), 0);
	open_source(f, f->sum);
	assert_dir(f, f->own);
	assert_true(fs_read_buf(&b, file, 100, NULL));
	assert_string_equal(b.data, "module example.com/m\n");
	buf_release(&b);
	/* a tree that was only half extracted */
	char *partial = xasprintf("%s/cache/download/" M "/@v/v1.0.0.partial", f->own);

	assert_true(fs_write_atomic(partial, "", 0, 0644, false, NULL));
	open_source(f, f->sum);
	assert_dir(f, f->own);
	assert_false(fs_exists(partial));
	free(partial);
	free(zip);
	free(file);
	free(tree);
}

/* Remembers the hashes of zip and tree, as a run does in which these are old enough. */
static void remember(struct fixture *f, const char *zip, const char *tree)
{
	char *file = xasprintf("%s/cache/modscope/hashes", f->dir);
	struct hashmemo *memo = hashmemo_open(file);
	struct hasher *h = hasher_new();
	struct hashmemo_result r;

	hashmemo_set_now(memo, INT64_MAX / 2);
	assert_true(hashmemo_zip(memo, h, zip, m1, false, NULL, &r, NULL));
	assert_string_equal(r.sum, f->sum);
	assert_true(hashmemo_tree(memo, h, tree, m1, false, NULL, &r, NULL));
	assert_string_equal(r.sum, f->sum);
	assert_true(hashmemo_save(memo, NULL));
	hasher_free(h);
	hashmemo_free(memo);
	free(file);
}

/* Size and mtime stay; the ctime does not, once the clock has advanced. In the zip, the first entry begins after a header of 30 bytes
 * and a name of 27. */
static void edit_secretly(const char *file, off_t at)
{
	struct stat before, after;
	char byte;
	int fd;

	assert_int_equal(stat(file, &before), 0);
	chmod(file, 0644);
	fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x40;
	do {
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_int_equal(futimens(fd,
					  (struct timespec[]){ before.st_atim, before.st_mtim }),
				 0);
		assert_int_equal(fchmod(fd, before.st_mode & 07777), 0);
		assert_int_equal(fstat(fd, &after), 0);
	} while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
		 after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
	close(fd);
}

static void test_remembered(void **state)
{
	struct fixture *f = *state;
	char *zip = xasprintf("%s/cache/download/" M "/@v/v1.0.0.zip", f->own),
	     *tree = xasprintf("%s/" V, f->own), *file = xasprintf("%s/sub/s.go", tree);
	struct buf good = BUF_INIT, b = BUF_INIT;

	fs_remove_all(f->own, NULL);
	open_source(f, f->sum);
	assert_dir(f, f->own);
	assert_true(fs_read_buf(&good, zip, 1 << 20, NULL));
	remember(f, zip, tree);
	edit_secretly(zip, 30 + 27 + 3);
	edit_secretly(file, 3);
	open_source(f, f->sum);
	assert_zip(f, f->own, "");
	assert_dir(f, f->own);
	assert_true(fs_read_buf(&b, zip, 1 << 20, NULL));
	assert_int_equal(b.len, good.len);
	assert_memory_equal(b.data, good.data, b.len);
	buf_clear(&b);
	assert_true(fs_read_buf(&b, file, 100, NULL));
	assert_string_equal(b.data, "module example.com/m\n");
	buf_release(&b);
	buf_release(&good);
	free(zip);
	free(tree);
	free(file);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	char *own = xasprintf("%s/cache/download/" M "/@v/v1.0.0.zip", f->own);

	fs_remove_all(f->own, NULL);
	open_source(f, "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=");
	assert_zip(f, f->own, "verifying " V ": checksum mismatch\n\tdownloaded: h1:");
	assert_false(fs_exists(own));
	assert_clean(f);
	make_zip(f->made, "example.com/other@v1.0.0");
	open_source(f, f->sum);
	assert_zip(f, f->own, "zip for " V " has unexpected file example.com/other@v1.0.0/go.mod");
	assert_true(fs_write_atomic(f->made, "garbage", 7, 0644, false, NULL));
	open_source(f, f->sum);
	assert_zip(f, f->own, "zip: not a valid zip file");
	assert_false(fs_exists(own));
	assert_clean(f);
	make_zip(f->made, V);
	free(own);
}

/* A tree that go extracted is used as it is if its .ziphash matches go.sum. */
static void test_modcache(void **state)
{
	struct fixture *f = *state;
	char *at = xasprintf("%s/cache/download/" M "/@v/v1.0.0.ziphash", f->modcache);
	char *zip = xasprintf("%s/cache/download/" M "/@v/v1.0.0.zip", f->modcache);
	char *file = xasprintf("%s/" V "/sub/s.go", f->modcache);

	fs_remove_all(f->own, NULL);
	assert_true(fs_write_atomic(file, "package s\n", 10, 0644, false, NULL));
	open_source(f, f->sum);
	assert_null(source_cached_dir(f->s, m1));
	assert_true(fs_write_atomic(at, f->sum, strlen(f->sum), 0644, false, NULL));
	open_source(f, f->sum);
	assert_non_null(source_cached_dir(f->s, m1));
	assert_dir(f, f->modcache);
	open_source(f, "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=");
	struct err e = ERR_INIT;
	const char *dir;

	assert_false(source_dir(f->s, m1, &dir, NULL, &e));
	assert_true(err_is_final(&e));
	err_release(&e);
	/* a zip without a tree: the tree is extracted into our own cache */
	fs_remove_all(f->modcache, NULL);
	make_zip(zip, V);
	assert_true(fs_write_atomic(at, f->sum, strlen(f->sum), 0644, false, NULL));
	unlink(f->made);
	open_source(f, f->sum);
	assert_zip(f, f->modcache, "");
	assert_dir(f, f->own);
	make_zip(f->made, V);
	free(at);
	free(zip);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_download),   cmocka_unit_test(test_damaged_own),
		cmocka_unit_test(test_remembered), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_modcache),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
