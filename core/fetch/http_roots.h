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
#include "fetch/http_root.h"

struct goenv;

#define HTTP_ROOTS_NAME 32
/* Never changed once read, so any thread may use them. */
struct http_roots {
	struct http_root_list certificates;
	bool on_demand; /* libcurl uses OpenSSL, which is given what it asks for; otherwise all, as pem */
	struct buf pem;
	int fd;			  /* of a file in memory with pem; -1: none */
	char file[HTTP_ROOTS_NAME];
	char *failed; /* why the first of the files and directories could not be read, unless it is missing; NULL: none */
};
#define HTTP_ROOTS_INIT { .certificates = HTTP_ROOT_LIST_INIT, .pem = BUF_INIT, .fd = -1 }

/* Into an empty struct. False if neither variable is set, and libcurl's defaults are to be used: it does not use OpenSSL, and would
 * parse them all; or nothing is at the usual places. */
bool http_roots_read(struct http_roots *r, const struct curl_lib *curl, const struct goenv *env);
void http_roots_release(struct http_roots *r);
/* Replaces the roots that libcurl trusts by these; none is trusted if there are none. They must outlive the transfer. */
void http_roots_use(const struct http_roots *r, const struct curl_lib *curl, CURL *easy);
/* With on_demand: they are trusted on the connections of that SSL_CTX. For a CURLOPT_SSL_CTX_FUNCTION other than http_roots_use's. */
CURLcode http_roots_trust(const struct http_roots *r, void *ssl_ctx);

#endif
