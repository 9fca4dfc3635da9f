/* GOPROXY lists, which hop is next, whose error counts, and HTTP proxies. Texts are go 1.26.8's. */

#include "unit.h"

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "fetch/http_proxy.h"
#include "fetch/route.h"

static struct goenv *env_of(const char *proxy, const char *no_proxy)
{
	char *p = xasprintf("GOPROXY=%s", proxy), *n = xasprintf("GONOPROXY=%s", no_proxy);
	const char *vars[] = { "HOME=/nonexistent", "GOENV=off", p, n, NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);

	assert_non_null(env);
	free(p);
	free(n);
	return env;
}

/* "URL|" for a hop that falls back on any error, "URL," for others. */
static void assert_hops(const char *proxy, const char *no_proxy, const char *want)
{
	struct goenv *env = env_of(proxy, no_proxy);
	struct route r = ROUTE_INIT;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!route_init(&r, env, &e))
		buf_addf(&b, "! %s", e.text);
	else
		for (size_t i = 0; i < r.n; i++)
			buf_addf(&b, "%s%s", r.hops[i].url,
				 r.hops[i].fall_back_on_error ? "|" : ",");
	assert_string_equal(b.data, want);
	buf_release(&b);
	err_release(&e);
	route_release(&r);
	goenv_free(env);
}

static void test_lists(void **state)
{
	(void)state;
	assert_hops("https://a.example,direct", "", "https://a.example,direct,");
	assert_hops(" https://a.example/ | b.example/x ,off,https://c.example", "",
		    "https://a.example/|https://b.example/x,off,");
	assert_hops("direct,https://a.example", "", "direct,");
	assert_hops("https://a.example", "corp.example", "noproxy,https://a.example,");
	assert_hops("direct", "corp.example", "direct,");
	assert_hops(",,|", "", "! GOPROXY list is not the empty string, but contains no entries");
	assert_hops(",", "corp.example",
		    "! GOPROXY list is not the empty string, but contains no entries");
	assert_hops("foo", "", "! invalid proxy URL missing scheme: foo");
	assert_hops("/tmp/x", "", "! invalid proxy URL missing scheme: /tmp/x");
	assert_hops("ftp://h/", "",
		    "! invalid proxy URL scheme (must be https, http, file): ftp://h/");
	assert_hops("file://host/x", "",
		    "! invalid file:// proxy URL with non-path elements: file://host/x");
	assert_hops("file:///tmp/p", "", "file:///tmp/p,");
	assert_hops("https://u:secret@h:x1/", "",
		    "! parse \"https://u:xxxxx@h:x1/\": invalid port \":x1\" after host");
	assert_hops("HTTP://h.example", "", "HTTP://h.example,");
	assert_hops("https:///h/x", "", "https:///h/x,");
	assert_hops("http://", "", "http://,");
	assert_hops("file:/tmp", "",
		    "! invalid file:// proxy URL with non-path elements: file:/tmp");
	assert_hops("file:x:/y", "",
		    "! invalid file:// proxy URL with non-path elements: file:x:/y");
	assert_hops("file://u@/x", "",
		    "! invalid file:// proxy URL with non-path elements: file://xxxxx@/x");
	assert_hops("file:///x?q", "",
		    "! invalid file:// proxy URL with non-path elements: file:///x?q");
	assert_hops("file:///x?", "",
		    "! invalid file:// proxy URL with non-path elements: file:///x?");
	assert_hops("file:///tmp#f", "",
		    "! invalid file:// proxy URL with non-path elements: file:///tmp#f");
}

static void test_files(void **state)
{
	struct route_hop hop;
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(route_hop_of_url(&a, "file:///tmp/a%20b/", &hop, NULL));
	assert_int_equal(hop.kind, ROUTE_FILE);
	assert_string_equal(hop.base->path, "/tmp/a b/");
	assert_false(route_hop_of_url(&a, "file:///tmp/%zz", &hop, &e));
	assert_string_equal(e.text, "parse \"file:///tmp/%zz\": invalid URL escape \"%zz\"");
	err_release(&e);
	arena_release(&a);
}

/* Each hop answers as its host name says: "ok", "404", "500". */
static bool answer(void *ctx, const struct route_hop *hop, struct err *e)
{
	const char *host = strstr(hop->url, "//");

	buf_addf(ctx, "%s ", host ? host + 2 : hop->url);
	if (strstr(hop->url, "//404"))
		return err_set(e, ERR_NOT_FOUND, "not found at %s", hop->url);
	if (strstr(hop->url, "//500"))
		return err_set(e, ERR_NETWORK, "broken at %s", hop->url);
	return true;
}

static void assert_tries(const char *proxy, const char *no_proxy, const char *asked,
			 const char *error)
{
	struct goenv *env = env_of(proxy, no_proxy);
	struct route r = ROUTE_INIT;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok;

	assert_true(route_init(&r, env, NULL));
	ok = route_try(&r, "corp.example/m", answer, &b, &e);
	assert_string_equal(b.data, asked);
	assert_string_equal(ok ? "" : e.text, error);
	buf_release(&b);
	err_release(&e);
	route_release(&r);
	goenv_free(env);
}

static void test_tries(void **state)
{
	(void)state;
	assert_tries("http://404,http://ok.x", "", "404 ok.x ", "");
	assert_tries("http://500,http://ok.x", "", "500 ", "broken at http://500");
	assert_tries("http://500|http://ok.x", "", "500 ok.x ", "");
	assert_tries("http://404,off", "", "404 ", "module lookup disabled by GOPROXY=off");
	assert_tries("http://500|off", "", "500 ", "broken at http://500");
	assert_tries("http://500|http://404", "", "500 404 ", "broken at http://500");
	assert_tries("http://404|http://500a,http://ok.x", "", "404 500a ",
		     "broken at http://500a");
	assert_tries("http://404,direct", "", "404 direct ", "");
	assert_tries("off", "", "", "module lookup disabled by GOPROXY=off");
	assert_tries("http://ok.x", "corp.example", "noproxy ", "");
	assert_tries("http://ok.x", "*.other", "ok.x ", "");
	assert_tries("http://404", "*.other", "404 ", "not found at http://404");
}

static void test_http_proxies(void **state)
{
	static const struct {
		const char *no_proxy, *scheme, *host, *port, *want;
	} cases[] = {
		{ "", "http", "a.example", "80", "http://p.example:1" },
		{ "", "https", "a.example", "443", "http://q.example:2" },
		{ "", "http", "localhost", "80", "" },
		{ "", "http", "127.3.4.5", "80", "" },
		{ "", "http", "[::1]", "80", "" },
		{ "*", "http", "a.example", "80", "" },
		{ "a.example", "http", "a.example", "80", "" },
		{ "a.example", "http", "b.a.example", "80", "" },
		{ ".a.example", "http", "a.example", "80", "http://p.example:1" },
		{ "*.a.example", "http", "b.a.example", "80", "" },
		{ "x, A.Example:81", "http", "a.example", "80", "http://p.example:1" },
		{ "x, A.Example:80", "http", "a.example", "80", "" },
		{ "10.0.0.0/8", "http", "10.9.8.7", "80", "" },
		{ "10.0.0.0/8", "http", "11.9.8.7", "80", "http://p.example:1" },
		{ "10.1.2.3:8080", "http", "10.1.2.3", "8080", "" },
		{ "10.1.2.3:8080", "http", "10.1.2.3", "80", "http://p.example:1" },
		{ "fd00::/16", "http", "[fd00::5]", "80", "" },
		{ "example", "http", "notexample", "80", "http://p.example:1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *no = xasprintf("NO_PROXY=%s", cases[i].no_proxy);
		const char *vars[] = { "HTTP_PROXY=p.example:1", "http_proxy=wrong",
				       "https_proxy=http://q.example:2", no, NULL };
		struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
		struct http_proxy_settings p;

		http_proxy_load(&p, env);
		assert_string_equal(http_proxy_for(&p, cases[i].scheme, cases[i].host,
						   cases[i].port),
				    cases[i].want);
		http_proxy_release(&p);
		goenv_free(env);
		free(no);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_tries),
		cmocka_unit_test(test_http_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
