#include "fetch/tls_peek.h"

#include "base/text.h"
#include "fetch/ssl_lib.h"

/* openssl/bio.h, ssl.h */
#define BIO_READ_DONE 0x82 /* BIO_CB_READ | BIO_CB_RETURN */
#define SET_MSG_CALLBACK_ARG 16
#define ALERT_REASONS 1000 /* SSL_AD_REASON_OFFSET */

enum { RECORD_HEADER = 5, MESSAGE_HEADER = 4, ALERT = 21, HANDSHAKE = 22 };
enum { MAX_CIPHERTEXT = 16384 + 2048, MAX_HANDSHAKE = 65536 };

static long on_read(void *bio, int operation, const char *data, size_t len, int argi, long argl,
		    int result, size_t *done)
{
	const struct ssl_lib *lib = ssl_lib_get();
	struct tls_peek *p;
	size_t n;

	(void)len, (void)argi, (void)argl;
	/* when it is freed, p need not be there any more */
	if (operation != BIO_READ_DONE || result <= 0 || !done || !*done)
		return result;
	p = lib->bio_get_callback_arg(bio);
	n = MIN(*done, sizeof(p->data) - p->n);
	memcpy(p->data + p->n, data, n);
	p->n += n;
	if (p->n == sizeof(p->data))
		lib->bio_set_callback(bio, NULL);
	return result;
}

/* The first call is about the hello that is sent. */
static void on_message(int sent, int version, int type, const void *data, size_t len, void *ssl,
		       void *ctx)
{
	const struct ssl_lib *lib = ssl_lib_get();
	void *bio = lib->get_rbio(ssl);
	struct tls_peek *p = ctx;

	(void)sent, (void)version, (void)type, (void)data, (void)len;
	lib->set_msg_callback(ssl, NULL);
	if (!bio)
		return;
	p->n = 0;
	p->watched = true;
	lib->bio_set_callback_arg(bio, (char *)p);
	lib->bio_set_callback(bio, on_read);
}

void tls_peek_watch(void *ssl_ctx, struct tls_peek *p)
{
	const struct ssl_lib *lib = ssl_lib_get();

	lib->ctx_set_msg_callback(ssl_ctx, on_message);
	lib->ctx_ctrl(ssl_ctx, SET_MSG_CALLBACK_ARG, 0, p);
}

static const struct {
	int alert;
	const char *text;
} alerts[] = {
	{ 0, "close notify" },
	{ 10, "unexpected message" },
	{ 20, "bad record MAC" },
	{ 21, "decryption failed" },
	{ 22, "record overflow" },
	{ 30, "decompression failure" },
	{ 40, "handshake failure" },
	{ 42, "bad certificate" },
	{ 43, "unsupported certificate" },
	{ 44, "revoked certificate" },
	{ 45, "expired certificate" },
	{ 46, "unknown certificate" },
	{ 47, "illegal parameter" },
	{ 48, "unknown certificate authority" },
	{ 49, "access denied" },
	{ 50, "error decoding message" },
	{ 51, "error decrypting message" },
	{ 60, "export restriction" },
	{ 70, "protocol version not supported" },
	{ 71, "insufficient security level" },
	{ 80, "internal error" },
	{ 86, "inappropriate fallback" },
	{ 90, "user canceled" },
	{ 100, "no renegotiation" },
	{ 109, "missing extension" },
	{ 110, "unsupported extension" },
	{ 111, "certificate unobtainable" },
	{ 112, "unrecognized name" },
	{ 113, "bad certificate status response" },
	{ 114, "bad certificate hash value" },
	{ 115, "unknown PSK identity" },
	{ 116, "certificate required" },
	{ 120, "no application protocol" },
	{ 121, "encrypted client hello required" },
};

static bool add_alert(struct buf *b, int alert)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].alert == alert) {
			buf_addf(b, "remote error: tls: %s", alerts[i].text);
			return true;
		}
	buf_addf(b, "remote error: tls: alert(%d)", alert);
	return true;
}

/* The server's alert in "error:0A000410:SSL routines::...", from any point of the connection; -1: none. */
static int alert_of(const char *message)
{
	const char *code = strstr(message, "error:0A");
	unsigned long reason = code ? strtoul(code + 8, NULL, 16) : 0;

	return reason >= ALERT_REASONS && reason <= ALERT_REASONS + 255
		       ? (int)reason - ALERT_REASONS
		       : -1;
}

static bool add(struct buf *b, const char *text)
{
	buf_addstr(b, text);
	return true;
}

/* Nothing more came, in the middle of a record or not. */
static bool add_end(struct buf *b, const char *message, bool middle)
{
	if (strstr(message, "reset by peer"))
		return add(b, "read: connection reset by peer");
	if (!strstr(message, "SSL_ERROR_SYSCALL") && !strstr(message, "SSL_ERROR_ZERO_RETURN") &&
	    !strstr(message, "unexpected eof"))
		return false;
	return add(b, middle ? "unexpected EOF" : "EOF");
}

static size_t number(const unsigned char *p, int n)
{
	size_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static bool handshake_reason(struct buf *b, const unsigned char *p, size_t n, const char *message)
{
	size_t len;

	if (n < MESSAGE_HEADER)
		return n ? add_end(b, message, false)
			 : add(b, "local error: tls: unexpected message");
	len = number(p + 1, 3);
	if (len > MAX_HANDSHAKE) {
		buf_addf(b,
			 "tls: handshake message of length %zu bytes exceeds maximum of %d bytes",
			 len, MAX_HANDSHAKE);
		return true;
	}
	if (strstr(message, "unsupported protocol") && p[0] == 2 && n >= MESSAGE_HEADER + 2) {
		buf_addf(b, "tls: server selected unsupported protocol version %zx",
			 number(p + MESSAGE_HEADER, 2));
		return true;
	}
	if (strstr(message, "length mismatch"))
		return add(b, "local error: tls: error decoding message");
	if (!len && (p[0] == 0 || p[0] == 14)) {
		buf_addf(b,
			 "tls: received unexpected handshake message of type *tls.%s when waiting "
			 "for *tls.serverHelloMsg",
			 p[0] ? "serverHelloDoneMsg" : "helloRequestMsg");
		return true;
	}
	return add_end(b, message, false);
}

static bool alert_reason(struct buf *b, const unsigned char *p, size_t n, const char *message)
{
	if (n != 2)
		return add(b, "local error: tls: unexpected message");
	if (p[1] == 0)
		return add(b, "EOF");
	if (p[0] == 2)
		return add_alert(b, p[1]);
	return p[0] == 1 ? add_end(b, message, false)
			 : add(b, "local error: tls: unexpected message");
}

/* The first record. */
static bool record_reason(struct buf *b, const struct tls_peek *p, const char *message)
{
	const unsigned char *d = p->data;
	size_t len, have;

	if (p->n < RECORD_HEADER)
		return add_end(b, message, p->n > 0);
	if (d[0] == 0x80)
		return add(b, "tls: unsupported SSLv2 handshake received");
	if ((d[0] != ALERT && d[0] != HANDSHAKE) || d[1] >= 0x10)
		return add(b, memcmp(d, "HTTP/", RECORD_HEADER) == 0
				      ? "http: server gave HTTP response to HTTPS client"
				      : "tls: first record does not look like a TLS handshake");
	len = number(d + 3, 2);
	if (len > MAX_CIPHERTEXT) {
		buf_addf(b, "tls: oversized record received with length %zu", len);
		return true;
	}
	have = MIN(p->n - RECORD_HEADER, len);
	if (have < len && p->n < sizeof(p->data))
		return add_end(b, message, true);
	return d[0] == ALERT ? alert_reason(b, d + RECORD_HEADER, len, message)
			     : handshake_reason(b, d + RECORD_HEADER, have, message);
}

bool tls_peek_alert(struct buf *b, const char *message)
{
	int alert = alert_of(message);

	return alert >= 0 && add_alert(b, alert);
}

bool tls_peek_reason(struct buf *b, const struct tls_peek *p, const char *message)
{
	return tls_peek_alert(b, message) || (p->watched && record_reason(b, p, message));
}
