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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_limit) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
