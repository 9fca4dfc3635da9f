/*
 * A server with TLS on loopback: which roots are trusted, what is sent to whom, what a handshake that fails is called. The words are
 * those of go's crypto/x509, crypto/tls and cmd/go/internal/web (tests/net/handshakes asks go).
 */
#include "tlsfix.h"

#include <sys/stat.h>

#include "fetch/curl_lib.h"
#include "fetch/http.h"
#include "fetch/http_roots.h"
#include "fetch/ssl_lib.h"

static struct httpfix server;
static struct tlsfix tls;

/* The value of a header of the request; "" if it is missing. */
static const char *header(char *out, size_t size, const char *head, const char *name)
{
	const char *line = strcasestr(head, name);

	snprintf(out, size, "%.*s", line ? (int)strcspn(line + strlen(name), "\r") : 0,
		 line ? line + strlen(name) : "");
	return out;
}

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	char out[256], one[128], two[128];

	if (str_eq(q->method, "CONNECT")) {
		httpfix_text(conn, "503 Service Unavailable", "", "");
	} else if (str_eq(q->target, "/here")) {
		httpfix_text(conn, "302 Found", "Location: /who\r\n", "");
	} else if (str_eq(q->target, "/there") || str_eq(q->target, "/below")) {
		snprintf(out, sizeof(out), "Location: https://%slocalhost:%d/who\r\n",
			 q->target[1] == 'b' ? "sub." : "", tls.port);
		httpfix_text(conn, "302 Found", out, "");
	} else if (str_eq(q->target, "/insecure")) {
		snprintf(out, sizeof(out), "Location: http://127.0.0.1:%d/who\r\n", s->port);
		httpfix_text(conn, "302 Found", out, "");
	} else if (str_eq(q->target, "/members") && !strstr(q->head, "X-Member: yes\r\n")) {
		httpfix_text(conn, "403 Forbidden", "", "");
	} else {
		snprintf(out, sizeof(out), "%s|%s",
			 header(one, sizeof(one), q->head, "\r\nAuthorization: "),
			 header(two, sizeof(two), q->head, "\r\nX-Token: "));
		httpfix_text(conn, "200 OK", "", out);
	}
}

/* The text with the servers' addresses instead of "TLS" and "PLAIN". */
static const char *expand(const char *text)
{
	const char *mark = strstr(text, "TLS/"), *plain = strstr(text, "PLAIN");

	if (mark)
		return expand(arena_fmt(&tmp_arena, "%.*s127.0.0.1:%d%s", (int)(mark - text), text,
					tls.port, mark + 3));
	return plain ? expand(arena_fmt(&tmp_arena, "%.*s127.0.0.1:%d%s", (int)(plain - text), text,
					server.port, plain + 5))
		     : text;
}

/* Settings: the server's certificate is trusted unless a variable says otherwise. */
static struct goenv *settings(const char *one, const char *two)
{
	const char *vars[] = { "GOENV=off", arena_fmt(&tmp_arena, "HOME=%s", tmp_dir),
			       one ? one : arena_fmt(&tmp_arena, "SSL_CERT_FILE=%s", tls.pem),
			       two ? two : "SSL_CERT_DIR=/nonexistent", NULL };

	return goenv_new(&(struct goenv_options){ .dir = tmp_dir,
						  .environ = vars,
						  .runs_auth = true },
			 NULL);
}

static struct http *client(const struct goenv *env)
{
	return http_new(&(struct http_options){
		.env = env, .connect_ms = 60000, .stall_ms = 60000, .retry_ms = 1 });
}

/* The body, or the error's words. */
static const char *get(struct http *h, const char *url)
{
	struct http_answer r;
	struct err e = ERR_INIT;
	const char *text;

	if (http_get(h, &(struct http_request){ .url = url, .max_bytes = 1000 }, &r, &e) &&
	    r.status != 200)
		http_status_error(&r, &e);
	text = arena_strdup(&tmp_arena, err_is_set(&e) ? e.text : r.body.data);
	http_answer_release(&r);
	err_release(&e);
	return text;
}

static void test_facts(void **state)
{
	struct goenv *env = settings(NULL, NULL);
	struct http *h = client(env);
	struct http_request q = { .url = expand("https://TLS/who"),
				  .max_bytes = 100,
				  .certificate = true };
	struct http_answer r;
	struct err e = ERR_INIT;

	(void)state;
	if (!http_get(h, &q, &r, &e))
		fail_msg("%s", e.text);
	assert_int_equal(r.n_hops, 1);
	assert_string_equal(r.hops[0].address, "127.0.0.1");
	assert_int_equal(r.hops[0].http_version, 11);
	assert_true(r.hops[0].timing.tls > 0);
	assert_string_equal(r.hops[0].certificate_end, TLSFIX_END);
	if (ssl_lib_is_of(curl_lib_get(NULL)))
		assert_string_equal(r.hops[0].tls_version, "TLSv1.3");
	http_answer_release(&r);
	http_free(h);
	goenv_free(env);
}

#define UNKNOWN "tls: failed to verify certificate: x509: certificate signed by unknown authority"
#define NONE \
	"tls: failed to verify certificate: x509: failed to load system roots and no roots provided; "

/* root_unix.go: one file, all directories; a failure that is not a missing file is told if nothing else was found. */
static void test_roots(void **state)
{
	static const struct {
		const char *file, *dirs, *error; /* "%s" is the directory */
	} rows[] = {
		{ "tlsfix.pem", "/nowhere", NULL },
		{ "nothing", "/nowhere", UNKNOWN },
		{ "junk", "/nowhere", UNKNOWN },
		{ "open", "/nowhere", UNKNOWN },
		{ "both", "/nowhere", NULL },
		{ "nothing", "%s/dir", NULL },
		{ "nothing", "%s/links", NULL },
		{ "nothing", "/nowhere::%s/dir", NULL },
		{ "nothing", "%s/none", UNKNOWN },
		{ "none", "/nowhere", NONE "read %s/none: is a directory" },
		{ "none", "%s/junk", NONE "read %s/none: is a directory" },
		{ "none", "%s/dir", NULL },
	};
	const char *pem = tmp_read("tlsfix.pem"),
		   *junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

	(void)state;
	tmp_mkdir("dir");
	tmp_mkdir("none");
	tmp_mkdir("links");
	tmp_write("junk", junk);
	tmp_write("open", "-----BEGIN CERTIFICATE-----\nAAAA\n");
	tmp_write("both", arena_fmt(&tmp_arena, "text\n%s%s%s", junk, pem, pem));
	tmp_write("dir/any.name", pem);
	assert_int_equal(symlink(tls.pem, tmp_path("links/a")), 0);
	assert_int_equal(symlink("a", tmp_path("links/b")), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *mark = strstr(rows[i].dirs, "%s"), *dirs = rows[i].dirs, *want = "|",
			   *have;
		struct goenv *env;
		struct http *h;

		if (mark)
			dirs = arena_fmt(&tmp_arena, "%.*s%s%s", (int)(mark - dirs), dirs, tmp_dir,
					 mark + 2);
		if (rows[i].error) {
			mark = strstr(rows[i].error, "%s");
			want = mark ? arena_fmt(&tmp_arena, "%.*s%s%s", (int)(mark - rows[i].error),
						rows[i].error, tmp_dir, mark + 2)
				    : rows[i].error;
			want = arena_fmt(&tmp_arena, "Get \"%s\": %s", expand("https://TLS/who"),
					 want);
		}
		env = settings(arena_fmt(&tmp_arena, "SSL_CERT_FILE=%s", tmp_path(rows[i].file)),
			       arena_fmt(&tmp_arena, "SSL_CERT_DIR=%s", dirs));
		h = client(env);
		have = get(h, expand("https://TLS/who"));
		if (!str_eq(have, want))
			fail_msg("%s %s: \"%s\", not \"%s\"", rows[i].file, rows[i].dirs, have,
				 want);
		http_free(h);
		goenv_free(env);
	}
}

/* net/http: a login goes to the same host and those below it, other headers anywhere. */
static void test_logins(void **state)
{
	static const struct {
		const char *goauth, *url, *want;
	} rows[] = {
		{ "off", "https://TLS/who", "|" },
		{ "netrc", "https://TLS/who", "Basic dTpwdw==|" },
		{ "netrc", "https://TLS/here", "Basic dTpwdw==|" },
		{ "netrc", "https://TLS/there", "|" },
		{ "netrc", "https://me:secret@TLS/who", "Basic bWU6c2VjcmV0|" },
		{ "netrc", "https://me:secret@TLS/here", "Basic bWU6c2VjcmV0|" },
		{ "netrc", "https://me:secret@TLS/there", "|" },
		{ "off", "https://me@TLS/who", "Basic bWU6|" },
		{ "off", "https://:secret@TLS/who", "Basic OnNlY3JldA==|" },
		{ "bearer", "https://TLS/who", "Bearer t0ken-of-me|seven" },
		{ "bearer", "https://TLS/there", "|seven" },
		{ "bearer", "https://TLS/below", "|seven" },
		{ "asked", "https://TLS/members", "|" },
		{ "bearer", "https://TLS/members", "reading https://TLS/members: 403 Forbidden" },
		{ "netrc", "https://TLS/insecure",
		  "Get \"http://PLAIN/who\": redirected from secure URL https://TLS/insecure to insecure URL http://PLAIN/who" },
	};

	(void)state;
	tmp_write(".netrc", expand("machine TLS/ login u password pw\n"));
	tmp_write(
		"bearer",
		expand("#!/bin/sh\n[ $# = 0 ] && printf 'https://TLS/\\n\\nAuthorization: Bearer t0ken-of-me\\nX-Token: seven\\n\\n'\n"));
	tmp_write("asked",
		  "#!/bin/sh\n[ $# = 0 ] || printf '%s\\n\\nX-Member: yes\\n\\n' \"$1\"\n");
	assert_int_equal(chmod(tmp_path("bearer"), 0755) | chmod(tmp_path("asked"), 0755), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool word = str_eq(rows[i].goauth, "off") || str_eq(rows[i].goauth, "netrc");
		struct goenv *env = settings(NULL, arena_fmt(&tmp_arena, "GOAUTH=%s",
							     word ? rows[i].goauth
								  : tmp_path(rows[i].goauth)));
		struct http *h = client(env);
		const char *have = get(h, expand(rows[i].url));

		if (!str_eq(have, expand(rows[i].want)))
			fail_msg("GOAUTH=%s %s: \"%s\", not \"%s\"", rows[i].goauth, rows[i].url,
				 have, expand(rows[i].want));
		http_free(h);
		goenv_free(env);
	}
}

/* A login for localhost is sent to a host below it. */
static void test_subdomain(void **state)
{
	struct goenv *env = settings(NULL, NULL);
	struct http *h = client(env);

	(void)state;
	assert_string_equal(get(h, arena_fmt(&tmp_arena, "https://me:secret@localhost:%d/there",
					     tls.port)),
			    "|");
	tmp_write(".netrc",
		  arena_fmt(&tmp_arena, "machine localhost:%d login u password pw\n", tls.port));
	http_free(h);
	h = client(env);
	assert_string_equal(get(h, arena_fmt(&tmp_arena, "https://localhost:%d/there", tls.port)),
			    "Basic dTpwdw==|");
	assert_string_equal(get(h, arena_fmt(&tmp_arena, "https://localhost:%d/below", tls.port)),
			    "Basic dTpwdw==|");
	http_free(h);
	goenv_free(env);
}

static void test_handshakes(void **state)
{
	static char full[2048];
	static const struct {
		const char *say;
		size_t n;
		const char *want;
	} rows[] = {
		{ "", 0, "EOF" },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", 28,
		  "http: server gave HTTP response to HTTPS client" },
		{ "220 mail.test\r\n", 15, "tls: first record does not look like a TLS handshake" },
		{ "\25\3\3\0\2\2\50", 7, "remote error: tls: handshake failure" },
		{ "\26\3\3\377\377a", 6, "tls: oversized record received with length 65535" },
		{ full, sizeof(full), "tls: first record does not look like a TLS handshake" },
	};
	struct goenv *env = settings(NULL, NULL);
	struct http *h = client(env);

	(void)state;
	if (!ssl_lib_is_of(curl_lib_get(NULL))) {
		print_message(
			"SKIPPED: libcurl does not use OpenSSL, other libraries do not show what was received\n");
		skip();
	}
	memset(full, 'x', sizeof(full));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		tlsfix_say(&tls, rows[i].say, rows[i].n);
		assert_string_equal(get(h, expand("https://TLS/who")),
				    arena_fmt(&tmp_arena, "Get \"%s\": %s",
					      expand("https://TLS/who"), rows[i].want));
	}
	tlsfix_say(&tls, NULL, 0);
	http_free(h);
	goenv_free(env);
}

/* A proxy that is spoken to in TLS; one that refuses a tunnel, which is not asked again. */
static void test_proxies(void **state)
{
	struct goenv *env = settings(NULL, expand("HTTP_PROXY=https://TLS/"));
	struct http *h = client(env);

	(void)state;
	assert_string_equal(get(h, "http://h.test/who"), "|");
	http_free(h);
	goenv_free(env);
	env = settings(NULL, expand("HTTPS_PROXY=http://PLAIN"));
	h = client(env);
	atomic_store(&server.served, 0);
	assert_string_equal(get(h, "https://h.test/who"),
			    "Get \"https://h.test/who\": Service Unavailable");
	assert_int_equal(atomic_load(&server.served), 1);
	http_free(h);
	goenv_free(env);
}

/* A libcurl on another library is given all certificates that can be parsed, in one file. */
static struct {
	const char *tls, *file;
	bool path;
	size_t blob;
} told;

static curl_version_info_data *version(CURLversion v)
{
	static curl_version_info_data data;

	(void)v;
	data.ssl_version = told.tls;
	return &data;
}

static CURLcode note_option(CURL *easy, CURLoption option, ...)
{
	va_list args;

	(void)easy;
	va_start(args, option);
	if (option == CURLOPT_CAINFO)
		told.file = va_arg(args, const char *);
	else if (option == CURLOPT_CAPATH)
		told.path = va_arg(args, const char *) != NULL;
	else if (option == CURLOPT_CAINFO_BLOB)
		told.blob = va_arg(args, struct curl_blob *)->len;
	va_end(args);
	return CURLE_OK;
}

static void test_other_library(void **state)
{
	struct curl_lib lib = *curl_lib_get(NULL);
	struct goenv *env = settings(arena_fmt(&tmp_arena, "SSL_CERT_FILE=%s", tmp_path("both")),
				     NULL);
	struct http_roots r = HTTP_ROOTS_INIT;
	const char *pem = tmp_read("tlsfix.pem");

	(void)state;
	lib.version_info = version;
	lib.easy_setopt = note_option;
	told.tls = "GnuTLS/3.8.4";
	told.path = true;
	assert_true(http_roots_read(&r, &lib, env));
	assert_false(r.on_demand);
	assert_string_equal(r.pem.data, pem); /* the other one cannot be parsed */
	http_roots_use(&r, &lib, NULL);
	assert_false(told.path);
	if (r.fd >= 0) {
		char *data;
		size_t len;

		assert_string_equal(told.file, r.file);
		assert_true(fs_read(&tmp_arena, told.file, 1 << 20, &data, &len, NULL));
		assert_string_equal(data, pem);
		close(r.fd);
		r.fd = -1;
		http_roots_use(&r, &lib, NULL);
	}
	assert_int_equal(told.blob, strlen(pem));
	http_roots_release(&r);
	goenv_free(env);

	env = settings("SSL_CERT_FILE=/dev/null", NULL); /* nothing is trusted */
	assert_true(http_roots_read(&r, &lib, env));
	http_roots_use(&r, &lib, NULL);
	assert_string_equal(told.file, "/dev/null");
	http_roots_release(&r);
	goenv_free(env);

	env = httpfix_env(); /* its own are as good */
	told.tls = NULL;
	assert_false(http_roots_read(&r, &lib, env));
	http_roots_release(&r);
	goenv_free(env);
}

static int setup(void **state)
{
	return tlsfix_setup(state, &tls, &server, answer);
}

static int teardown(void **state)
{
	return tlsfix_teardown(state, &tls, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),	      cmocka_unit_test(test_roots),
		cmocka_unit_test(test_logins),	      cmocka_unit_test(test_subdomain),
		cmocka_unit_test(test_handshakes),    cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_other_library),
	};
	struct tlsfix_lib lib;

	return tlsfix_load(&lib) ? cmocka_run_group_tests(tests, setup, teardown) : 77;
}
