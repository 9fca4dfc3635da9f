#include "unit.h"

#include "fetch/origin.h"

static void test_write(void **state)
{
	struct origin o = ORIGIN_NONE;
	struct buf b = BUF_INIT;

	(void)state;
	origin_write(&b, &o);
	assert_string_equal(b.data, "{}");
	o.repo_sum = "r1:x";
	o.vcs = "git";
	o.url = "https://a.test/<&>";
	o.ref = "refs/tags/\"\\\n\b\x01\xff\xe2\x80\xa8";
	buf_clear(&b);
	origin_write(&b, &o);
	/* in the order of codehost.Origin, as encoding/json writes it */
	assert_string_equal(
		b.data,
		"{\"VCS\":\"git\",\"URL\":\"https://a.test/\\u003c\\u0026\\u003e\","
		"\"Ref\":\"refs/tags/\\\"\\\\\\n\\b\\u0001\\ufffd\\u2028\",\"RepoSum\":\"r1:x\"}");
	buf_clear(&b);
	origin_write_string(&b, "\r\t\f\x0b\x1f\x7f\xe2\x80\xa9\xef\xbf\xbd<>&'");
	assert_string_equal(
		b.data, "\"\\r\\t\\f\\u000b\\u001f\x7f\\u2029\xef\xbf\xbd\\u003c\\u003e\\u0026'\"");
	buf_release(&b);
}

static void test_read(void **state)
{
	struct arena a = ARENA_INIT;
	struct origin o;

	(void)state;
	assert_true(
		origin_read(&o, &a, "{\"VCS\":\"git\",\"Hash\":\"0123\",\"URL\":7,\"X\":\"y\"}"));
	assert_string_equal(o.vcs, "git");
	assert_string_equal(o.hash, "0123");
	assert_string_equal(o.url, "");
	assert_false(origin_read(&o, &a, NULL));
	assert_string_equal(o.vcs, "");
	assert_false(origin_read(&o, &a, ""));
	assert_false(origin_read(&o, &a, "{"));
	arena_release(&a);
}

#define G "{\"VCS\":\"git\",\"URL\":\"u\""

/* modload's mergeOrigin */
static void test_merge(void **state)
{
	static const struct {
		const char *one, *two, *want;
	} rows[] = {
		{ NULL, G "}", NULL },
		{ G "}", NULL, NULL },
		{ G "}", G "}", G "}" },
		{ G "}", "{\"VCS\":\"hg\",\"URL\":\"u\"}", NULL },
		{ G "}", "{\"VCS\":\"git\",\"URL\":\"v\"}", NULL },
		{ G "}", G ",\"Subdir\":\"d\"}", NULL },
		{ G ",\"Hash\":\"1\"}", G ",\"Ref\":\"r\"}", G ",\"Hash\":\"1\",\"Ref\":\"r\"}" },
		{ G ",\"Hash\":\"1\"}", G ",\"Hash\":\"2\"}", NULL },
		{ G ",\"Ref\":\"1\"}", G ",\"Ref\":\"2\"}", NULL },
		{ G ",\"RepoSum\":\"1\"}", G ",\"RepoSum\":\"2\"}", NULL },
		{ G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}",
		  G ",\"TagPrefix\":\"b\",\"TagSum\":\"1\"}", NULL },
		{ G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}", G "}",
		  G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}" },
		{ G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}",
		  G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}",
		  G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}" },
		{ G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}",
		  G ",\"TagPrefix\":\"a\",\"TagSum\":\"2\"}", NULL },
		{ G ",\"Hash\":\"1\"}", G ",\"Hash\":\"1\"}", G ",\"Hash\":\"1\"}" },
		{ G ",\"RepoSum\":\"1\"}", G ",\"RepoSum\":\"1\",\"Ref\":\"r\"}",
		  G ",\"Ref\":\"r\",\"RepoSum\":\"1\"}" },
		{ G "}", G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}",
		  G ",\"TagPrefix\":\"a\",\"TagSum\":\"1\"}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = ARENA_INIT;
		const char *have = origin_merge(&a, rows[i].one, rows[i].two);

		assert_string_equal(have ? have : "none", rows[i].want ? rows[i].want : "none");
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
