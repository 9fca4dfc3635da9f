/* The settings of godebug lines: cmd/go/internal/modload.CheckGodebug, with its words. */

#include "unit.h"

#include "gofiles/godebug.h"

static void checked(void **state)
{
	static const struct {
		const char *key, *value, *want; /* NULL: accepted */
	} cases[] = {
		{ "panicnil", "1", NULL },
		{ "allowmultiplevcs", "0", NULL },
		{ "zipinsecurepath", "", NULL },
		{ "default", "go1.21", NULL },
		{ "default", "go1.26.8", NULL },
		{ "panic nil", "1", "key contains space" },
		{ "panic\tnil", "1", "key contains space" },
		{ "panicnil", "1 2", "value contains space" },
		{ "panicnil", "1\t2", "value contains space" },
		{ "panic,nil", "1", "key contains comma" },
		{ "panicnil", "1,2", "value contains comma" },
		{ "default", "1.21", "value for default= must be goVERSION" },
		{ "default", "go1.x", "value for default= must be goVERSION" },
		{ "default", "", "value for default= must be goVERSION" },
		{ "default", "go1.27", "default=go1.27 too new (toolchain is go1.26.8)" },
		{ "x509sha1", "1",
		  "use of removed godebug \"x509sha1\", see https://go.dev/doc/godebug#go-124" },
		{ "nosuch", "1", "unknown godebug \"nosuch\"" },
		{ "aaa", "1", "unknown godebug \"aaa\"" },
		{ "zzz", "1", "unknown godebug \"zzz\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_INIT;
		bool ok = godebug_check("godebug", cases[i].key, cases[i].value, "1.26.8", &e);

		assert_int_equal(ok, !cases[i].want);
		if (!ok)
			assert_string_equal(e.text, cases[i].want);
		err_release(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
