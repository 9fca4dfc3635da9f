/* go's error texts for failed requests: net/http, net/url, crypto/tls and cmd/go/internal/web. */
#include "unit.h"

#include "fetch/http_error.h"

/* The name server depends on this machine: "192.0.2.53:53" or "[2001:db8::53]:53" becomes SERVER. */
static void hide_server(struct buf *b)
{
	char *on = strstr(b->data, " on "), *end = on ? strstr(on, ":53: ") : NULL;
	struct buf text = BUF_INIT;

	if (!end)
		return;
	buf_addf(&text, "%.*s on SERVER%s", (int)(on - b->data), b->data, end + 3);
	buf_clear(b);
	buf_addstr(b, text.data);
	buf_release(&text);
}

static void assert_reason(const struct http_engine_transfer *t, const char *want)
{
	struct buf b = BUF_INIT;

	http_error_reason(&b, t, "h.test", "443");
	hide_server(&b);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_reasons(void **state)
{
	static const struct {
		CURLcode code;
		const char *message, *want;
	} cases[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, "",
		  "dial tcp: lookup h.test on SERVER: no such host" },
		{ CURLE_COULDNT_CONNECT, "", "dial tcp h.test:443: connect: connection refused" },
		{ CURLE_URL_MALFORMAT, "", "dial tcp: address 443: invalid port" },
		{ CURLE_OPERATION_TIMEDOUT, "", "dial tcp h.test:443: i/o timeout" },
		{ CURLE_PEER_FAILED_VERIFICATION,
		  "SSL certificate problem: unable to get local issuer certificate",
		  "tls: failed to verify certificate: x509: certificate signed by unknown authority" },
		{ CURLE_PEER_FAILED_VERIFICATION,
		  "SSL certificate problem: self-signed certificate",
		  "tls: failed to verify certificate: x509: certificate signed by unknown authority" },
		{ CURLE_PEER_FAILED_VERIFICATION,
		  "SSL certificate problem: certificate has expired",
		  "tls: failed to verify certificate: x509: certificate has expired or is not yet valid" },
		{ CURLE_SSL_CACERT_BADFILE, "no such file",
		  "tls: failed to verify certificate: x509: certificate signed by unknown authority" },
		{ CURLE_PEER_FAILED_VERIFICATION, "name does not match",
		  "tls: failed to verify certificate: name does not match" },
		{ CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number",
		  "http: server gave HTTP response to HTTPS client" },
		{ CURLE_SSL_CONNECT_ERROR, "handshake failure", "handshake failure" },
		{ CURLE_GOT_NOTHING, "", "EOF" },
		{ CURLE_PARTIAL_FILE, "", "unexpected EOF" },
		{ CURLE_HTTP2_STREAM, "", "unexpected EOF" },
		{ CURLE_RECV_ERROR, "", "read: connection reset by peer" },
		{ CURLE_SEND_ERROR, "", "read: connection reset by peer" },
		{ CURLE_BAD_CONTENT_ENCODING, "odd", "odd" },
	};
	struct http_engine_transfer t = { .proxy = "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		t.code = cases[i].code;
		snprintf(t.message, sizeof(t.message), "%s", cases[i].message);
		assert_reason(&t, cases[i].want);
	}
	snprintf(t.hop.address, sizeof(t.hop.address), "192.0.2.1");
	t.code = CURLE_COULDNT_CONNECT;
	assert_reason(&t, "dial tcp 192.0.2.1:443: connect: connection refused");
	t.code = CURLE_OPERATION_TIMEDOUT;
	assert_reason(&t, "dial tcp 192.0.2.1:443: i/o timeout");
	t.connected = true;
	assert_reason(&t, "no answer in time");
	t.heard = true;
	assert_reason(&t, "the server stopped sending");
	t.heard = t.connected = false;
	t.silence = HTTP_ENGINE_MODULE;
	assert_reason(&t, "not asked, as another answer about the module has not come in time");
	t.silence = HTTP_ENGINE_HOST;
	assert_reason(&t, "the server does not answer any more");
}

/* The network's proxy cannot be reached, or refuses. */
static void test_proxy(void **state)
{
	struct http_engine_transfer t = { .proxy = "http://p.test:3128",
					  .code = CURLE_COULDNT_RESOLVE_PROXY };

	(void)state;
	assert_reason(&t, "proxyconnect tcp: dial tcp: lookup p.test on SERVER: no such host");
	t.code = CURLE_COULDNT_CONNECT;
	assert_reason(&t, "proxyconnect tcp: dial tcp p.test:3128: connect: connection refused");
	t.proxy = "socks5://p.test";
	assert_reason(&t, "proxyconnect tcp: dial tcp p.test:1080: connect: connection refused");
	snprintf(t.hop.address, sizeof(t.hop.address), "192.0.2.9");
	assert_reason(&t, "proxyconnect tcp: dial tcp 192.0.2.9:1080: connect: connection refused");
	t.code = CURLE_GOT_NOTHING; /* the tunnel was established */
	assert_reason(&t, "EOF");
	t.connect_status = 407;
	assert_reason(&t, "Proxy Authentication Required");
}

/* What is known besides the code. */
static void test_facts(void **state)
{
	struct http_engine_transfer t = { .proxy = "", .no_roots = "open /x: permission denied" };
	struct buf b = BUF_INIT;

	(void)state;
	t.code = CURLE_PEER_FAILED_VERIFICATION;
	assert_reason(
		&t,
		"tls: failed to verify certificate: x509: failed to load system roots and no roots provided; "
		"open /x: permission denied");
	t.code = CURLE_RECV_ERROR;
	snprintf(t.message, sizeof(t.message),
		 "error:0A00045C:SSL routines::tlsv13 alert certificate required");
	assert_reason(&t, "remote error: tls: certificate required");
	t.code = CURLE_COULDNT_CONNECT;
	t.os_errno = 113; /* EHOSTUNREACH */
	snprintf(t.tried, sizeof(t.tried), "2001:db8::1");
	assert_reason(&t, "dial tcp [2001:db8::1]:443: connect: no route to host");
	t.length = xstrdup("5");
	t.other_length = xstrdup("6");
	assert_reason(
		&t,
		"net/http: HTTP/1.x transport connection broken: http: message cannot contain multiple Content-Length headers; "
		"got [\"5\" \"6\"]");
	http_error_reason(&b, &t, "h.test", "65536");
	assert_string_equal(b.data, "dial tcp: address 65536: invalid port");
	free(t.length);
	free(t.other_length);
	buf_release(&b);
}

/* The proxy's own part: until the request is sent. */
static void test_proxy_timeout(void **state)
{
	struct http_engine_transfer t = { .proxy = "http://p.test:3128",
					  .code = CURLE_OPERATION_TIMEDOUT };

	(void)state;
	assert_reason(&t, "proxyconnect tcp: dial tcp p.test:3128: i/o timeout");
	t.connected = true;
	assert_reason(&t, "no answer in time");
	t.connected = false;
	t.silence = HTTP_ENGINE_HOST;
	assert_reason(&t, "the server does not answer any more");
	t.proxy = "http://%zz";
	t.silence = HTTP_ENGINE_HEARD;
	assert_reason(&t, "dial tcp h.test:443: i/o timeout");
}

static void assert_detail(const char *body, size_t len, const char *want)
{
	struct buf b = BUF_INIT;

	http_error_detail(&b, body, len);
	assert_string_equal(b.data, want);
	buf_release(&b);
}
#define DETAIL(body, want) assert_detail(body, sizeof(body) - 1, want)

/* web.Response.formatErrorDetail: at most eight lines, and only printable UTF-8. */
static void test_detail(void **state)
{
	char line[8 * 81 + 1];

	(void)state;
	DETAIL("", "");
	DETAIL("not found: no such module", "not found: no such module");
	DETAIL("the first\n \t\nnot the second", "the first");
	DETAIL("\nnothing above", "");
	memset(line, 'x', sizeof(line));
	assert_detail(line, sizeof(line), "[Truncated: too long.]");
	line[9] = '\n';
	assert_detail(line, sizeof(line), "xxxxxxxxx\n\t[Truncated: too long.]");
	DETAIL("bad \x1b[2J escape", "");
	DETAIL("bad utf8 \xff", "");
	DETAIL("a\xef\xbf\xbd", "a\xef\xbf\xbd");
	DETAIL("a\tb\xc2\x85\xc2\xa0\xe3\x80\x80"
	       "c\r",
	       "a\tb\xc2\x85\xc2\xa0\xe3\x80\x80"
	       "c\r");
	DETAIL("a\xe2\x80\xa8"
	       "b\xe2\x80\x89"
	       "c",
	       "a\xe2\x80\xa8"
	       "b\xe2\x80\x89"
	       "c"); /* unicode.IsSpace */
	DETAIL("a\n\xc2\xa0\xe3\x80\x80\nb", "a");
	DETAIL("a\xe2\x80\x8b", ""); /* which is neither that nor IsGraphic */
	DETAIL("a\0b", "");
	DETAIL("a\x0e", "");
	DETAIL("a\x7f", "");
	DETAIL("1\n2\n3\n4\n5\n6\n7\n8", "1\n\t2\n\t3\n\t4\n\t5\n\t6\n\t7\n\t8");
	DETAIL("1\n2\n3\n4\n5\n6\n7\n8\n9",
	       "1\n\t2\n\t3\n\t4\n\t5\n\t6\n\t7\n\t8\n\t[Truncated: too many lines.]");
}

static void test_phrases(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_string_equal(http_error_phrase(404), "Not Found");
	assert_string_equal(http_error_phrase(451), "Unavailable For Legal Reasons");
	assert_string_equal(http_error_phrase(799), "");
	assert_false(http_error_set(&e, ERR_NETWORK, "Get", "https://h.test/x", "EOF"));
	assert_string_equal(e.text, "Get \"https://h.test/x\": EOF");
	err_release(&e);
	/* url.Error keeps the user, net/http.stripPassword masks the rest */
	assert_false(http_error_set(&e, ERR_NETWORK, "Get", "https://me:secret@h.test/x", "EOF"));
	assert_string_equal(e.text, "Get \"https://me:***@h.test/x\": EOF");
	err_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons), cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_facts),	cmocka_unit_test(test_proxy_timeout),
		cmocka_unit_test(test_detail),	cmocka_unit_test(test_phrases)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
