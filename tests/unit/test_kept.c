#include "unit.h"

#include <sys/stat.h>

#include "fetch/kept.h"
#include "tmpdir.h"

static const struct kept_key list = { "https://one.example", "example.com/a", "list" };

static void keep(const char *dir, const struct kept_key *k, int64_t time, bool absent,
		 const char *text)
{
	struct kept_answer a = { .time = time, .absent = absent, .data = BUF_INIT };
	struct kept *kept = kept_open(dir, NULL);

	buf_addstr(&a.data, text);
	kept_write(kept, k, &a);
	kept_close(kept);
	buf_release(&a.data);
}

static bool is_in(struct kept *kept, const struct kept_key *k, int64_t time, bool absent,
		  const char *text)
{
	struct kept_answer a = { .data = BUF_INIT };
	bool ok = kept_read(kept, k, &a) && a.time == time && a.absent == absent &&
		  str_eq(a.data.len ? a.data.data : "", text);

	buf_release(&a.data);
	return ok;
}

static bool has(const char *dir, const struct kept_key *k, int64_t time, bool absent,
		const char *text)
{
	struct kept *kept = kept_open(dir, NULL);
	bool ok = is_in(kept, k, time, absent, text);

	kept_close(kept);
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

static void test_keys_differ(void **state)
{
	const char *dir = tmp_path("test_keys_differ");
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

/* If any byte of the file changes or is missing, its answer is gone, but the next one is kept. */
static void test_damage(void **state)
{
	static const struct kept_key next = { "https://one.example", "example.com/z", "list" };
	const char *dir = tmp_path("test_damage");
	struct arena a = ARENA_INIT;
	const char *file = arena_fmt(&a, "%s/all", dir);
	char *data;
	size_t len;

	(void)state;
	keep(dir, &list, 1, false, "v1.0.0\n");
	assert_true(fs_read(&a, file, 4096, &data, &len, NULL));
	for (size_t i = 0; i < len; i++) {
		data[i] ^= 1;
		assert_true(fs_write_atomic(file, data, len, 0666, false, NULL));
		assert_false(has(dir, &list, 1, false, "v1.0.0\n"));
		data[i] ^= 1;
		assert_true(fs_write_atomic(file, data, i, 0666, false, NULL));
		assert_false(has(dir, &list, 1, false, "v1.0.0\n"));
		keep(dir, &next, 2, false, "v2.0.0\n");
		assert_true(has(dir, &next, 2, false, "v2.0.0\n"));
	}
	assert_true(fs_write_atomic(file, data, len, 0666, false, NULL));
	assert_true(has(dir, &list, 1, false, "v1.0.0\n"));
	arena_release(&a);
}

/* Two programs at once: neither loses what the other wrote meanwhile. */
static void test_shared(void **state)
{
	static const struct kept_key two = { "https://one.example", "example.com/b", "list" };
	const char *dir = tmp_path("test_shared");
	struct kept *first = kept_open(dir, NULL), *second = kept_open(dir, NULL);
	struct kept_answer a = { .time = 5, .data = BUF_INIT };

	(void)state;
	buf_addstr(&a.data, "v1.0.0\n");
	assert_false(is_in(first, &list, 5, false, "v1.0.0\n"));
	assert_false(is_in(second, &list, 5, false, "v1.0.0\n"));
	kept_write(first, &list, &a);
	assert_true(is_in(first, &list, 5, false, "v1.0.0\n"));
	kept_write(second, &two, &a);
	kept_close(first);
	kept_close(second);
	assert_true(has(dir, &list, 5, false, "v1.0.0\n"));
	assert_true(has(dir, &two, 5, false, "v1.0.0\n"));
	buf_release(&a.data);
}

/* Old answers do not make the file grow forever. */
static void test_old_answers_go(void **state)
{
	const char *dir = tmp_path("test_old_answers_go");
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct stat st;

	(void)state;
	keep(dir, &(struct kept_key){ "https://one.example", "example.com/b", "list" }, 3, false,
	     "b");
	for (size_t i = 0; i < 40000; i++)
		buf_addf(&text, "v1.0.%zu\n", i);
	for (int i = 0; i < 40; i++)
		keep(dir, &list, i, false, text.data);
	assert_true(has(dir, &list, 39, false, text.data));
	assert_true(has(dir, &(struct kept_key){ "https://one.example", "example.com/b", "list" },
			3, false, "b"));
	assert_int_equal(stat(arena_fmt(&a, "%s/all", dir), &st), 0);
	assert_true((size_t)st.st_size < 8 * text.len);
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_damage),	       cmocka_unit_test(test_shared),
		cmocka_unit_test(test_old_answers_go),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
