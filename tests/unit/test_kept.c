#include "unit.h"

#include "fetch/kept.h"
#include "tmpdir.h"

static const struct kept_key list = { "https://one.example", "example.com/a", "list" };

static void keep(const char *dir, const struct kept_key *k, int64_t time, bool absent,
		 const char *text)
{
	struct kept_answer a = { .time = time, .absent = absent, .data = BUF_INIT };

	buf_addstr(&a.data, text);
	kept_write(dir, NULL, k, &a);
	buf_release(&a.data);
}

static bool has(const char *dir, const struct kept_key *k, int64_t time, bool absent,
		const char *text)
{
	struct kept_answer a = { .data = BUF_INIT };
	bool ok = kept_read(dir, k, &a) && a.time == time && a.absent == absent &&
		  str_eq(a.data.len ? a.data.data : "", text);

	buf_release(&a.data);
	return ok;
}

static void test_round_trip(void **state)
{
	const char *dir = tmp_path("test_round_trip");

	(void)state;
	assert_false(has(dir, &list, 7, false, "v1.0.0\n"));
	keep(dir, &list, 7, false, "v1.0.0\n");
	assert_true(has(dir, &list, 7, false, "v1.0.0\n"));
	keep(dir, &list, 9, true, "404 Not Found");
	assert_true(has(dir, &list, 9, true, "404 Not Found"));
	keep(dir, &list, 10, false, "");
	assert_true(has(dir, &list, 10, false, ""));
}

static void test_keys_are_apart(void **state)
{
	const char *dir = tmp_path("test_keys_are_apart");
	const struct kept_key proxy = { "https://two.example", "example.com/a", "list" };
	const struct kept_key module = { "https://one.example", "example.com/b", "list" };
	const struct kept_key question = { "https://one.example", "example.com/a", "latest" };
	const struct kept_key tab = { "https://one.example", "example.com/a\tlist", "x" };

	(void)state;
	keep(dir, &list, 1, false, "one");
	assert_false(has(dir, &proxy, 1, false, "one"));
	assert_false(has(dir, &module, 1, false, "one"));
	assert_false(has(dir, &question, 1, false, "one"));
	keep(dir, &tab, 1, false, "one");
	assert_false(has(dir, &tab, 1, false, "one"));
	keep(NULL, &list, 1, false, "one");
	assert_false(has(NULL, &list, 1, false, "one"));
}

/* Whatever byte of the file changes, or is lost, it is no answer. */
static void test_damage(void **state)
{
	const char *dir = tmp_path("test_damage");
	struct arena a = ARENA_INIT;
	struct fs_dirent *e;
	const char *file;
	char *data;
	size_t n, len;

	(void)state;
	keep(dir, &list, 1, false, "v1.0.0\n");
	assert_true(fs_list(&a, dir, 10, &e, &n, NULL) && n == 1);
	file = arena_fmt(&a, "%s/%s", dir, e[0].name);
	assert_true(fs_list(&a, file, 10, &e, &n, NULL) && n == 1);
	file = arena_fmt(&a, "%s/%s", file, e[0].name);
	assert_true(fs_read(&a, file, 4096, &data, &len, NULL));
	for (size_t i = 0; i < len; i++) {
		data[i] ^= 1;
		assert_true(fs_write_atomic(file, data, len, 0666, false, NULL));
		assert_false(has(dir, &list, 1, false, "v1.0.0\n"));
		data[i] ^= 1;
		assert_true(fs_write_atomic(file, data, i, 0666, false, NULL));
		assert_false(has(dir, &list, 1, false, "v1.0.0\n"));
	}
	assert_true(fs_write_atomic(file, data, len, 0666, false, NULL));
	assert_true(has(dir, &list, 1, false, "v1.0.0\n"));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_keys_are_apart),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
