/* Which proxy a request goes through; each row was compared with golang.org/x/net/http/httpproxy. */

#include "unit.h"

#include "gofiles/goenv.h"
#include "fetch/http_proxy.h"

static bool proxied(const char *no_proxy, const char *scheme, const char *host, const char *port)
{
	char *list = *no_proxy ? xstrdup(no_proxy) : NULL, url[] = "http://p.test";
	struct http_proxy_settings p = { url, url, list };
	bool yes = *http_proxy_for(&p, scheme, host, port) != '\0';

	free(list);
	return yes;
}

static void test_no_proxy(void **state)
{
	static const struct {
		const char *list, *host, *port;
		bool proxied;
	} rows[] = {
		{ "", "a.test", "443", true },
		{ "*", "a.test", "443", false },
		{ " * ", "10.1.2.3", "443", false },
		{ "b.test, *", "a.test", "443", false },
		{ "a.test", "a.test", "443", false },
		{ "a.test", "x.a.test", "443", false },
		{ "a.test", "xa.test", "443", true },
		{ "A.TEST", "a.test", "443", false },
		{ ".a.test", "a.test", "443", true },
		{ ".a.test", "x.a.test", "443", false },
		{ "*.a.test", "a.test", "443", true },
		{ "*.a.test", "x.a.test", "443", false },
		{ "*.", "a.test", "443", true },
		{ "*.", "a.test.", "443", false },
		{ "a.test:443", "a.test", "443", false },
		{ "a.test:443", "a.test", "8080", true },
		{ "a.test:", "a.test", "8080", false },
		{ "[a.test]:443", "a.test", "443", false },
		{ "[a.test", "a.test", "443", true },
		{ "a.test]:443", "a.test", "443", true },
		{ ":443", "a.test", "443", true },
		{ "a:b:443", "a", "443", true },
		{ ",,\ta.test ,", "a.test", "80", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test", "a.test", "80",
		  true },
		{ "[a.test:443", "a.test", "443", true },
		{ "[a.test]x:443", "a.test", "443", true },
		{ "a[b:443", "a.test", "443", true },
		{ "a.test:4]3", "a.test", "443", true },
		{ "*x.test", "x.test", "443", true },
		{ "*a.test", "a.test", "80", true },
		{ "b.test", "x.a.test", "80", true },
		{ "10.1.2.3", "a.test", "80", true },
		{ "10.0.0.0/8", "a.test", "80", true },
		{ "h", "h", "80", false },
		{ ".", "a.test", "80", true },
		{ "test", "atest", "80", true },
		/* addresses */
		{ "10.1.2.3", "10.1.2.3", "80", false },
		{ "10.1.2.3:80", "10.1.2.3", "80", false },
		{ "10.1.2.3:443", "10.1.2.3", "80", true },
		{ "10.01.2.3", "10.1.2.3", "80", true },
		{ "2.3", "10.1.2.3", "80", true },
		{ "::ffff:10.1.2.3", "10.1.2.3", "80", false },
		{ "10.1.2.3", "[::ffff:10.1.2.3]", "80", false },
		{ "fe80::2", "[fe80::2]", "80", false },
		{ "[fe80::2]:80", "[fe80::2]", "80", false },
		{ "[fe80::2]:80", "[fe80::2]", "443", true },
		/* networks; an invalid mask matches no address, rather than all */
		{ "10.0.0.0/8", "10.1.2.3", "80", false },
		{ "10.0.0.0/8", "11.1.2.3", "80", true },
		{ "10.1.2.2/31", "10.1.2.3", "80", false },
		{ "10.1.2.2/32", "10.1.2.3", "80", true },
		{ "10.0.0.0/08", "10.1.2.3", "80", false },
		{ "10.0.0.0/", "10.1.2.3", "80", true },
		{ "x/8", "10.1.2.3", "80", true },
		{ "10.0.0.0/99999999999", "10.1.2.3", "80", true },
		{ "10.0.0.0/33", "10.1.2.3", "80", true },
		{ "10.0.0.0/8x", "10.1.2.3", "80", true },
		{ "10.0.0.0/-1", "10.1.2.3", "80", true },
		{ "0.0.0.0/0", "10.1.2.3", "80", false },
		{ "::/0", "10.1.2.3", "80", true },
		{ "0.0.0.0/0", "[fe80::2]", "80", true },
		{ "::/0", "[fe80::2]", "80", false },
		{ "fe80::/10", "[fe80::2]", "80", false },
		{ "fe80::/129", "[fe80::2]", "80", true },
		{ "[fe80::]/10", "[fe80::2]", "80", true },
		/* never proxied */
		{ "", "localhost", "80", false },
		{ "", "LOCALHOST", "80", true },
		{ "", "127.9.9.9", "80", false },
		{ "", "[::1]", "80", false },
		{ "", "[::ffff:127.0.0.1]", "80", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (proxied(rows[i].list, "https", rows[i].host, rows[i].port) != rows[i].proxied)
			fail_msg("NO_PROXY=%s %s:%s", rows[i].list, rows[i].host, rows[i].port);
}

static void assert_proxies(const char *const *environ, const char *http, const char *https)
{
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = environ }, NULL);
	struct http_proxy_settings p;

	assert_non_null(env);
	http_proxy_load(&p, env);
	assert_string_equal(http_proxy_for(&p, "http", "a.test", "80"), http);
	assert_string_equal(http_proxy_for(&p, "https", "a.test", "443"), https);
	http_proxy_release(&p);
	assert_null(p.http);
	goenv_free(env);
}

#define QUIET "HOME=/nonexistent", "GOENV=off"

static void test_environment(void **state)
{
	(void)state;
	assert_proxies((const char *[]){ QUIET, NULL }, "", "");
	assert_proxies((const char *[]){ QUIET, "HTTP_PROXY=http://up.test:1",
					 "http_proxy=http://low.test:2", NULL },
		       "http://up.test:1", "");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=", "https_proxy=low.test:2", NULL },
		       "", "http://low.test:2");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=socks5://s.test", "no_proxy=.a.test",
					 NULL },
		       "", "socks5://s.test");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=a:b", NULL }, "", "a:b");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=http:x", NULL }, "", "http:x");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=//h", NULL }, "", "http:////h");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=http://%zz", NULL }, "", "");
	assert_proxies((const char *[]){ QUIET, "HTTPS_PROXY=s.test", "NO_PROXY=a.test", NULL }, "",
		       "");
}

/* As in go: a client's "Proxy:" header reaches a CGI program as HTTP_PROXY. */
static void test_cgi(void **state)
{
	static const struct {
		const char *method, *proxy, *scheme;
		bool refuses;
	} rows[] = {
		{ "REQUEST_METHOD=GET", "HTTP_PROXY=http://p.test", "http", true },
		{ "REQUEST_METHOD=x", "http_proxy=p.test:2", "http", true },
		{ "REQUEST_METHOD=GET", "HTTP_PROXY=http://p.test", "https", false },
		{ "REQUEST_METHOD=GET", "HTTPS_PROXY=http://p.test", "https", false },
		{ "REQUEST_METHOD=GET", "HTTP_PROXY=", "http", false },
		{ "REQUEST_METHOD=", "HTTP_PROXY=http://p.test", "http", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *environ[] = { QUIET, rows[i].method, rows[i].proxy, NULL };
		struct goenv *env = goenv_new(&(struct goenv_options){ .environ = environ }, NULL);
		struct http_proxy_settings p;

		http_proxy_load(&p, env);
		if (http_proxy_refuses(&p, rows[i].scheme) != rows[i].refuses)
			fail_msg("%s %s %s", rows[i].method, rows[i].proxy, rows[i].scheme);
		http_proxy_release(&p);
		goenv_free(env);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_proxy),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_cgi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
