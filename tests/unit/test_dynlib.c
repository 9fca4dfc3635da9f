#include "unit.h"

#include <git2.h>

#include "base/dynlib.h"

struct functions {
	int (*version)(int *major, int *minor, int *revision);
	void (*missing)(void);
};

static const struct dynlib_symbol symbols[] = {
	{ "git_libgit2_version", offsetof(struct functions, version) },
	{ "no_such_function", offsetof(struct functions, missing) },
};

#ifdef __APPLE__
#define LIBRARY "libgit2." LIBGIT2_SOVERSION ".dylib"
#else
#define LIBRARY "libgit2.so." LIBGIT2_SOVERSION
#endif

static void finds_functions(void **state)
{
	struct functions f = { 0 };
	int major, minor, revision;

	(void)state;
	assert_null(dynlib_load(LIBRARY, symbols, 1, &f));
	f.version(&major, &minor, &revision);
	assert_int_equal(major, LIBGIT2_VER_MAJOR);
	assert_int_equal(minor, LIBGIT2_VER_MINOR);
}

static void says_what_is_missing(void **state)
{
	struct functions f = { 0 };
	const char *why = dynlib_load(LIBRARY, symbols, ARRAY_LEN(symbols), &f);

	(void)state;
	assert_non_null(why);
	assert_non_null(strstr(why, "no_such_function"));
	why = dynlib_load("libno_such_library.so.0", symbols, 1, &f);
	assert_non_null(why);
	assert_non_null(strstr(why, "libno_such_library"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_functions),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
