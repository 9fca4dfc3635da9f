/* The log is a ring: what is kept, in which order, and what a reader who comes late is told. */
#include "unit.h"

#include "base/activity.h"

static void add(struct activity *log, uint64_t n)
{
	char target[32];
	struct activity_row row;

	snprintf(target, sizeof(target), "/t/%llu", (unsigned long long)n);
	row = activity_begin("read", target);
	activity_end(log, &row, "ok", (int64_t)n);
}

static void assert_row(const struct activity_row *row, uint64_t n)
{
	char target[32];

	snprintf(target, sizeof(target), "/t/%llu", (unsigned long long)n);
	assert_int_equal(row->number, n);
	assert_int_equal(row->bytes, n);
	assert_string_equal(row->target, target);
	assert_string_equal(row->result, "ok");
}

/* From empty to more than twice round. */
static void test_ring(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 63, 64, 65, 127, 1000, 4095, 4096, 4097, 4160, 9001
	};
	struct activity *log = activity_new();
	struct activity_row *rows = xcalloc(ACTIVITY_MAX, sizeof(*rows));
	uint64_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		size_t kept = MIN(sizes[i], ACTIVITY_MAX);

		while (n < sizes[i])
			add(log, ++n);
		assert_int_equal(activity_newest(log), n);
		assert_int_equal(activity_since(log, 0, rows, ACTIVITY_MAX), kept);
		for (size_t k = 0; k < kept; k++)
			assert_row(&rows[k], n - kept + k + 1);
		assert_int_equal(activity_since(log, n, rows, ACTIVITY_MAX), 0);
		if (n < 3)
			continue;
		assert_int_equal(activity_since(log, n - 3, rows, 2), 2);
		assert_row(&rows[0], n - 2);
		assert_row(&rows[1], n - 1);
	}
	free(rows);
	activity_free(log);
}

/* Without a log nothing is kept; texts are cut, and hold no credentials. */
static void test_texts(void **state)
{
	struct activity_row row = activity_begin("a word that is too long",
						 "https://u:secret@h.test/x");
	struct activity *log = activity_new();
	char longer[2 * ACTIVITY_TEXT];

	(void)state;
	assert_string_equal(row.what, "a word that is ");
	assert_null(strstr(row.target, "secret"));
	activity_end(NULL, &row, "ok", 1);
	assert_int_equal(activity_newest(NULL), 0);
	assert_int_equal(activity_since(NULL, 0, &row, 1), 0);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	activity_end(log, &row, longer, -1);
	assert_int_equal(activity_since(log, 0, &row, 1), 1);
	assert_int_equal(strlen(row.result), ACTIVITY_TEXT - 1);
	activity_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
