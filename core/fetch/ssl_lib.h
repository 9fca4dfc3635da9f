/*
 * ssl_lib.h - the libssl that libcurl uses, looked up when first needed: already loaded by libcurl, so this costs nothing.
 *
 * Only of use with objects that libcurl hands out while it uses OpenSSL 3. Thread-safe.
 */
#ifndef MODSCOPE_SSL_LIB_H
#define MODSCOPE_SSL_LIB_H

#include "base/base.h"

struct ssl_lib {
	const char *(*get_version)(const void *ssl);
	void *(*ctx_get_cert_store)(const void *ctx);
};

/* NULL if there is none. */
const struct ssl_lib *ssl_lib_get(void);

#endif
