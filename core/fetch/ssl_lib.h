/*
 * ssl_lib.h - the libssl that libcurl uses, looked up when first needed: already loaded by libcurl, so this costs nothing.
 *
 * Only of use with objects that libcurl hands out while it uses OpenSSL 3. Thread-safe.
 */
#ifndef MODSCOPE_SSL_LIB_H
#define MODSCOPE_SSL_LIB_H

#include "base/base.h"

struct curl_lib;

/* openssl/bio.h and ssl.h; a callback that is NULL is none. */
typedef long ssl_lib_on_bio(void *bio, int operation, const char *data, size_t len, int argi, long argl, int result,
			    size_t *done);
typedef void ssl_lib_on_message(int sent, int version, int type, const void *data, size_t len, void *ssl, void *ctx);

struct ssl_lib {
	const char *(*get_version)(const void *ssl);
	void *(*ctx_get_cert_store)(const void *ctx);
	void (*ctx_set_msg_callback)(void *ctx, ssl_lib_on_message *cb);
	long (*ctx_ctrl)(void *ctx, int command, long number, void *p);
	void (*set_msg_callback)(void *ssl, ssl_lib_on_message *cb);
	void *(*get_rbio)(const void *ssl);
	void (*bio_set_callback)(void *bio, ssl_lib_on_bio *cb);
	void (*bio_set_callback_arg)(void *bio, char *arg);
	void *(*bio_get_callback_arg)(const void *bio);
};

/* NULL if there is none. */
const struct ssl_lib *ssl_lib_get(void);
/* Whether it is the library that libcurl uses; in ELF only one of a name is loaded. */
bool ssl_lib_is_of(const struct curl_lib *curl);

#endif
