#include "unit.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdarg.h>

#include "git/git_alloc.h"

static const git_allocator *given;

static int take(int option, ...)
{
	va_list ap;

	va_start(ap, option);
	if (option == GIT_OPT_SET_ALLOCATOR)
		given = va_arg(ap, void *);
	va_end(ap);
	return 0;
}

/* The table has libgit2's layout, and its functions the limit. */
static void test_limit(void **state)
{
	volatile size_t most = GIT_ALLOC_MAX;
	void *p;

	(void)state;
	git_alloc_limit(take);
	assert_non_null(given);
	assert_null(given->gmalloc(most + 1, "", 1));
	assert_null(given->gmalloc(SIZE_MAX, "", 1));
	p = given->gmalloc(0, "", 1);
	assert_non_null(p);
	assert_null(given->grealloc(p, most + 1, "", 1));
	p = given->grealloc(p, 100, "", 1);
	assert_non_null(p);
	memset(p, 7, 100);
	given->gfree(p);
	given->gfree(NULL);
}

/* Up to libgit2 1.5 the table has more: a product over the limit, or too large for a size_t, is refused too. */
static void test_arrays(void **state)
{
#if LIBGIT2_VER_MAJOR == 0 || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR <= 5)
	const size_t most = GIT_ALLOC_MAX;
	char *p, *text;

	(void)state;
	git_alloc_limit(take);
	assert_null(given->gcalloc(most, 2, "", 1));
	assert_null(given->gcalloc(SIZE_MAX, SIZE_MAX, "", 1));
	assert_null(given->gmallocarray(SIZE_MAX / 2 + 1, 2, "", 1));
	assert_null(given->greallocarray(NULL, 3, most / 2, "", 1));
	p = given->gcalloc(0, 0, "", 1);
	assert_non_null(p);
	given->gfree(p);
	p = given->gcalloc(100, 2, "", 1);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(p[i], 0);
	given->gfree(p);
	p = given->gmallocarray(0, 8, "", 1);
	assert_non_null(p);
	p = given->greallocarray(p, 25, 4, "", 1);
	assert_non_null(p);
	memset(p, 7, 100);
	p = given->grealloc(p, 0, "", 1);
	assert_non_null(p);
	given->gfree(p);
	text = given->gstrdup("", "", 1);
	assert_string_equal(text, "");
	given->gfree(text);
	text = given->gstrndup("abc", 2, "", 1);
	assert_string_equal(text, "ab");
	given->gfree(text);
	text = given->gstrndup("abc", 9, "", 1);
	assert_string_equal(text, "abc");
	given->gfree(text);
	text = given->gsubstrdup("abc", 1, "", 1);
	assert_string_equal(text, "a");
	given->gfree(text);
	assert_null(given->gsubstrdup("abc", most, "", 1));
#else
	(void)state;
	print_message("skipped: this libgit2's table has none of these functions\n");
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_limit),
					    cmocka_unit_test(test_arrays) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
