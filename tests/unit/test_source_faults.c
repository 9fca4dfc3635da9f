/*
 * A zip, its tree and a go.mod, through a directory as a proxy, our own cache, and GOMODCACHE: each file operation fails in turn. The answer
 * is right, or there is an error; and when nothing fails any more it is right again.
 */
#include "tmpdir.h"

#include <errno.h>
#include <zip.h>

#include "fault/shim.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "zip/dirhash.h"

#define M "example.com/m"
#define GOMOD "module example.com/m\n"

static const struct modver m1 = { M, "v1.0.0" };
static char zip_sum[DIRHASH_LEN + 1], *tree_of_m;
static struct goenv *env;

static void make_zip(const char *file)
{
	static const char *const names[] = { "go.mod", "m.go", "sub/s.go" };
	zip_t *z = zip_open(file, ZIP_CREATE, NULL);

	assert_non_null(z);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(zip_file_add(z, arena_fmt(&tmp_arena, M "@v1.0.0/%s", names[i]),
					 zip_source_buffer(z, GOMOD, strlen(GOMOD), 0), 0) >= 0);
	assert_int_equal(zip_close(z), 0);
}

static int set_up(void **state)
{
	struct hasher *h = hasher_new();
	const char *vars[8] = { "GOENV=off", "GOSUMDB=off" };

	if (tmp_setup(state))
		return -1;
	vars[2] = arena_fmt(&tmp_arena, "HOME=%s", tmp_dir);
	vars[3] = arena_fmt(&tmp_arena, "GOMODCACHE=%s", tmp_path("mod"));
	vars[4] = arena_fmt(&tmp_arena, "XDG_CACHE_HOME=%s", tmp_path("cache"));
	vars[5] = arena_fmt(&tmp_arena, "GOPROXY=file://%s", tmp_path("proxy"));
	tmp_write("proxy/" M "/@v/v1.0.0.mod", GOMOD);
	tmp_write("proxy/" M "/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	make_zip(tmp_path("proxy/" M "/@v/v1.0.0.zip"));
	assert_true(dirhash_zip(h, tmp_path("proxy/" M "/@v/v1.0.0.zip"), NULL, zip_sum, NULL));
	hasher_free(h);
	env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	return 0;
}

static int tear_down(void **state)
{
	goenv_free(env);
	return tmp_teardown(state);
}

static const char *tree(const char *dir)
{
	struct buf b = BUF_INIT;
	const char *out;

	tmp_tree_into(&b, dir, "");
	out = arena_strndup(&tmp_arena, b.data, b.len);
	buf_release(&b);
	return out;
}

/* Asks all; counts the errors. A wrong answer fails. */
static int ask(void)
{
	struct gosum *sums = gosum_new(tmp_path("go.sum"), false);
	struct source *s = source_new(&(struct source_options){ .env = env });
	const char *data, *zip, *dir;
	struct source_info info;
	struct hasher *h = hasher_new();
	char sum[DIRHASH_LEN + 1];
	struct err e = ERR_INIT;
	int failed = 0;
	struct stat st;
	size_t len;

	source_set_sums(s, sums, false);
	if (source_gomod(s, m1, &data, &len, &e))
		assert_string_equal(data, GOMOD);
	else
		failed += err_is_set(&e);
	err_clear(&e);
	if (source_stat(s, M, "v1.0.0", &info, &e))
		assert_string_equal(info.version, "v1.0.0");
	else
		failed += err_is_set(&e);
	err_clear(&e);
	if (source_zip(s, m1, &zip, &e)) {
		shim_disarm();
		assert_true(dirhash_zip(h, zip, NULL, sum, NULL));
		assert_string_equal(sum, zip_sum);
	} else {
		failed += err_is_set(&e);
	}
	err_clear(&e);
	if (source_dir(s, m1, &dir, &st, &e)) {
		shim_disarm();
		if (!tree_of_m)
			tree_of_m = arena_strdup(&tmp_arena, tree(dir));
		assert_string_equal(tree(dir), tree_of_m);
	} else {
		failed += err_is_set(&e);
	}
	err_release(&e);
	hasher_free(h);
	source_free(s);
	gosum_free(sums);
	return failed;
}

/* Our cache is laid out as GOMODCACHE. */
static void prepare(int stage)
{
	assert_true(fs_remove_all(tmp_path("mod"), NULL));
	assert_true(fs_remove_all(tmp_path("cache"), NULL));
	if (stage == 0)
		return;
	assert_int_equal(ask(), 0);
	if (stage == 2) {
		assert_int_equal(rename(tmp_path("cache/modscope/mod"), tmp_path("mod")), 0);
		tmp_write("mod/cache/download/" M "/@v/v1.0.0.ziphash", zip_sum);
	}
	if (stage == 3) {
		tmp_mkdir("mod/cache/download/" M "/@v");
		assert_int_equal(rename(tmp_path("cache/modscope/mod/cache/download/" M
						 "/@v/v1.0.0.zip"),
					tmp_path("mod/cache/download/" M "/@v/v1.0.0.zip")),
				 0);
		assert_true(fs_remove_all(tmp_path("cache"), NULL));
	}
}

static void test_faults(void **state)
{
	static const int errnos[] = { 0, EINTR };

	(void)state;
	if (!shim_works()) {
		print_message("SKIPPED: no call can be made to fail here\n");
		skip();
	}
	tmp_write("go.sum", arena_fmt(&tmp_arena, M " v1.0.0 %s\n", zip_sum));
	for (int stage = 0; stage < 4; stage++) {
		size_t n, failed = 0;

		prepare(stage);
		shim_record(tmp_dir);
		assert_int_equal(ask(), 0);
		n = shim_recorded();
		assert_true(n > 5);
		for (volatile size_t i = 0; i < n * ARRAY_LEN(errnos); i++) {
			prepare(stage);
			shim_errno(errnos[i % ARRAY_LEN(errnos)]);
			shim_arm(tmp_dir, i / ARRAY_LEN(errnos));
			failed += ask() != 0;
			shim_disarm();
			shim_errno(0);
			if (ask() != 0)
				fail_msg("stage %d, place %zu: it does not recover", stage,
					 i / ARRAY_LEN(errnos));
		}
		assert_in_range(failed, 1, n * ARRAY_LEN(errnos));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_faults) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
