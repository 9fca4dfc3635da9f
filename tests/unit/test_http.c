/*
 * Answers of a server on loopback, good and bad. The words are those of go's web package and net/http; how often a request is sent is
 * counted by the server.
 */
#include "httpfix.h"
#include "tmpdir.h"

#include "fetch/http.h"
#include "gofiles/goenv.h"

static struct httpfix server;
static struct goenv *env;
static atomic_int flaky;

/* gzip of "hello\n", as gzip -n makes it */
static const unsigned char zipped[] = { 0x1f, 0x8b, 8,	  0,	0,    0,    0,	  0, 0,
					3,    0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0,
					0x20, 0x30, 0x3a, 0x36, 6,    0,    0,	  0 };

struct page {
	const char *path, *status, *headers, *body;
};

static const struct page pages[] = {
	{ "/ok", "200 OK", "Content-Type: text/plain; charset=UTF-8\r\n", "hello\n" },
	{ "/empty", "200 OK", "", "" },
	{ "/missing", "404 Not Found", "Content-Type: text/plain; charset=utf-8\r\n",
	  "not found: m@v1: unknown revision\n" },
	{ "/html", "404 Not Found", "Content-Type: text/html\r\n", "<h1>no</h1>" },
	{ "/gone", "410 Gone", "Content-Type: text/plain\r\n", "" },
	{ "/lines", "404 Not Found", "Content-Type: text/plain\r\n", "one\ntwo\n\nthree\n" },
	{ "/control", "404 Not Found", "Content-Type: text/plain\r\n", "a\x1b]52;c;eA==\x07b" },
	{ "/forbidden", "403 Forbidden", "Content-Type: text/plain\r\n", "no" },
	{ "/odd", "299 Whatever", "", "x" },
	{ "/moved", "302 Found", "Location: /ok\r\n", "" },
	{ "/moved301", "301 Moved Permanently", "Location: ok\r\n", "" },
	{ "/moved307", "307 Temporary Redirect", "Location: /moved\r\n", "" },
	{ "/loop", "302 Found", "Location: /loop\r\n", "" },
	{ "/nowhere", "302 Found", "", "" },
	{ "/elsewhere", "302 Found", "Location: ftp://127.0.0.1/x\r\n", "" },
	{ "/moved303", "303 See Other", "Location: /ok?\r\n", "" },
	{ "/moved308", "308 Permanent Redirect", "Location: ../ok\r\n", "" },
	{ "/choices", "300 Multiple Choices", "Location: /ok\r\n", "" },
	{ "/bad-location", "302 Found", "Location: http://%zz/\r\n", "" },
	{ "/no-host", "302 Found", "Location: http:///x\r\n", "" },
	{ "/ok?", "200 OK", "", "asked\n" },
	{ "/retry-late", "503 Service Unavailable", "Retry-After: 100\r\n", "later" },
	{ "/always503", "503 Service Unavailable", "", "" },
	{ "/gateway", "502 Bad Gateway", "Content-Type: text/plain\r\n", "upstream" },
};

/* More than is read of an error's body. */
static void send_long(int conn)
{
	char *body = xmalloc(1 << 20);

	memset(body, 'x', 1 << 20);
	httpfix_reply(conn, "404 Not Found", "Content-Type: text/plain\r\n", body, 1 << 20);
	free(body);
}

static const char *to_localhost(char *out, size_t size, const struct httpfix *s)
{
	snprintf(out, size, "Location: http://localhost:%d/ok\r\n", s->port);
	return out;
}

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	char headers[80];

	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (str_eq(q->target, pages[i].path)) {
			httpfix_text(conn, pages[i].status, pages[i].headers, pages[i].body);
			return;
		}
	if (str_eq(q->target, "/gzip"))
		httpfix_reply(conn, "200 OK", "Content-Encoding: gzip\r\n", zipped, sizeof(zipped));
	else if (str_eq(q->target, "/gzip-cut"))
		httpfix_reply(conn, "200 OK", "Content-Encoding: gzip\r\n", zipped,
			      sizeof(zipped) - 9);
	else if (str_eq(q->target, "/gzip-bad"))
		httpfix_text(conn, "200 OK", "Content-Encoding: gzip\r\n", "this is no gzip");
	else if (str_eq(q->target, "/chunks"))
		httpfix_raw(
			conn,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n3\r\nlo\n\r\n0\r\n\r\n");
	else if (str_eq(q->target, "/cut"))
		httpfix_raw(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	else if (str_eq(q->target, "/cut404"))
		httpfix_raw(
			conn,
			"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhello");
	else if (str_eq(q->target, "/long404"))
		send_long(conn);
	else if (str_eq(q->target, "/two-lengths"))
		httpfix_raw(
			conn,
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
	else if (str_eq(q->target, "/same-lengths"))
		httpfix_raw(
			conn,
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
	else if (str_eq(q->target, "/no-phrase"))
		httpfix_raw(conn, "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n");
	else if (str_eq(q->target, "/to-localhost"))
		httpfix_text(conn, "302 Found", to_localhost(headers, sizeof(headers), s), "");
	else if (str_eq(q->target, "http://h.test/gone"))
		httpfix_text(conn, "404 Not Found", "x-ODD: V:w\r\n", "");
	else if (str_has_prefix(q->target, "http://h.test/")) /* as a proxy */
		httpfix_text(conn, "200 OK", "",
			     strcasestr(q->head, "Proxy-Authorization: Basic cHU6cHc=")
				     ? "proxied with a login"
				     : "proxied");
	else if (str_eq(q->target, "/garbage"))
		httpfix_raw(conn, "this is not HTTP\r\n\r\n");
	else if (str_eq(q->target, "/flaky"))
		atomic_fetch_add(&flaky, 1) < 2
			? httpfix_text(conn, "503 Service Unavailable", "", "")
			: httpfix_text(conn, "200 OK", "", "at last");
	/* "/silence": closed without a word */
}

static const char *url_of(const char *path)
{
	return strstr(path, "://")
		       ? path
		       : arena_fmt(&tmp_arena, "http://127.0.0.1:%d%s", server.port, path);
}

/* The text with the server's address instead of "HOST". */
static const char *expand(const char *text)
{
	const char *mark = strstr(text, "HOST");

	return mark ? arena_fmt(&tmp_arena, "%.*s127.0.0.1:%d%s", (int)(mark - text), text,
				server.port, expand(mark + 4))
		    : text;
}

static struct http *client(int retry_ms)
{
	return http_new(&(struct http_options){
		.env = env, .connect_ms = 60000, .stall_ms = 60000, .retry_ms = retry_ms });
}

static const struct row {
	const char *path;
	size_t max;
	int status;	    /* 0: no answer */
	enum err_code code; /* of no answer, or of the status */
	const char *text;   /* the body of 200, or all of the error's words; NULL: not compared */
	int served;	    /* requests; 0: not compared */
} rows[] = {
	{ "/ok", 100, 200, ERR_NONE, "hello\n", 1 },
	{ "/ok", 6, 200, ERR_NONE, "hello\n", 1 },
	{ "/ok", 5, 0, ERR_LIMIT, NULL, 1 },
	{ "/empty", 100, 200, ERR_NONE, "", 1 },
	{ "/gzip", 100, 200, ERR_NONE, "hello\n", 1 },
	{ "/gzip", 5, 0, ERR_LIMIT, NULL, 1 },
	{ "/gzip-cut", 100, 0, ERR_SYNTAX, "read \"http://HOST/gzip-cut\": unexpected EOF", 0 },
	{ "/gzip-bad", 100, 0, ERR_SYNTAX, "read \"http://HOST/gzip-bad\": gzip: invalid header",
	  0 },
	{ "/chunks", 100, 200, ERR_NONE, "hello\n", 1 },
	{ "/missing", 100, 404, ERR_NOT_FOUND,
	  "reading http://HOST/missing: 404 Not Found\n\tserver response: not found: m@v1: unknown revision",
	  1 },
	{ "/html", 100, 404, ERR_NOT_FOUND, "reading http://HOST/html: 404 Not Found", 1 },
	{ "/gone", 100, 410, ERR_NOT_FOUND, "reading http://HOST/gone: 410 Gone", 1 },
	{ "/lines", 100, 404, ERR_NOT_FOUND,
	  "reading http://HOST/lines: 404 Not Found\n\tserver response:\n\tone\n\ttwo",
	  1 }, /* up to the first empty line */
	{ "/control", 100, 404, ERR_NOT_FOUND, "reading http://HOST/control: 404 Not Found", 1 },
	{ "/forbidden", 100, 403, ERR_NETWORK,
	  "reading http://HOST/forbidden: 403 Forbidden\n\tserver response: no", 0 },
	{ "/odd", 100, 299, ERR_NETWORK, NULL, 1 },
	{ "/moved", 100, 200, ERR_NONE, "hello\n", 2 },
	{ "/moved301", 100, 200, ERR_NONE, "hello\n", 2 },
	{ "/moved307", 100, 200, ERR_NONE, "hello\n", 3 },
	{ "/loop", 100, 0, ERR_NETWORK, "Get \"/loop\": stopped after 10 redirects", 10 },
	{ "/nowhere", 100, 302, ERR_NETWORK, "reading http://HOST/nowhere: 302 Found", 1 },
	{ "/elsewhere", 100, 0, ERR_NETWORK,
	  "Get \"ftp://127.0.0.1/x\": unsupported protocol scheme \"ftp\"", 1 },
	{ "/retry-late", 100, 503, ERR_NETWORK, NULL, 1 },
	{ "/always503", 100, 503, ERR_NETWORK,
	  "reading http://HOST/always503: 503 Service Unavailable", 3 },
	{ "/gateway", 100, 502, ERR_NETWORK,
	  "reading http://HOST/gateway: 502 Bad Gateway\n\tserver response: upstream", 3 },
	{ "/flaky", 100, 200, ERR_NONE, "at last", 3 },
	{ "/cut", 100, 0, ERR_NETWORK, "read \"http://HOST/cut\": unexpected EOF", 3 },
	{ "/garbage", 100, 0, ERR_NETWORK, NULL, 0 }, /* in libcurl's words */
	{ "/silence", 100, 0, ERR_NETWORK, "Get \"http://HOST/silence\": EOF", 3 },
	{ "http://127.0.0.1:1/x", 100, 0, ERR_NETWORK,
	  "Get \"http://127.0.0.1:1/x\": dial tcp 127.0.0.1:1: connect: connection refused", 0 },
	{ "http://%zz/", 100, 0, ERR_SYNTAX, NULL, 0 },
	{ "/moved303", 100, 200, ERR_NONE, "asked\n", 2 },
	{ "/moved308", 100, 200, ERR_NONE, "hello\n", 2 },
	{ "/choices", 100, 300, ERR_NETWORK, "reading http://HOST/choices: 300 Multiple Choices",
	  1 },
	{ "/bad-location", 100, 0, ERR_NETWORK,
	  "Get \"http://HOST/bad-location\": failed to parse Location header \"http://%zz/\": "
	  "parse \"http://%zz/\": invalid URL escape \"%zz\"",
	  1 },
	{ "/no-host", 100, 0, ERR_NETWORK, NULL, 1 },
	{ "/to-localhost", 100, 200, ERR_NONE, "hello\n", 2 },
	{ "/cut404", 100, 404, ERR_NOT_FOUND,
	  "reading http://HOST/cut404: 404 Not Found\n\tserver response: hello", 1 },
	{ "/long404", 100, 404, ERR_NOT_FOUND, NULL, 1 },
	{ "/two-lengths", 100, 0, ERR_NETWORK, NULL, 0 },
	{ "/same-lengths", 100, 200, ERR_NONE, "hello", 1 },
	{ "/no-phrase", 100, 404, ERR_NOT_FOUND, NULL, 1 },
};

static void check_row(const struct row *w, bool got, const struct http_answer *r, struct err *e)
{
	const char *text = NULL;

	if (got && r->status != 200)
		http_status_error(r, e);
	text = err_is_set(e) ? e->text : r->body.len ? r->body.data : "";
	if (got != (w->status != 0) || (got && r->status != w->status) || e->code != w->code)
		fail_msg("%s: status %d, error %d: %s", w->path, got ? r->status : 0, (int)e->code,
			 text);
	if (w->text && !str_eq(text, expand(w->text)))
		fail_msg("%s: \"%s\", not \"%s\"", w->path, text, expand(w->text));
	if (err_is_set(e) && w->code != ERR_SYNTAX && !strstr(text, "127.0.0.1") &&
	    !strstr(text, "Get \"/") && !str_eq(w->path, "/no-host"))
		fail_msg("%s: the error does not name the server: %s", w->path, text);
	if (w->served && atomic_load(&server.served) != w->served)
		fail_msg("%s: %d requests", w->path, atomic_load(&server.served));
}

static void test_answers(void **state)
{
	struct http *h = client(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_answer r;
		struct err e = ERR_INIT;
		bool got;

		atomic_store(&server.served, 0);
		atomic_store(&flaky, 0);
		got = http_get(h,
			       &(struct http_request){ .url = url_of(rows[i].path),
						       .max_bytes = rows[i].max },
			       &r, &e);
		check_row(&rows[i], got, &r, &e);
		http_answer_release(&r);
		err_release(&e);
	}
	http_free(h);
}

static void test_no_retries(void **state)
{
	struct http *h = client(-1);
	struct http_answer r;

	(void)state;
	atomic_store(&server.served, 0);
	assert_true(http_get(h,
			     &(struct http_request){ .url = url_of("/always503"), .max_bytes = 10 },
			     &r, NULL));
	assert_int_equal(r.status, 503);
	assert_int_equal(atomic_load(&server.served), 1);
	assert_int_equal(r.n_hops, 1);
	http_answer_release(&r);
	http_free(h);
}

static void test_plain_text(void **state)
{
	static const struct {
		const char *path;
		bool plain;
	} cases[] = {
		{ "/ok", true }, { "/missing", true }, { "/html", false }, { "/empty", false }
	};
	struct http *h = client(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_answer r;

		assert_true(http_get(h,
				     &(struct http_request){ .url = url_of(cases[i].path),
							     .max_bytes = 100 },
				     &r, NULL));
		assert_int_equal(r.plain_text, cases[i].plain);
		assert_string_equal(r.url, url_of(cases[i].path));
		http_answer_release(&r);
	}
	http_free(h);
}

struct sink {
	struct buf b;
	bool fails;
	int restarts;
};

static bool take(void *ctx, const void *data, size_t len, struct err *e)
{
	struct sink *s = ctx;

	buf_add(&s->b, data, len);
	return !s->fails || err_set(e, ERR_SYS, "the disk is full");
}

static bool restart(void *ctx, struct err *e)
{
	struct sink *s = ctx;

	(void)e;
	buf_clear(&s->b);
	s->restarts++;
	return true;
}

static bool get_into(struct http *h, const char *path, struct sink *s, struct err *e)
{
	struct http_answer r;
	bool got = http_get(h,
			    &(struct http_request){ .url = url_of(path),
						    .max_bytes = 100,
						    .sink = take,
						    .restart = restart,
						    .ctx = s },
			    &r, e);

	http_answer_release(&r);
	return got;
}

static void test_sink(void **state)
{
	struct http *h = client(1);
	struct sink s = { .b = BUF_INIT };
	struct err e = ERR_INIT;

	(void)state;
	assert_true(get_into(h, "/moved", &s, &e));
	assert_string_equal(s.b.data, "hello\n");
	buf_clear(&s.b);
	assert_true(get_into(h, "/missing", &s, &e)); /* only what is right goes there */
	assert_int_equal(s.b.len, 0);
	assert_false(get_into(h, "/cut", &s, &e));
	assert_int_equal(e.code, ERR_NETWORK);
	assert_int_equal(s.restarts, 2);
	err_clear(&e);
	s.fails = true;
	assert_false(get_into(h, "/ok", &s, &e));
	assert_int_equal(e.code, ERR_SYS);
	assert_string_equal(e.text, "the disk is full");
	err_release(&e);
	buf_release(&s.b);
	http_free(h);
}

/* gzip that was not asked for, as go asks for it; what cannot be begun again. */
static bool restart_fails(void *ctx, struct err *e)
{
	(void)ctx;
	return err_set(e, ERR_SYS, "cannot begin again");
}

static void test_sink_again(void **state)
{
	struct http *h = client(1);
	struct sink s = { .b = BUF_INIT };
	struct http_request q = { .max_bytes = 100, .sink = take, .ctx = &s };
	struct http_answer r;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(get_into(h, "/gzip", &s, &e));
	assert_string_equal(s.b.data, "hello\n");
	buf_clear(&s.b);
	q.url = url_of("/cut");
	q.restart = restart_fails;
	assert_false(http_get(h, &q, &r, &e));
	assert_string_equal(e.text, "cannot begin again");
	http_answer_release(&r);
	err_clear(&e);
	s.fails = true;
	assert_false(get_into(h, "/gzip", &s, &e));
	assert_string_equal(e.text, "the disk is full");
	err_release(&e);
	buf_release(&s.b);
	http_free(h);
}

/* The words of web.GetBytes; error pages that are not plain text. */
static void test_words(void **state)
{
	struct http *h = client(-1);
	struct http_request q = { .url = url_of("/cut"), .max_bytes = 100, .get_bytes = true };
	struct http_answer r;
	struct err e = ERR_INIT;

	(void)state;
	assert_false(http_get(h, &q, &r, &e));
	assert_string_equal(e.text, expand("reading http://HOST/cut: unexpected EOF"));
	http_answer_release(&r);
	err_clear(&e);
	q = (struct http_request){ .url = url_of("/html"), .max_bytes = 5, .error_pages = true };
	assert_true(http_get(h, &q, &r, &e));
	assert_int_equal(r.body.len, 5);
	assert_memory_equal(r.body.data, "<h1>n", 5);
	http_answer_release(&r);
	http_free(h);
}

/* What is refused before anything is sent; text is what the error contains. */
static void test_refused(void **state)
{
	static const struct {
		const char *set, *url, *text;
	} cases[] = {
		{ NULL, "ftp://h.test/x",
		  "Get \"ftp://h.test/x\": unsupported protocol scheme \"ftp\"" },
		{ NULL, "http:///x", "Get \"http:///x\": http: no Host in request URL" },
		{ NULL, "http://:/x", "Get \"http:///x\": http: no Host in request URL" },
		{ NULL, "http://u:p@h.test:/x",
		  "refusing to pass credentials to insecure URL: http://u:xxxxx@h.test:/x" },
		{ NULL, "http://u:p@h.test/x",
		  "refusing to pass credentials to insecure URL: http://u:xxxxx@h.test/x" },
		{ "HTTP_PROXY=http://127.0.0.1:1", "http://h.test/x",
		  "refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy" },
		{ "GOAUTH=netrc;off", "https://h.test/x", "go: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *vars[] = { "GOENV=off", "HOME=/nonexistent", "REQUEST_METHOD=GET",
				       cases[i].set, NULL };
		struct goenv *other = goenv_new(&(struct goenv_options){ .dir = tmp_dir,
									 .environ = vars },
						NULL);
		struct http *h = http_new(&(struct http_options){ .env = other });
		struct http_answer r;
		struct err e = ERR_INIT;

		assert_false(http_get(h,
				      &(struct http_request){ .url = cases[i].url, .max_bytes = 9 },
				      &r, &e));
		if (!strstr(e.text, cases[i].text))
			fail_msg("%s: %s", cases[i].url, e.text);
		assert_int_equal(r.n_hops, 0);
		http_answer_release(&r);
		err_release(&e);
		http_free(h);
		goenv_free(other);
	}
}

/* Through a proxy, whose login is sent and not shown; where commands of GOAUTH may run, they get the headers. */
static void test_proxied(void **state)
{
	static const char *const logins[] = { "", "pu:pw@" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
		const char *vars[] = { "GOENV=off", "HOME=/nonexistent", NULL, NULL };
		struct goenv *other;
		struct http *h;
		struct http_answer r;
		struct err e = ERR_INIT;

		vars[2] = arena_fmt(&tmp_arena, "HTTP_PROXY=http://%s127.0.0.1:%d", logins[i],
				    server.port);
		other = goenv_new(&(struct goenv_options){ .dir = tmp_dir,
							   .environ = vars,
							   .runs_auth = true },
				  NULL);
		h = http_new(&(struct http_options){ .env = other, .per_host = 1 });
		if (!http_get(h,
			      &(struct http_request){ .url = "http://h.test/x", .max_bytes = 99 },
			      &r, &e))
			fail_msg("%s", e.text);
		assert_string_equal(r.body.data, *logins[i] ? "proxied with a login" : "proxied");
		assert_int_equal(r.n_hops, 1);
		assert_null(strstr(r.hops[0].via, "pw"));
		assert_non_null(strstr(r.hops[0].via, "127.0.0.1"));
		assert_null(r.head);
		http_answer_release(&r);
		assert_true(http_get(h,
				     &(struct http_request){ .url = "http://h.test/gone",
							     .max_bytes = 99 },
				     &r, &e));
		assert_true(
			str_has_prefix(r.head,
				       "HTTP/1.1 404 Not Found\nX-Odd: V:w\nContent-Length: 0\n"));
		http_answer_release(&r);
		http_free(h);
		goenv_free(other);
	}
}

static void test_cancelled(void **state)
{
	struct http *h = client(1);
	struct cancel cancel = { 0 };
	struct http_answer r;
	struct err e = ERR_INIT;

	(void)state;
	atomic_store(&cancel.set, true);
	assert_false(http_get(h,
			      &(struct http_request){
				      .url = url_of("/ok"), .max_bytes = 100, .cancel = &cancel },
			      &r, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	http_answer_release(&r);
	err_release(&e);
	http_free(h);
}

/* What is sent ahead is not sent again. */
static void test_ahead(void **state)
{
	struct http *h = client(1);
	struct http_request q = { .url = url_of("/ok"), .max_bytes = 100 };
	struct http_answer r;

	(void)state;
	atomic_store(&server.served, 0);
	http_ahead(h, &q);
	http_ahead(h, &q);
	assert_true(http_get(h, &q, &r, NULL));
	assert_string_equal(r.body.data, "hello\n");
	assert_int_equal(atomic_load(&server.served), 1);
	http_answer_release(&r);
	assert_true(http_get(h, &q, &r, NULL));
	assert_int_equal(atomic_load(&server.served), 2);
	http_answer_release(&r);
	http_ahead(h, &(struct http_request){ .url = url_of("/moved"),
					      .max_bytes = 100 }); /* whose answer nobody takes */
	http_free(h);
}

static int setup(void **state)
{
	return httpfix_setup_env(state, &server, answer, &env);
}

static int teardown(void **state)
{
	goenv_free(env);
	return httpfix_teardown(state, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),	   cmocka_unit_test(test_no_retries),
		cmocka_unit_test(test_plain_text), cmocka_unit_test(test_sink),
		cmocka_unit_test(test_sink_again), cmocka_unit_test(test_words),
		cmocka_unit_test(test_refused),	   cmocka_unit_test(test_proxied),
		cmocka_unit_test(test_cancelled),  cmocka_unit_test(test_ahead),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
