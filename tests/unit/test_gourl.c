/* URLs; the results are those of go 1.26.8's net/url. */
#include "unit.h"

#include "fetch/gourl.h"

static void assert_url(const char *s, const char *host, const char *path, const char *query,
		       const char *written)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct gourl u;

	assert_true(gourl_parse(&a, s, &u, NULL));
	assert_string_equal(u.host, host);
	assert_string_equal(u.path, path);
	assert_string_equal(u.query, query);
	gourl_write(&u, &b);
	assert_string_equal(b.data, written);
	buf_release(&b);
	arena_release(&a);
}

static void test_parts(void **state)
{
	(void)state;
	assert_url("https:///host/x", "", "/host/x", "", "https:///host/x");
	assert_url("http://", "", "", "", "http:");
	assert_url("http:/x", "", "/x", "", "http:/x");
	assert_url("http:x", "", "", "", "http:x");
	assert_url("HTTP://H.example:80/a b?x=y z#f g", "H.example:80", "/a b", "x=y z",
		   "http://H.example:80/a%20b?x=y z#f%20g");
	assert_url("http://h/a%2Fb", "h", "/a/b", "", "http://h/a%2Fb");
	assert_url("http://h/a%7eb", "h", "/a~b", "", "http://h/a%7eb");
	assert_url("http://h/a;b=!c", "h", "/a;b=!c", "", "http://h/a;b=!c");
	assert_url("http://h/?", "h", "/", "", "http://h/?");
	assert_url("http://u%40x:p%3a@h", "h", "", "", "http://u%40x:p%3A@h");
	assert_url("http://[::1]:1/x", "[::1]:1", "/x", "", "http://[::1]:1/x");
	assert_url("//h/x", "h", "/x", "", "//h/x");
	assert_url("../x?y", "", "../x", "y", "../x?y");
}

static void assert_refused(const char *s, const char *says)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gourl u;

	assert_false(gourl_parse(&a, s, &u, &e));
	assert_string_equal(e.text, says);
	err_release(&e);
	arena_release(&a);
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused(":/x", "parse \":/x\": missing protocol scheme");
	assert_refused("1a:b", "parse \"1a:b\": first path segment in URL cannot contain colon");
	assert_refused("http://h/%zz", "parse \"http://h/%zz\": invalid URL escape \"%zz\"");
	assert_refused("http://h/%4", "parse \"http://h/%4\": invalid URL escape \"%4\"");
	assert_refused("http://a b/x",
		       "parse \"http://a b/x\": invalid character \" \" in host name");
	assert_refused("http://a%41/x", "parse \"http://a%41/x\": invalid URL escape \"%41\"");
	assert_refused("http://h:x1/", "parse \"http://h:x1/\": invalid port \":x1\" after host");
	assert_refused("http://h:1:2/",
		       "parse \"http://h:1:2/\": invalid port \":1:2\" after host");
	assert_refused("http://[::1/x", "parse \"http://[::1/x\": missing ']' in host");
	assert_refused("http://[1.2.3.4]/", "parse \"http://[1.2.3.4]/\": invalid IP-literal");
	assert_refused("http://u:se^cret@h/",
		       "parse \"http://u:xxxxx@h/\": net/url: invalid userinfo");
	assert_refused("http://h/\x7f",
		       "parse \"http://h/\\x7f\": net/url: invalid control character in URL");
}

static void assert_resolved(const char *base, const char *ref, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct gourl u, r;

	assert_true(gourl_parse(&a, base, &u, NULL) && gourl_parse(&a, ref, &r, NULL));
	u = gourl_resolve(&a, &u, &r);
	gourl_write(&u, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
	arena_release(&a);
}

static void test_resolved(void **state)
{
	static const char base[] = "http://u@h:1/a/b/c?q#f";

	(void)state;
	assert_resolved(base, "/x", "http://u@h:1/x");
	assert_resolved(base, "x", "http://u@h:1/a/b/x");
	assert_resolved(base, "../x/./y", "http://u@h:1/a/x/y");
	assert_resolved(base, "../../../../x/..", "http://u@h:1/");
	assert_resolved(base, "?z", "http://u@h:1/a/b/c?z");
	assert_resolved(base, "#g", "http://u@h:1/a/b/c?q#g");
	assert_resolved(base, "//other/x%2Fy", "http://other/x%2Fy");
	assert_resolved(base, "file:///etc/passwd", "file:///etc/passwd");
	assert_resolved(base, "http:///x", "http:///x");
	assert_resolved(base, "mailto:x", "mailto:x");
}

static void assert_joined(const char *base, const char *path, const char *raw, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct gourl u;

	assert_true(gourl_parse(&a, base, &u, NULL));
	u = gourl_join(&a, &u, path, raw);
	gourl_write(&u, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
	arena_release(&a);
}

static void test_joined(void **state)
{
	(void)state;
	assert_joined("http://h", "m/@v", "m/@v", "http://h/m/@v");
	assert_joined("http://h/a/", "m", "m", "http://h/a/m");
	assert_joined("http://h/a?x=y#f", "m", "m", "http://h/a/m?x=y#f");
	assert_joined("http://h", "!m", "!m", "http://h/!m");
	assert_joined("http://h/a", "!m", "!m", "http://h/a/%21m");
	assert_joined("http://h/a%2Fb", "m", "m", "http://h/a%2Fb/m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_resolved),
		cmocka_unit_test(test_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
