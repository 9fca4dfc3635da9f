#include "unit.h"

#include "base/textdiff.h"

static void check(const char *old, const char *new, const char *want)
{
	struct buf out = BUF_INIT;

	textdiff(&out, "old", old, strlen(old), "new", new, strlen(new));
	assert_string_equal(out.data, want);
	buf_release(&out);
}

#define HEAD "diff old new\n--- old\n+++ new\n"

static void test_empty_sides(void **state)
{
	(void)state;
	check("", "a\nb\n", HEAD "@@ -0,0 +1,2 @@\n+a\n+b\n");
	check("a\nb\n", "", HEAD "@@ -1,2 +0,0 @@\n-a\n-b\n");
}

/* Only unique lines are anchors: here only the ends match. */
static void test_repeated_lines(void **state)
{
	(void)state;
	check("a\n\nb\n\nc\n", "a\n\nc\n\nb\n", HEAD "@@ -1,5 +1,5 @@\n a\n \n-b\n-\n c\n+\n+b\n");
}

/* Two changes with five common lines between them form one hunk, with six they form two. */
static void test_hunks_join(void **state)
{
	(void)state;
	check("x\n1\n2\n3\n4\n5\ny\n", "X\n1\n2\n3\n4\n5\nY\n",
	      HEAD "@@ -1,7 +1,7 @@\n-x\n+X\n 1\n 2\n 3\n 4\n 5\n-y\n+Y\n");
	check("x\n1\n2\n3\n4\n5\n6\ny\n", "X\n1\n2\n3\n4\n5\n6\nY\n",
	      HEAD "@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n@@ -5,4 +5,4 @@\n 4\n 5\n 6\n-y\n+Y\n");
}

static void test_equal_is_empty(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	textdiff(&out, "a", "x\n", 2, "b", "x\n", 2);
	assert_int_equal(out.len, 0);
}

/* A final newline alone is a difference. */
static void test_final_newline(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	textdiff(&out, "a", "x\ny", 3, "b", "x\ny\n", 4);
	assert_string_equal(
		out.data,
		"diff a b\n--- a\n+++ b\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+y\n");
	buf_release(&out);
}

/* The list holds the same lines as the text, with their numbers. */
static void test_lines(void **state)
{
	static const char old[] = "a\nb\nc\nd\n", new[] = "a\nc\nx\nd\n";
	struct arena a = ARENA_INIT;
	struct textdiff_line *l;
	size_t n;

	(void)state;
	n = textdiff_lines(&a, old, sizeof(old) - 1, new, sizeof(new) - 1, &l);
	assert_int_equal(n, 6);
	assert_int_equal(l[0].op, '@');
	assert_string_equal(l[0].text, "@@ -1,4 +1,4 @@");
	assert_int_equal(l[2].op, '-');
	assert_string_equal(l[2].text, "b");
	assert_int_equal(l[2].old_line, 2);
	assert_int_equal(l[2].new_line, 0);
	assert_int_equal(l[4].op, '+');
	assert_string_equal(l[4].text, "x");
	assert_int_equal(l[4].new_line, 3);
	assert_int_equal(l[5].old_line, 4);
	assert_int_equal(l[5].new_line, 4);
	assert_int_equal(textdiff_lines(&a, old, 8, old, 8, &l), 0);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_sides),   cmocka_unit_test(test_repeated_lines),
		cmocka_unit_test(test_hunks_join),    cmocka_unit_test(test_equal_is_empty),
		cmocka_unit_test(test_final_newline), cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
