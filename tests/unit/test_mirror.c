/* The tree that a mirror writes: its files and their counts. */

#include "tmpdir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/map.h"
#include "fault/shim.h"
#include "offline/mirror_impl.h"
#include "offline/tarfile.h"

static void begin(struct mirror *m, const char *target)
{
	mirror_begin(m, &(struct mirror_options){ .target = tmp_path(target) });
}

static void test_write(void **state)
{
	struct mirror m;
	struct err e = ERR_INIT;
	struct stat before, after;

	(void)state;
	begin(&m, "write");
	assert_true(mirror_file_write(&m, "a/b", "text", 4, &e));
	assert_string_equal(tmp_read("write/a/b"), "text");
	assert_int_equal(stat(tmp_path("write/a/b"), &before), 0);
	assert_true(mirror_file_write(&m, "a/b", "text", 4, &e));
	assert_int_equal(stat(tmp_path("write/a/b"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(m.n_files, 1);
	assert_int_equal(m.n_written, 1);
	assert_int_equal(m.bytes, 4);
	/* shorter, longer, different: each is replaced */
	assert_true(mirror_file_write(&m, "a/b", "tex", 3, &e));
	assert_string_equal(tmp_read("write/a/b"), "tex");
	assert_true(mirror_file_write(&m, "a/b", "texts", 5, &e));
	assert_true(mirror_file_write(&m, "a/b", "tests", 5, &e));
	assert_string_equal(tmp_read("write/a/b"), "tests");
	assert_int_equal(m.n_written, 4);
	assert_true(mirror_file_write(&m, "empty", "", 0, &e));
	assert_string_equal(tmp_read("write/empty"), "");
	assert_int_equal(m.n_files, 2);
	/* a directory is in the way */
	assert_false(mirror_file_write(&m, "a", "x", 1, &e));
	assert_int_equal(e.code, ERR_SYS);
	err_release(&e);
	mirror_release(&m);
}

static void test_copy(void **state)
{
	char *large = xmalloc(200000);
	struct mirror m;
	struct err e = ERR_INIT;

	(void)state;
	memset(large, 'x', 200000);
	tmp_write_n("large", large, 200000);
	begin(&m, "copy");
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 1);
	/* another last byte, and one byte less */
	large[199999] = 'y';
	tmp_write_n("large", large, 200000);
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 2);
	assert_memory_equal(tmp_read("copy/z/v1.zip"), large, 200000);
	tmp_write_n("large", large, 199999);
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 3);
	assert_int_equal(strlen(tmp_read("copy/z/v1.zip")), 199999);
	assert_int_equal(m.n_files, 1);
	/* a link is replaced, not followed */
	assert_int_equal(symlink(tmp_path("large"), tmp_path("copy/z/link")), 0);
	assert_true(mirror_file_copy(&m, "z/link", tmp_path("large"), &e));
	assert_null(strstr(tmp_tree("copy/z"), "120777"));
	assert_false(mirror_file_copy(&m, "z/none", tmp_path("none"), &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/none: no such file or directory");
	assert_null(tmp_read("copy/z/none"));
	free(large);
	mirror_release(&m);
}

/* The name of an archive's temporary file is known before: what stands there is not written to. */
static void test_archive_temp(void **state)
{
	const char *temp = tmp_path("archive/.modscope-a.tar.zst");
	struct err e = ERR_INIT;
	struct tarfile *t;

	(void)state;
	tmp_write("archive/other", "text");
	assert_int_equal(link(tmp_path("archive/other"), temp), 0);
	t = tarfile_new(tmp_path("archive/a.tar.zst"), &e);
	if (!t) {
		print_message("skipped: %s\n", e.text);
		err_release(&e);
		skip();
	}
	assert_true(fs_exists(temp));
	tarfile_end(t, false, NULL);
	assert_string_equal(tmp_read("archive/other"), "text");
	assert_false(fs_exists(temp));
}

static void test_list(void **state)
{
	const char *const *names;
	struct mirror m;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	begin(&m, "list");
	assert_true(mirror_file_write(&m, "b/c", "", 0, &e));
	assert_true(mirror_file_write(&m, "b/!a", "", 0, &e));
	assert_true(mirror_file_write(&m, "a", "", 0, &e));
	assert_int_equal(symlink("a", tmp_path("list/link")), 0);
	assert_true(mirror_file_list(&m, &names, &n, &e));
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b/!a");
	assert_string_equal(names[2], "b/c");
	mirror_be_unsure(&m, "first");
	mirror_be_unsure(&m, "second");
	assert_string_equal(m.unsure, "first");
	mirror_release(&m);
	begin(&m, "nowhere");
	assert_false(mirror_file_list(&m, &names, &n, &e));
	err_release(&e);
	mirror_release(&m);
}

#define MODULE "h.test/Mod"
#define AT "h.test/!mod/@v/"

/* Files of versions, one of them large enough for several reads; then lists, @latest, and the archive if the target is one. */
static bool make_tree(struct mirror *m, const char *const *versions, const char *large,
		      struct err *e)
{
	for (; *versions; versions++) {
		const char *info = arena_fmt(&m->arena, "{\"Version\":\"%s\"}", *versions);
		struct mirror_version *v = arena_calloc(&m->arena, 1, sizeof(*v));

		v->mod = (struct modver){ MODULE, *versions };
		v->done = true;
		map_put(&m->versions, arena_strdup(&m->arena, *versions), v);
		if (!mirror_file_write(m, arena_fmt(&m->arena, AT "%s.info", *versions), info,
				       strlen(info), e))
			return false;
	}
	return mirror_file_copy(m, AT "v1.0.0.zip", large, e) && mirror_end(m, e);
}

static void test_end(void **state)
{
	static const struct {
		const char *versions[6], *list, *latest;
	} rows[] = {
		{ { "v1.1.0", "v1.0.0", "v1.2.0-pre", "v1.1.1-0.20200101000000-aaaaaaaaaaaa" },
		  "v1.0.0\nv1.1.0\nv1.2.0-pre\n",
		  "v1.1.0" },
		{ { "v1.0.0-a", "v1.0.0-b" }, "v1.0.0-a\nv1.0.0-b\n", "v1.0.0-b" },
		{ { "v0.0.0-20200101000000-aaaaaaaaaaaa" },
		  "",
		  "v0.0.0-20200101000000-aaaaaaaaaaaa" },
		{ { "v2.0.0+incompatible", "v1.9.0" },
		  "v1.9.0\nv2.0.0+incompatible\n",
		  "v2.0.0+incompatible" },
	};
	char *zip = xcalloc(1, 200000);

	(void)state;
	tmp_write_n("zip", zip, 200000);
	free(zip);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *dir = arena_fmt(&tmp_arena, "end%zu", i);
		struct err e = ERR_INIT;
		struct mirror m;
		int fd;

		begin(&m, dir);
		/* no versions; what a killed run left */
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT "bad.info", dir), "");
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT "!x.info", dir), "");
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir), "");
		assert_true(make_tree(&m, rows[i].versions, tmp_path("zip"), &e));
		assert_string_equal(tmp_read(arena_fmt(&tmp_arena, "%s/" AT "list", dir)),
				    rows[i].list);
		assert_string_equal(tmp_read(arena_fmt(&tmp_arena, "%s/h.test/!mod/@latest", dir)),
				    arena_fmt(&tmp_arena, "{\"Version\":\"%s\"}", rows[i].latest));
		assert_null(tmp_read(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir)));
		mirror_file_unlock(&m);
		mirror_release(&m);
		/* another run is at work */
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir), "");
		fd = open(tmp_path(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_int_equal(flock(fd, LOCK_SH), 0);
		begin(&m, dir);
		assert_true(mirror_end(&m, &e));
		assert_non_null(tmp_read(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir)));
		mirror_release(&m);
		close(fd);
	}
}

static void test_deep(void **state)
{
	const char *const *names;
	const char *dir = "deep";
	struct err e = ERR_INIT;
	struct mirror m;
	size_t n;

	(void)state;
	for (int i = 0; i < 70; i++)
		dir = arena_fmt(&tmp_arena, "%s/d", dir);
	tmp_mkdir(dir);
	begin(&m, "deep");
	assert_false(mirror_file_list(&m, &names, &n, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_release(&e);
	mirror_release(&m);
}

/* Each file is whole or absent, whatever fails; a failed run leaves no archive of half a tree. */
static void test_failures(void **state)
{
	static const char *const versions[] = { "v1.0.0", "v1.1.0", NULL };
	static const char *const targets[] = { "faults", "faults.tar.zst" };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(targets); k++) {
		const char *whole = NULL, *tree = "faults", *archive = tmp_path("faults.tar.zst");
		size_t n = 0, failed = 0;

		if (k)
			tree = "faults.tree";
		/* from one place in the code, which volatile keeps one; the first time nothing fails */
		for (volatile size_t i = 0; i <= n; i++) {
			struct mirror m;
			bool ok;

			assert_true(fs_remove_all(tmp_path(tree), NULL));
			unlink(archive);
			begin(&m, targets[k]);
			if (i == 0)
				shim_record(tmp_dir);
			else
				shim_arm(tmp_dir, i - 1);
			ok = make_tree(&m, versions, tmp_path("zip"), &e);
			mirror_file_unlock(&m);
			if (i == 0)
				n = shim_recorded();
			else
				failed += shim_disarm() != NULL;
			if (k && i == 0 && !ok) {
				print_message("skipped: %s\n", e.text);
				n = 0;
			} else if (i == 0) {
				assert_true(ok);
				whole = tmp_tree(tree);
			} else if (ok) {
				assert_int_equal(fs_exists(archive), k);
				assert_non_null(strstr(tmp_tree(tree), "v1.0.0.zip"));
			} else {
				assert_false(fs_exists(archive));
				assert_true(err_is_set(&e));
			}
			err_clear(&e);
			mirror_release(&m);
		}
		assert_true(!n || whole);
		if (shim_works() && n)
			assert_in_range(failed, n / 2, n);
	}
	err_release(&e);
}

int main(void)
{
	const struct CMUnitTest files[] = {
		cmocka_unit_test(test_write),	 cmocka_unit_test(test_copy),
		cmocka_unit_test(test_list),	 cmocka_unit_test(test_archive_temp),
		cmocka_unit_test(test_end),	 cmocka_unit_test(test_deep),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(files, tmp_setup, tmp_teardown);
}
