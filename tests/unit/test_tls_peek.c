/* What a server sends first, and go's words for it: asked of go by tests/net/handshakes. */

#include "unit.h"

#include "fetch/tls_peek.h"

#define WRONG "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number"
#define UNEXPECTED "OpenSSL/3.0.19: error:0A0000F4:SSL routines::unexpected message"
#define ENDED "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h.test:443 "
#define NO_TLS "tls: first record does not look like a TLS handshake"

/* n counts a literal's bytes, zeros too. */
static const struct {
	const char *data;
	size_t n;
	const char *message, *want;
} cases[] = {
#define CASE(data, message, want)                     \
	{                                             \
		data, sizeof(data) - 1, message, want \
	}
	CASE("HTTP/1.1 400 Bad Request\r\n", WRONG,
	     "http: server gave HTTP response to HTTPS client"),
	CASE("HTTP/", WRONG, "http: server gave HTTP response to HTTPS client"),
	CASE("SSH-2.0-OpenSSH_9.2\r\n", WRONG, NO_TLS),
	CASE("220 mail", WRONG, NO_TLS),
	CASE("GET / HTTP/1.1\r\n", "error:0A00009C:SSL routines::http request", NO_TLS),
	CASE("\27\3\3\0\5hello", UNEXPECTED, NO_TLS),
	CASE("\24\3\3\0\1\1", UNEXPECTED, NO_TLS),
	CASE("\26\40\3\0\5hello", WRONG, NO_TLS),
	CASE("\200\56\1\0\2", WRONG, "tls: unsupported SSLv2 handshake received"),
	CASE("", ENDED, "EOF"),
	CASE("HTTP", ENDED, "unexpected EOF"),
	CASE("\26\3\3\0\100abc", ENDED, "unexpected EOF"),
	CASE("", "Recv failure: Connection reset by peer", "read: connection reset by peer"),
	CASE("\25\3\3\0\2\2\50", "error:0A000410:SSL routines::sslv3 alert handshake failure",
	     "remote error: tls: handshake failure"),
	CASE("\25\3\3\0\2\2\143", "error:0A00044B:SSL routines::reason(1099)",
	     "remote error: tls: alert(99)"),
	CASE("\25\3\3\0\2\1\0", "SSL_connect: SSL_ERROR_ZERO_RETURN", "EOF"),
	CASE("\25\3\3\0\2\1\160", ENDED, "EOF"),
	CASE("\25\3\3\0\2\3\50", "error:0A0000F6:SSL routines::unknown alert type",
	     "local error: tls: unexpected message"),
	CASE("\25\3\3\0\1\2", "error:0A0000CD:SSL routines::invalid alert",
	     "local error: tls: unexpected message"),
	CASE("\26\3\3\377\377a", "error:0A0000C6:SSL routines::packet length too long",
	     "tls: oversized record received with length 65535"),
	CASE("\26\3\3\0\5\231\231\231\231\231", UNEXPECTED,
	     "tls: handshake message of length 10066329 bytes exceeds maximum of 65536 bytes"),
	CASE("\26\3\3\0\4\0\0\0\0", ENDED,
	     "tls: received unexpected handshake message of type *tls.helloRequestMsg when "
	     "waiting for *tls.serverHelloMsg"),
	CASE("\25\3\3\0\2\2\50", ENDED, "remote error: tls: handshake failure"),
	CASE("\25\3\3\0\2\2\50", "error:0A000086:SSL routines::certificate verify failed",
	     "remote error: tls: handshake failure"),
	CASE("\26\3\3\0\2\2\0", ENDED, "EOF"),
	CASE("\26\3\3\0\4\16\0\0\0", ENDED,
	     "tls: received unexpected handshake message of type *tls.serverHelloDoneMsg when "
	     "waiting for *tls.serverHelloMsg"),
	CASE("\26\3\3\0\4\2\0\0\0", "error:0A000126:SSL routines::unexpected eof while reading",
	     "EOF"),
	CASE("\26\3\3\0\5\2\0\0\1\3", "unsupported protocol, reset by peer",
	     "read: connection reset by peer"),
	CASE("\26\3\3\0\6\1\0\0\2\3\3", "unsupported protocol " ENDED, "EOF"),
	CASE("\26\3\3\0\0", ENDED, "local error: tls: unexpected message"),
	CASE("\26\3\3\0\6\2\0\0\2\3\3", "error:0A00009F:SSL routines::length mismatch",
	     "local error: tls: error decoding message"),
	CASE("\26\3\3\0\6\2\0\0\2\3\1", "error:0A000102:SSL routines::unsupported protocol",
	     "tls: server selected unsupported protocol version 301"),
};

static void test_first_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tls_peek p = { .n = cases[i].n, .watched = true };
		struct buf b = BUF_INIT;

		memcpy(p.data, cases[i].data, cases[i].n);
		assert_true(tls_peek_reason(&b, &p, cases[i].message));
		assert_string_equal(b.data, cases[i].want);
		buf_release(&b);
	}
}

static void test_unknown(void **state)
{
	struct tls_peek p = { .n = 0 };
	struct buf b = BUF_INIT;

	(void)state;
	assert_false(tls_peek_reason(&b, &p, WRONG));
	assert_false(tls_peek_alert(&b, WRONG));
	assert_false(tls_peek_alert(&b, "error:0A"));
	p.watched = true;
	assert_false(tls_peek_reason(&b, &p, WRONG));
	/* neither is known by these */
	memcpy(p.data, "\26\3\3\0\5\2\0\0\1\3", 10);
	p.n = 10;
	assert_false(
		tls_peek_reason(&b, &p, "error:0A000086:SSL routines::certificate verify failed"));
	assert_false(tls_peek_alert(&b, "error:0A0004E8:SSL routines::reason(1256)"));
	assert_int_equal(b.len, 0);
	/* an alert later on */
	assert_true(
		tls_peek_alert(&b,
			       "error:0A00045C:SSL routines::tlsv13 alert certificate required"));
	assert_string_equal(b.data, "remote error: tls: certificate required");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_bytes),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
