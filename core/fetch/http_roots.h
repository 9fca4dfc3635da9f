/*
 * http_roots.h - the certificates that go trusts: SSL_CERT_FILE, SSL_CERT_DIR.
 *
 * Follows crypto/x509/root_unix.go. One file, the first that can be read, and every file in all directories, whatever its name; each
 * variable replaces its list of usual places only. Anything but certificates is skipped. Blocks.
 */
#ifndef MODSCOPE_HTTP_ROOTS_H
#define MODSCOPE_HTTP_ROOTS_H

#include "base/buf.h"
#include "fetch/curl_lib.h"

struct goenv;

/* Never changed once read, so any thread may use them. */
struct http_roots {
	struct buf pem;
	VEC(void *) certificates; /* the same, as OpenSSL has parsed them */
};
#define HTTP_ROOTS_INIT { .pem = BUF_INIT }

/* Into an empty struct. False if neither variable is set: libcurl's defaults are the system's. */
bool http_roots_read(struct http_roots *r, const struct goenv *env);
void http_roots_release(struct http_roots *r);

/* CURLOPT_SSL_CTX_FUNCTION, with the roots as its data: what was parsed once is trusted, too, on every connection. Only if libcurl
 * can take them so: with OpenSSL 3. */
CURLcode http_roots_trust(CURL *easy, void *ssl_ctx, void *roots);
bool http_roots_can_trust(const struct curl_lib *curl);

#define HTTP_ROOTS_NAME 32
/* A file in memory with these bytes, as long as the descriptor is open, and its name; -1 if that is impossible. libcurl copies a blob for
 * every request and compares it with that of each connection; of a file it keeps only the name, and reads it once per connection. */
int http_roots_file(const char *pem, size_t len, char name[HTTP_ROOTS_NAME]);

#endif
