#include "unit.h"

#include <sys/stat.h>

#include "base/hex.h"
#include "fault/shim.h"
#include "fetch/kept.h"
#include "tmpdir.h"
#include "zip/sha256.h"

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

static bool is_absent(const char *dir, const struct kept_key *k)
{
	struct kept_answer a = { .data = BUF_INIT };
	struct kept *kept = kept_open(dir, NULL);
	bool found = kept_read(kept, k, &a);

	kept_close(kept);
	buf_release(&a.data);
	return !found;
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

#define BODY "https://one.example\texample.com/a\tlist\t"

/* Whole records with the right hash, whose bodies no program writes: none is an answer, and what is kept afterwards is one. */
static void test_odd_records(void **state)
{
	static const struct {
		const char *body, *length; /* NULL: the right one */
		bool good;
	} cases[] = {
		{ "1\t" BODY "found\nv1\n", NULL, true },
		{ "1\t" BODY "found\nv1\n", "0000027777777777777777777", false },
		{ "1\t" BODY "found\nv1\n", "x", false },
		{ "1\t" BODY "found\nv1\n", "", false },
		{ "1\t" BODY "found\nv1\n", "5", false },
		{ "1\t" BODY "found", NULL, false },
		{ "1\t" BODY "lost\nv1\n", NULL, false },
		{ "x\t" BODY "found\nv1\n", NULL, false },
		{ "1 " BODY "found\nv1\n", NULL, false },
		{ "\t" BODY "found\nv1\n", NULL, false },
		{ "1x\t" BODY "found\nv1\n", NULL, false },
		{ "1\thttps://one.example\tfound\nv1\n", NULL, false },
		{ "\n", NULL, false },
		{ "", NULL, false },
	};
	const char *dir = tmp_path("test_odd_records");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *body = cases[i].body;
		unsigned char digest[32];
		char hex[65], *text;

		sha256_bytes(body, strlen(body), digest);
		hex_encode(digest, sizeof(digest), hex);
		text = cases[i].length
			       ? xasprintf("modscope answer 2 %s %s\n%s", hex, cases[i].length,
					   body)
			       : xasprintf("modscope answer 2 %s %zu\n%s", hex, strlen(body), body);
		assert_true(fs_mkdir_all(dir, NULL));
		assert_true(fs_write_atomic(tmp_path("test_odd_records/all"), text, strlen(text),
					    0666, false, NULL));
		if (has(dir, &list, 1, false, "v1\n") != cases[i].good)
			fail_msg("case %zu", i);
		keep(dir, &list, 2, false, "v2\n");
		assert_true(has(dir, &list, 2, false, "v2\n"));
		free(text);
	}
	/* something else in its place: nothing is kept */
	assert_true(fs_remove_all(dir, NULL));
	assert_true(fs_mkdir_all(tmp_path("test_odd_records/all"), NULL));
	keep(dir, &list, 3, false, "v3\n");
	assert_false(has(dir, &list, 3, false, "v3\n"));
	assert_int_equal(rmdir(tmp_path("test_odd_records/all")), 0);
	assert_int_equal(mkfifo(tmp_path("test_odd_records/all"), 0600), 0);
	keep(dir, &list, 3, false, "v3\n");
	assert_false(has(dir, &list, 3, false, "v3\n"));
}

/* Each call fails in turn: there is the answer or none, and afterwards everything is kept. */
static void test_faults(void **state)
{
	static const struct kept_key other = { "https://one.example", "example.com/b", "list" };
	const char *dir = tmp_path("test_faults");
	size_t n = 0;

	(void)state;
	if (!shim_works()) {
		print_message("no call can be made to fail here\n");
		return;
	}
	for (size_t i = 0; i <= n; i++) {
		struct kept_answer a = { .data = BUF_INIT };
		struct kept *kept;

		assert_true(fs_remove_all(dir, NULL));
		keep(dir, &list, 1, false, "v1\n");
		if (i == 0)
			shim_record(dir);
		else
			shim_arm(dir, i - 1);
		kept = kept_open(dir, NULL);
		if (kept_read(kept, &list, &a))
			assert_true(a.time == 1 && str_eq(a.data.data, "v1\n"));
		buf_clear(&a.data);
		buf_addstr(&a.data, "b\n");
		a.time = 2;
		kept_write(kept, &other, &a);
		kept_close(kept);
		buf_release(&a.data);
		if (i == 0)
			n = shim_recorded();
		else
			shim_disarm();
		assert_true(has(dir, &other, 2, false, "b\n") || is_absent(dir, &other));
		keep(dir, &list, 3, false, "v3\n");
		assert_true(has(dir, &list, 3, false, "v3\n"));
	}
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_damage),	       cmocka_unit_test(test_shared),
		cmocka_unit_test(test_old_answers_go), cmocka_unit_test(test_odd_records),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
