/* Expressions of the SPDX specification, annex D: OR binds least, then AND, then WITH; identifiers are case-insensitive. */
#include "unit.h"

#include "audit/spdx.h"
#include "base/buf.h"

/* Allowed: MIT, ISC, and one exception. */
static bool allows(void *ctx, const char *id)
{
	(void)ctx;
	return spdx_same_id(id, "MIT") || spdx_same_id(id, "ISC") ||
	       spdx_same_id(id, "GPL-2.0-only WITH Classpath-exception-2.0");
}

static const struct {
	const char *text;
	bool valid, allowed;
} cases[] = {
	{ "MIT", true, true },
	{ "mit", true, true },
	{ "GPL-2.0-only", true, false },
	{ "MIT AND ISC", true, true },
	{ "MIT AND GPL-2.0-only", true, false },
	{ "MIT OR GPL-2.0-only", true, true },
	{ "GPL-2.0-only OR MIT", true, true },
	{ "GPL-2.0-only or mit", true, true },
	{ "MIT OR ISC AND GPL-2.0-only", true, true },
	{ "GPL-2.0-only OR ISC AND MIT", true, true },
	{ "GPL-2.0-only AND ISC OR MIT", true, true },
	{ "GPL-2.0-only AND (ISC OR MIT)", true, false },
	{ "Apache-2.0", true, false },
	{ "Apache-2.0 OR MIT", true, true },
	{ "Apache-2.0 AND MIT", true, false },
	{ "(Apache-2.0 OR MIT) AND MIT", true, true },
	{ "Apache-2.0 OR MIT AND BSD-2-Clause", true, false },
	{ "MIT MIT", false, false },
	{ "(MIT)", true, true },
	{ " ( MIT ) ", true, true },
	{ "((MIT OR X) AND (ISC OR Y))", true, true },
	{ "GPL-2.0-only WITH Classpath-exception-2.0", true, true },
	{ "GPL-2.0-only WITH GCC-exception-2.0", true, false },
	{ "GPL-2.0+ OR LicenseRef-a.b", true, false },
	{ "DocumentRef-x:LicenseRef-y", true, false },
	{ "", false, false },
	{ "MIT AND", false, false },
	{ "MIT ISC", false, false },
	{ "MIT WITH", false, false },
	{ "(MIT", false, false },
	{ "MIT)", false, false },
	{ "()", false, false },
	{ "MIT; ISC", false, false },
	{ "MIT, ISC", false, false },
	{ "M\xc3\xaf", false, false },
};

static void test_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (spdx_is_valid(cases[i].text) != cases[i].valid)
			fail_msg("\"%s\" is %svalid", cases[i].text, cases[i].valid ? "not " : "");
		if (spdx_satisfied(cases[i].text, allows, NULL) != cases[i].allowed)
			fail_msg("\"%s\" is %sallowed", cases[i].text,
				 cases[i].allowed ? "not " : "");
	}
}

/* Too long, too deep: refused, at the limit and far beyond. */
static void test_limits(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t deep = 30; deep < 5000; deep = deep < 34 ? deep + 1 : deep * 10) {
		buf_clear(&b);
		for (size_t i = 0; i < deep; i++)
			buf_addch(&b, '(');
		buf_addstr(&b, "MIT");
		for (size_t i = 0; i < deep; i++)
			buf_addch(&b, ')');
		assert_int_equal(spdx_is_valid(b.data), deep <= 32);
	}
	for (size_t len = 126; len < 5000; len = len < 130 ? len + 1 : len * 10) {
		buf_clear(&b);
		for (size_t i = 0; i < len; i++)
			buf_addch(&b, 'x');
		assert_int_equal(spdx_is_valid(b.data), len < 128);
		buf_addstr(&b, " WITH y");
		if (len >= 128)
			assert_false(spdx_is_valid(b.data));
	}
	buf_release(&b);
}

static void test_ids(void **state)
{
	(void)state;
	assert_true(spdx_same_id("GPL-2.0", "GPL-2.0-only"));
	assert_true(spdx_same_id("gpl-2.0-ONLY", "GPL-2.0"));
	assert_true(spdx_same_id("MIT", "mit"));
	assert_false(spdx_same_id("GPL-2.0", "GPL-2.0-or-later"));
	assert_false(spdx_same_id("GPL-2.0", "GPL-3.0"));
	assert_false(spdx_same_id("MIT", "MIT-0"));
	assert_false(spdx_same_id("-only", ""));
	assert_false(spdx_same_id("", "MIT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expressions),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
