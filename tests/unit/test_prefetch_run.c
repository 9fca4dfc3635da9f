/* What a prefetch places in GOMODCACHE, by what our own cache and the proxy have; and what it refuses to place. */
#include "cmdfix.h"

struct bytes {
	char *data;
	size_t len;
};

static struct bytes bytes_of(struct fix *f, const char *file)
{
	struct bytes b;

	assert_true(fs_read(&f->a, file, (size_t)1 << 22, &b.data, &b.len, NULL));
	return b;
}

static const char *file_in(struct fix *f, const char *root, const char *suffix)
{
	return cachepath_file(&f->a, root, TARGET, suffix);
}

static struct bytes whole; /* the zip, as the proxy has it */

/* GOMODCACHE lacks the zip. Where the status is 0, it has it afterwards, with its hash, whatever our own cache had. */
static void prefetch(struct fix *f, int status, const char *words)
{
	const char *zip = file_in(f, f->root, "zip"), *hash = file_in(f, f->root, "ziphash");
	struct cmd_out o;

	unlink(zip);
	unlink(hash);
	cmd_run(&o, (const char *const[]){ "prefetch", "--yes", NULL });
	if (o.status != status || !(strstr(o.out.data ? o.out.data : "", words) ||
				    strstr(o.err.data ? o.err.data : "", words)))
		fail_msg("%d instead of %d, without \"%s\": %s%s", o.status, status, words,
			 o.out.data ? o.out.data : "", o.err.data ? o.err.data : "");
	cmd_release(&o);
	assert_int_equal(fs_exists(zip), status == 0);
	assert_int_equal(fs_exists(hash), status == 0);
	if (status == 0) {
		struct bytes b = bytes_of(f, zip);

		assert_int_equal(b.len, whole.len);
		assert_memory_equal(b.data, whole.data, b.len);
		assert_string_equal(bytes_of(f, hash).data,
				    (const char *)map_get(&f->zip_sums, fix_key(&f->a, TARGET)));
	}
}

/* A copy in our own cache that is not what was fetched is fetched again. */
static void test_damaged(void **state)
{
	struct fix *f = *state;
	const char *own = arena_fmt(&f->a, "%s/modscope/mod", f->own);
	struct bytes other = bytes_of(f, cachepath_file(&f->a, f->up, NEIGHBOUR, "zip"));

	whole = bytes_of(f, file_in(f, f->up, "zip"));
	assert_true(fs_remove_all(f->root, NULL));
	prefetch(f, 0, ": 8 files, ");
	prefetch(f, 0, ": 2 files, ");
	fix_write(file_in(f, own, "zip"), other.data, other.len);
	prefetch(f, 0, ": 2 files, ");
	fix_write(file_in(f, own, "zip"), whole.data, whole.len / 2);
	prefetch(f, 0, ": 2 files, ");
	fix_write_str(file_in(f, own, "ziphash"), "h1:short");
	prefetch(f, 0, ": 2 files, ");
	unlink(file_in(f, own, "ziphash"));
	prefetch(f, 0, ": 2 files, ");
}

/* go.sum has another hash; the proxy has no .info, which only comes along; then no zip. */
static void test_refused(void **state)
{
	struct fix *f = *state;
	const char *own = arena_fmt(&f->a, "%s/modscope/mod", f->own);
	const char *gosum = arena_fmt(&f->a, "%s/main/go.sum", f->top);
	struct bytes sums = bytes_of(f, gosum);

	fix_write_str(
		gosum,
		arena_fmt(
			&f->a,
			"example.com/Upper v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n%s",
			strchr(sums.data, '\n') + 1));
	prefetch(f, 3, "verifying example.com/Upper@v1.0.0: checksum mismatch");
	fix_write_str(gosum, sums.data);
	unlink(file_in(f, f->root, "info"));
	unlink(file_in(f, f->up, "info"));
	unlink(file_in(f, own, "info"));
	prefetch(f, 0, "v1.0.0.info: no longer so: as go mod download leaves it");
	assert_false(fs_exists(file_in(f, f->root, "info")));
	unlink(file_in(f, f->up, "zip"));
	assert_true(fs_remove_all(own, NULL));
	prefetch(f, 3, "v1.0.0.zip: no such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_damaged),
					    cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
