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

/* Parts that no text is parsed into. */
static void assert_written(const struct gourl *parts, const char *want)
{
	struct gourl u = { .scheme = "",
			   .opaque = "",
			   .host = "",
			   .raw_path = "",
			   .query = "",
			   .fragment = "",
			   .raw_fragment = "" };
	struct buf b = BUF_INIT;

	u.scheme = parts->scheme ? parts->scheme : "";
	u.host = parts->host ? parts->host : "";
	u.path = parts->path;
	u.raw_path = parts->raw_path ? parts->raw_path : "";
	gourl_write(&u, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_written(void **state)
{
	(void)state;
	assert_written(&(struct gourl){ .scheme = "http", .host = "h", .path = "x" }, "http://h/x");
	assert_written(&(struct gourl){ .path = "a:b" }, "./a:b");
	assert_written(&(struct gourl){ .path = "/a b", .raw_path = "/%zz" }, "/a%20b");
	assert_written(&(struct gourl){ .path = "/a b", .raw_path = "/a%20c" }, "/a%20b");
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

/* "SCHEME|OPAQUE|HOST|PATH|QUERY|FRAGMENT|STRING", or the error. */
static const struct {
	const char *url, *want, *error;
} all[] = {
	{ "*", "|||*|||*", NULL },
	{ "http://[fe80::1%25a%20b]/", "http||[fe80::1%a b]|/|||http://[fe80::1%25a%20b]/", NULL },
	{ "http://[::1%25a%ffb]/", NULL,
	  "parse \"http://[::1%25a%ffb]/\": invalid URL escape \"%ff\"" },
	{ "http://[1.2.3.4]/", NULL, "parse \"http://[1.2.3.4]/\": invalid IP-literal" },
	{ "http://a[b/", NULL, "parse \"http://a[b/\": invalid IP-literal" },
	{ "http://%zz@h/", NULL, "parse \"http://xxxxx@h/\": invalid URL escape \"%zz\"" },
	{ "http://u:%zz@h/", NULL, "parse \"http://u:xxxxx@h/\": invalid URL escape \"%zz\"" },
	{ "http://u@/x", "http|||/x|||http://u@/x", NULL },
	{ "http://u@", "http||||||http://u@", NULL },
	{ "//u@", "||||||//u@", NULL },
	{ "http://[::1]", "http||[::1]||||http://[::1]", NULL },
	{ "http://[fe80::1%25en0]:80/x", "http||[fe80::1%en0]:80|/x|||http://[fe80::1%25en0]:80/x",
	  NULL },
	{ "http://[fe80::1%25en%2f0]/x", NULL,
	  "parse \"http://[fe80::1%25en%2f0]/x\": invalid URL escape \"%2f\"" },
	{ "http://[fe80::1%25%41]/", "http||[fe80::1%A]|/|||http://[fe80::1%25A]/", NULL },
	{ "http://[fe80::1%zz]/", NULL,
	  "parse \"http://[fe80::1%zz]/\": invalid URL escape \"%zz\"" },
	{ "http://[::1]x/", NULL, "parse \"http://[::1]x/\": invalid port \"x\" after host" },
	{ "http://[::1]:", "http||[::1]:||||http://[::1]:", NULL },
	{ "http://[::1]:8x/", NULL, "parse \"http://[::1]:8x/\": invalid port \":8x\" after host" },
	{ "http://[::1%25zz%zz]/", NULL,
	  "parse \"http://[::1%25zz%zz]/\": invalid URL escape \"%zz\"" },
	{ "http://[::1%2541]/", "http||[::1%41]|/|||http://[::1%2541]/", NULL },
	{ "http://[]/", NULL,
	  "parse \"http://[]/\": invalid host: ParseAddr(\"\"): unable to parse IP" },
	{ "http://a%20b/", NULL, "parse \"http://a%20b/\": invalid URL escape \"%20\"" },
	{ "http://a%3cb%3E/", NULL, "parse \"http://a%3cb%3E/\": invalid URL escape \"%3c\"" },
	{ "http://a%ffb/", "http||a\377b|/|||http://a%FFb/", NULL },
	{ "http://a\303\251/", "http||a\303\251|/|||http://a%C3%A9/", NULL },
	{ "http://a<b>/", "http||a<b>|/|||http://a<b>/", NULL },
	{ "http://u:@h/", "http||h|/|||http://u:@h/", NULL },
	{ "http://:p@h/", "http||h|/|||http://:p@h/", NULL },
	{ "http://@h/", "http||h|/|||http://@h/", NULL },
	{ "http://u@v@h/", "http||h|/|||http://u%40v@h/", NULL },
	{ "git+ssh://h:x/y", NULL, "parse \"git+ssh://h:x/y\": invalid port \":x\" after host" },
	{ "ssh://h:22:33/x", "ssh||h:22:33|/x|||ssh://h:22:33/x", NULL },
	{ "file:/x", "file|||/x|||file:/x", NULL },
	{ "file:///x", "file|||/x|||file:///x", NULL },
	{ "file://h/x", "file||h|/x|||file://h/x", NULL },
	{ "file:x?y", "file|x|||y||file:x?y", NULL },
	{ "a+b-c.1:d", "a+b-c.1|d|||||a+b-c.1:d", NULL },
	{ "1http://h", NULL,
	  "parse \"1http://h\": first path segment in URL cannot contain colon" },
	{ "-a:b", NULL, "parse \"-a:b\": first path segment in URL cannot contain colon" },
	{ "a b:c", NULL, "parse \"a b:c\": first path segment in URL cannot contain colon" },
	{ "a/b:c", "|||a/b:c|||a/b:c", NULL },
	{ "./a:b", "|||./a:b|||./a:b", NULL },
	{ "//", "||||||", NULL },
	{ "///x", "|||///x|||///x", NULL },
	{ "////x", "|||////x|||////x", NULL },
	{ "http:////x", "http|||//x|||http:////x", NULL },
	{ "?x", "||||x||?x", NULL },
	{ "#", "||||||", NULL },
	{ "#%zz", NULL, "parse \"#%zz\": invalid URL escape \"%zz\"" },
	{ "#a%20b", "|||||a b|#a%20b", NULL },
	{ "x#a%2fb", "|||x||a/b|x#a%2fb", NULL },
	{ "http://h#", "http||h||||http://h", NULL },
	{ "http://h/%2a*", "http||h|/**|||http://h/%2a*", NULL },
	{ "http://h/\001", NULL,
	  "parse \"http://h/\\x01\": net/url: invalid control character in URL" },
	{ "http://h/a[b]", "http||h|/a[b]|||http://h/a[b]", NULL },
	{ "http://h/{x}", "http||h|/{x}|||http://h/%7Bx%7D", NULL },
	{ "http://h/a%5Bb", "http||h|/a[b|||http://h/a%5Bb", NULL },
	{ "http://h:/", "http||h:|/|||http://h:/", NULL },
	{ "http://h:80", "http||h:80||||http://h:80", NULL },
	{ "https://h", "https||h||||https://h", NULL },
	{ "ftp://h", "ftp||h||||ftp://h", NULL },
	{ "mailto:a@b?c#d", "mailto|a@b|||c|d|mailto:a@b?c#d", NULL },
	{ "http://h/a?b?c", "http||h|/a|b?c||http://h/a?b?c", NULL },
	{ "http://h?", "http||h||||http://h?", NULL },
	{ "http://h/ a", "http||h|/ a|||http://h/%20a", NULL },
	{ "http://h/%e2%82%ac", "http||h|/\342\202\254|||http://h/%e2%82%ac", NULL },
	{ "http://H%41/x", NULL, "parse \"http://H%41/x\": invalid URL escape \"%41\"" },
	{ "http://h/%", NULL, "parse \"http://h/%\": invalid URL escape \"%\"" },
	{ "http://h/%1", NULL, "parse \"http://h/%1\": invalid URL escape \"%1\"" },
	{ "http://h/\377", "http||h|/\377|||http://h/%FF", NULL },
	{ "http:%2f", "http|%2f|||||http:%2f", NULL },
	{ "http://h/a;b,c@d&e=f+g$h!i'j(k)l*m~n_o-p.q:r",
	  "http||h|/a;b,c@d&e=f+g$h!i'j(k)l*m~n_o-p.q:r|||http://h/a;b,c@d&e=f+g$h!i'j(k)l*m~n_o-p.q:r",
	  NULL },
	{ "", "||||||", NULL },
	{ "http://u:p:q@h/", "http||h|/|||http://u:p%3Aq@h/", NULL },
	{ "http://u%3Ap@h/", "http||h|/|||http://u%3Ap@h/", NULL },
	{ "http://u;&=+$,:x@h", "http||h||||http://u;&=+$,:x@h", NULL },
	{ "HTTP:x", "http|x|||||http:x", NULL },
	{ "http://h\\x/", NULL,
	  "parse \"http://h\\\\x/\": invalid character \"\\\\\" in host name" },
};

static void test_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct arena a = ARENA_INIT;
		struct buf b = BUF_INIT;
		struct err e = ERR_INIT;
		struct gourl u;
		bool ok = gourl_parse(&a, all[i].url, &u, &e);

		if (ok) {
			buf_addf(&b, "%s|%s|%s|%s|%s|%s|", u.scheme, u.opaque, u.host, u.path,
				 u.query, u.fragment);
			gourl_write(&u, &b);
		}
		if (ok != (all[i].want != NULL) ||
		    !str_eq(ok ? b.data : e.text, ok ? all[i].want : all[i].error))
			fail_msg("%s: %s", all[i].url, ok ? b.data : e.text);
		err_release(&e);
		buf_release(&b);
		arena_release(&a);
	}
}

static void test_references(void **state)
{
	static const struct {
		const char *base, *ref, *want;
	} rows[] = {
		{ "http://h/a/b", "mailto:x", "mailto:x" },
		{ "mailto:x", "#f", "mailto:x#f" },
		{ "mailto:x", "?q", "mailto:x?q" },
		{ "mailto:x", "y", "mailto:///y" },
		{ "mailto:x", "", "mailto:x" },
		{ "http://h/a/b?q#f", "", "http://h/a/b?q#f" },
		{ "http://h/a/b?q#f", "?", "http://h/a/b?" },
		{ "http://h/a/b?q#f", "#", "http://h/a/b?q#f" },
		{ "http://h/a/b", ".", "http://h/a/" },
		{ "http://h/a/b", "..", "http://h/" },
		{ "http://h/a/b", "./", "http://h/a/" },
		{ "http://h/a/b", "../", "http://h/" },
		{ "http://h/a/b/", "x/..", "http://h/a/b/" },
		{ "http://h/a/b/", "x/.", "http://h/a/b/x/" },
		{ "http://h", "x", "http://h/x" },
		{ "http://h", "../x", "http://h/x" },
		{ "http://h/a", "//", "http://h/a" },
		{ "http://h/a", "//x", "http://x" },
		{ "http://h/a", "///x", "http://h///x" },
		{ "http://h/a", "//u@x", "http://u@x" },
		{ "http://h/a", "//u@", "http://u@" },
		{ "http://h/a", "//u@/x", "http://u@/x" },
		{ "mailto:x", "/y", "mailto:///y" },
		{ "x/y", "z", "/x/z" },
		{ "/x/y", "../../z", "/z" },
		{ "x", "y", "/y" },
		{ "http://h/a//b", "../c", "http://h/a/c" },
		{ "http://h/a%2fb/c", "d", "http://h/a%2fb/d" },
		{ "http://h/a/b", ".x", "http://h/a/.x" },
		{ "http://h/a/b", "..x/y", "http://h/a/..x/y" },
		{ "http://h/a/b", "x//y/../z", "http://h/a/x//z" },
		{ "http://h/a", "http:x", "http:x" },
		{ "http://h/a", "http:/x", "http:/x" },
		{ "http://h/a", "https:", "https:" },
		{ "file:///a/b", "c", "file:///a/c" },
		{ "file:/a/b", "c", "file:///a/c" },
		{ "http://h/a", "/../x", "http://h/x" },
		{ "http://h/a", "/x/../../..", "http://h/" },
		{ "http://u:p@h/a", "x", "http://u:p@h/x" },
		{ "//h/a", "x", "//h/x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_resolved(rows[i].base, rows[i].ref, rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),	 cmocka_unit_test(test_references),
		cmocka_unit_test(test_parts),	 cmocka_unit_test(test_refused),
		cmocka_unit_test(test_resolved), cmocka_unit_test(test_joined),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
