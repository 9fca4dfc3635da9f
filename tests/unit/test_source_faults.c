/*
 * A zip, its tree and a go.mod, through a directory as a proxy, our own cache, and GOMODCACHE: each file operation fails in turn. The answer
 * is right, or there is an error; and when nothing fails any more it is right again.
 */
#include "tmpdir.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
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

/* "d" a directory, "f" a file, "l" a link to itself, "s" a socket; AT is what stands before a version's suffixes. */
#define AT "cache/download/" M "/@v/v1.0.0"

static void put(const char *what)
{
	const char *name = arena_fmt(&tmp_arena, "mod/%s", what + 2),
		   *base = strrchr(name, '/') + 1;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	tmp_mkdir(arena_fmt(&tmp_arena, "%.*s", (int)(base - 1 - name), name));
	if (*what == 'd') {
		tmp_mkdir(name);
	} else if (*what == 'f') {
		tmp_write(name, "");
	} else if (*what == 'l') {
		assert_int_equal(symlink(base, tmp_path(name)), 0);
	} else {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		snprintf(at.sun_path, sizeof(at.sun_path), "%s", tmp_path("socket"));
		assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
		assert_int_equal(rename(tmp_path("socket"), tmp_path(name)), 0);
		close(fd);
	}
}

/* What stands where go writes: with the words of go mod download. */
static void test_in_the_way(void **state)
{
	static const struct {
		const char *put[2], *error; /* NULL: none */
	} rows[] = {
		{ { "d " AT ".lock" }, "open %s/mod/" AT ".lock: is a directory" },
		{ { "s " AT ".lock" }, "open %s/mod/" AT ".lock: no such device or address" },
		{ { "l " AT ".lock" },
		  "open %s/mod/" AT ".lock: too many levels of symbolic links" },
		{ { "f cache/download/example.com" },
		  "mkdir %s/mod/cache/download/example.com: not a directory" },
		{ { "d " M "@v1.0.0", "l " AT ".partial" },
		  "stat %s/mod/" AT ".partial: too many levels of symbolic links" },
		{ { "s " AT ".partial" }, "open %s/mod/" AT ".partial: no such device or address" },
		{ { "d " AT ".partial" }, "open %s/mod/" AT ".partial: is a directory" },
		{ { "f example.com" }, "unlinkat %s/mod/" M "@v1.0.0: not a directory" },
		{ { "s example.com" }, "open %s/mod/example.com: no such device or address" },
		{ { "f " M "@v1.0.0" }, NULL },
		{ { "l " M "@v1.0.0" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *s;
		struct err e = ERR_INIT;
		const char *dir;

		prepare(0);
		for (size_t k = 0; k < 2 && rows[i].put[k]; k++)
			put(rows[i].put[k]);
		s = source_new(&(struct source_options){ .env = env });
		if (source_dir(s, m1, &dir, NULL, &e) != !rows[i].error)
			fail_msg("row %zu: %s", i, e.text ? e.text : "no error");
		if (rows[i].error)
			tmp_assert_err(&e, ERR_REFUSED, rows[i].error);
		source_free(s);
		/* views need not fail as go does */
		s = source_new(&(struct source_options){ .env = env, .own_counts = true });
		if (!source_dir(s, m1, &dir, NULL, &e))
			fail_msg("row %zu: %s", i, e.text);
		source_free(s);
	}
}

/* checkMod, of a module that is whole but for these: with the words of go mod download. */
static void test_recorded_hashes(void **state)
{
	static const struct {
		const char *hash; /* "%s": the right one; NULL: no file */
		bool bad_zip, no_tree;
		const char *error;
	} rows[] = {
		{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false, false,
		  "verifying " M
		  "@v1.0.0: unexpected ziphash: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" },
		{ "h1:short", false, false, NULL },
		{ "\xc2\xa0 %s\n", false, false, NULL },
		{ NULL, false, false, NULL },
		{ "h1:short", true, false, "verifying " M "@v1.0.0: zip: not a valid zip file" },
		{ NULL, true, true, "zip: not a valid zip file" },
	};

	(void)state;
	tmp_write("go.sum", arena_fmt(&tmp_arena, M " v1.0.0 %s\n", zip_sum));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *mark = rows[i].hash ? strstr(rows[i].hash, "%s") : NULL, *dir;
		struct err e = ERR_INIT;
		struct source *s;

		prepare(2);
		assert_int_equal(unlink(tmp_path("mod/" AT ".ziphash")), 0);
		if (rows[i].hash)
			tmp_write("mod/" AT ".ziphash",
				  mark ? arena_fmt(&tmp_arena, "%.*s%s%s",
						   (int)(mark - rows[i].hash), rows[i].hash,
						   zip_sum, mark + 2)
				       : rows[i].hash);
		if (rows[i].bad_zip)
			tmp_write("mod/" AT ".zip", "x");
		if (rows[i].no_tree)
			assert_true(fs_remove_all(tmp_path("mod/" M "@v1.0.0"), NULL));
		s = source_new(&(struct source_options){ .env = env });
		if (source_dir(s, m1, &dir, NULL, &e) != !rows[i].error)
			fail_msg("row %zu: %s", i, e.text ? e.text : "no error");
		if (rows[i].error)
			assert_string_equal(e.text, rows[i].error);
		err_release(&e);
		source_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_faults),
					    cmocka_unit_test(test_recorded_hashes),
					    cmocka_unit_test(test_in_the_way) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
