/* Our own cache: its contents, and that clearing it keeps what undo needs. */
#include "tmpdir.h"

#include "cache/owncache.h"

static void test_nothing(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct owncache o;

	(void)state;
	assert_true(owncache_read(&o, &a, NULL, NULL, &e));
	assert_null(o.dir);
	assert_int_equal(o.n, 0);
	assert_true(owncache_read(&o, &a, tmp_path("not/there"), NULL, &e));
	assert_int_equal(o.n, 0);
	assert_true(owncache_clear(&o, &e));
	tmp_write("file", "no directory");
	assert_true(owncache_read(&o, &a, tmp_path("file"), NULL, &e));
	assert_int_equal(o.n, 0);
	arena_release(&a);
}

static void make(void)
{
	assert_true(fs_remove_all(tmp_path("own"), NULL));
	tmp_write("own/mod/example.com/a/@v/v1.0.0.mod", "module example.com/a\n"); /* 21 bytes */
	tmp_write("own/hashes", "12345");
	tmp_write("own/quarantine/20260102-030405-678/journal", "{}\n");
	tmp_write("own/proven-sum.golang.org", "1");
	tmp_write("own/zzz", "");
	tmp_write("kept/file", "kept");
	assert_int_equal(symlink("../kept", tmp_path("own/link")), 0);
}

static const struct owncache_row *row(const struct owncache *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (str_eq(o->rows[i].name, name))
			return &o->rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void test_read(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct owncache o;

	(void)state;
	make();
	assert_true(owncache_read(&o, &a, tmp_path("own"), NULL, &e));
	assert_int_equal(o.n, 6);
	for (size_t i = 1; i < o.n; i++)
		assert_true(strcmp(o.rows[i - 1].name, o.rows[i].name) < 0);
	assert_int_equal(row(&o, "mod")->bytes, 21);
	assert_int_equal(row(&o, "mod")->n_files, 1);
	assert_true(row(&o, "mod")->clears);
	assert_int_equal(row(&o, "hashes")->bytes, 5);
	assert_false(row(&o, "quarantine")->clears);
	assert_int_equal(row(&o, "quarantine")->bytes, 3);
	assert_string_equal(row(&o, "proven-sum.golang.org")->about,
			    "hashes that the checksum database has proven");
	assert_string_equal(row(&o, "zzz")->about, "");
	/* a link counts as a file of its own length */
	assert_int_equal(row(&o, "link")->n_files, 1);
	assert_int_equal(row(&o, "link")->bytes, strlen("../kept"));
	assert_int_equal(o.bytes, 21 + 5 + 1 + 7);
	assert_int_equal(o.n_files, 5);
	arena_release(&a);
}

static void test_clear(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct owncache o;

	(void)state;
	make();
	assert_int_equal(chmod(tmp_path("own/mod/example.com/a"), 0500), 0);
	assert_true(owncache_read(&o, &a, tmp_path("own"), NULL, &e));
	assert_true(owncache_clear(&o, &e));
	assert_true(owncache_read(&o, &a, tmp_path("own"), NULL, &e));
	assert_int_equal(o.n, 1);
	assert_string_equal(o.rows[0].name, "quarantine");
	assert_int_equal(o.bytes, 0);
	assert_string_equal(tmp_read("own/quarantine/20260102-030405-678/journal"), "{}\n");
	assert_string_equal(tmp_read("kept/file"), "kept");
	arena_release(&a);
}

static void test_cancelled(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct cancel c = { 0 };
	struct owncache o;

	(void)state;
	make();
	atomic_store(&c.set, true);
	assert_false(owncache_read(&o, &a, tmp_path("own"), &c, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_release(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing),
					    cmocka_unit_test(test_read),
					    cmocka_unit_test(test_clear),
					    cmocka_unit_test(test_cancelled) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
