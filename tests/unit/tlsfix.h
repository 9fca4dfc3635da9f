/*
 * tlsfix.h - TLS in front of a server on loopback (httpfix.h): what is asked there is handed on in plain text.
 *
 *	if (!tlsfix_start(&t, s.port))          // prints why it is skipped
 *		return -1;
 *	... "https://127.0.0.1:%d/x", t.port; roots: t.pem ...
 *	tlsfix_say(&t, "\25\3\3", 3);           // from now on says this to a hello, and nothing else; NULL ends it
 *	tlsfix_stop(&t);
 *
 * The certificate is made anew, for 127.0.0.1 and localhost, until the end of 2099. One connection at a time.
 */
#ifndef MODSCOPE_TLSFIX_H
#define MODSCOPE_TLSFIX_H

#include "httpfix.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/dynlib.h"

#define TLSFIX_END "Dec 31 23:59:59 2099 GMT"

struct tlsfix_lib {
	const SSL_METHOD *(*method)(void);
	SSL_CTX *(*ctx_new)(const SSL_METHOD *m);
	void (*ctx_free)(SSL_CTX *c);
	int (*use_certificate)(SSL_CTX *c, X509 *x);
	int (*use_key)(SSL_CTX *c, EVP_PKEY *k);
	SSL *(*new_ssl)(SSL_CTX *c);
	void (*free_ssl)(SSL *s);
	int (*set_fd)(SSL *s, int fd);
	int (*accept)(SSL *s);
	int (*read)(SSL *s, void *p, int n);
	int (*write)(SSL *s, const void *p, int n);
	int (*shutdown)(SSL *s);
};

struct tlsfix {
	struct tlsfix_lib lib;
	SSL_CTX *ctx;
	int fd, port, behind;
	pthread_t thread;
	pthread_mutex_t mutex;
	const char *say; /* under the mutex, with its length */
	size_t say_len;
	const char *pem; /* the file */
};

static inline bool tlsfix_load(struct tlsfix_lib *lib)
{
	static const struct dynlib_symbol symbols[] = {
		{ "TLS_server_method", offsetof(struct tlsfix_lib, method) },
		{ "SSL_CTX_new", offsetof(struct tlsfix_lib, ctx_new) },
		{ "SSL_CTX_free", offsetof(struct tlsfix_lib, ctx_free) },
		{ "SSL_CTX_use_certificate", offsetof(struct tlsfix_lib, use_certificate) },
		{ "SSL_CTX_use_PrivateKey", offsetof(struct tlsfix_lib, use_key) },
		{ "SSL_new", offsetof(struct tlsfix_lib, new_ssl) },
		{ "SSL_free", offsetof(struct tlsfix_lib, free_ssl) },
		{ "SSL_set_fd", offsetof(struct tlsfix_lib, set_fd) },
		{ "SSL_accept", offsetof(struct tlsfix_lib, accept) },
		{ "SSL_read", offsetof(struct tlsfix_lib, read) },
		{ "SSL_write", offsetof(struct tlsfix_lib, write) },
		{ "SSL_shutdown", offsetof(struct tlsfix_lib, shutdown) },
	};
	const char *why = dynlib_load("libssl.so.3", symbols, ARRAY_LEN(symbols), lib);

	if (why)
		print_message("SKIPPED: no server with TLS: %s\n", why);
	return !why;
}

static inline void tlsfix_extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(x);
	X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
}

static inline X509 *tlsfix_certificate(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	ASN1_TIME_set_string(X509_getm_notBefore(cert), "20200101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(cert), "20991231235959Z");
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"tlsfix", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, key);
	tlsfix_extend(cert, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost,DNS:sub.localhost");
	tlsfix_extend(cert, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static inline void tlsfix_make(struct tlsfix *t)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = tlsfix_certificate(key);
	FILE *f = fopen(t->pem, "w");

	assert_non_null(f);
	assert_true(PEM_write_X509(f, cert));
	fclose(f);
	t->ctx = t->lib.ctx_new(t->lib.method());
	assert_true(t->lib.use_certificate(t->ctx, cert) == 1 && t->lib.use_key(t->ctx, key) == 1);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static inline int tlsfix_connect(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One request, and the whole answer. */
static inline void tlsfix_relay(const struct tlsfix *t, SSL *ssl, int behind)
{
	char part[8192], *end = NULL, *length;
	struct buf b = BUF_INIT;
	size_t want = SIZE_MAX;
	int n;

	while (b.len < want && (n = t->lib.read(ssl, part, sizeof(part))) > 0) {
		buf_add(&b, part, (size_t)n);
		end = strstr(b.data, "\r\n\r\n");
		length = strcasestr(b.data, "\r\nContent-Length: ");
		if (end)
			want = (size_t)(end - b.data) + 4 + (length ? strtoul(length + 18, NULL, 10) : 0);
	}
	if (end) {
		httpfix_send(behind, b.data, b.len);
		while ((n = (int)recv(behind, part, sizeof(part), 0)) > 0)
			if (t->lib.write(ssl, part, n) <= 0)
				break;
	}
	buf_release(&b);
}

static inline void tlsfix_serve_one(const struct tlsfix *t, int conn)
{
	SSL *ssl = t->lib.new_ssl(t->ctx);
	int behind;

	t->lib.set_fd(ssl, conn);
	if (t->lib.accept(ssl) == 1 && (behind = tlsfix_connect(t->behind)) >= 0) {
		tlsfix_relay(t, ssl, behind);
		close(behind);
		t->lib.shutdown(ssl);
	}
	t->lib.free_ssl(ssl);
	ERR_clear_error();
}

static inline void *tlsfix_run(void *ctx)
{
	struct tlsfix *t = ctx;
	char hello[4096];
	int conn;

	while ((conn = accept(t->fd, NULL, NULL)) >= 0) {
		const char *say;
		size_t len;

		pthread_mutex_lock(&t->mutex);
		say = t->say;
		len = t->say_len;
		pthread_mutex_unlock(&t->mutex);
		if (!say) {
			tlsfix_serve_one(t, conn);
		} else if (recv(conn, hello, sizeof(hello), 0) > 0) {
			httpfix_send(conn, say, len);
			shutdown(conn, SHUT_WR);
			while (recv(conn, hello, sizeof(hello), 0) > 0)
				continue;
		}
		close(conn);
	}
	return NULL;
}

static inline bool tlsfix_start(struct tlsfix *t, int behind)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	memset(t, 0, sizeof(*t));
	t->behind = behind;
	t->pem = tmp_path("tlsfix.pem");
	if (!tlsfix_load(&t->lib))
		return false;
	tlsfix_make(t);
	pthread_mutex_init(&t->mutex, NULL);
	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(t->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(t->fd, 64), 0);
	assert_int_equal(getsockname(t->fd, (struct sockaddr *)&at, &n), 0);
	t->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&t->thread, NULL, tlsfix_run, t), 0);
	return true;
}

static inline void tlsfix_say(struct tlsfix *t, const char *data, size_t len)
{
	pthread_mutex_lock(&t->mutex);
	t->say = data;
	t->say_len = len;
	pthread_mutex_unlock(&t->mutex);
}

static inline void tlsfix_stop(struct tlsfix *t)
{
	if (!t->ctx)
		return;
	shutdown(t->fd, SHUT_RDWR);
	pthread_join(t->thread, NULL);
	close(t->fd);
	t->lib.ctx_free(t->ctx);
	pthread_mutex_destroy(&t->mutex);
}

/* Both servers of a test, or neither. */
static inline int tlsfix_setup(void **state, struct tlsfix *t, struct httpfix *s,
			       void (*answer)(struct httpfix *s, int conn, const struct httpfix_request *q))
{
	if (httpfix_setup(state, s, answer))
		return -1;
	return tlsfix_start(t, s->port) ? 0 : -1;
}

static inline int tlsfix_teardown(void **state, struct tlsfix *t, struct httpfix *s)
{
	tlsfix_stop(t);
	return httpfix_teardown(state, s);
}

#endif
