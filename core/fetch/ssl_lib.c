#include "fetch/ssl_lib.h"

#include <pthread.h>

#include "base/dynlib.h"
#include "fetch/curl_lib.h"

#ifdef __APPLE__
#define SSL_SONAME "libssl.3.dylib"
#else
#define SSL_SONAME "libssl.so.3"
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ssl_lib once_lib;
static bool once_usable;

static void load(void)
{
	static const struct dynlib_symbol symbols[] = {
		{ "SSL_get_version", offsetof(struct ssl_lib, get_version) },
		{ "SSL_CTX_get_cert_store", offsetof(struct ssl_lib, ctx_get_cert_store) },
		{ "SSL_CTX_set_msg_callback", offsetof(struct ssl_lib, ctx_set_msg_callback) },
		{ "SSL_CTX_ctrl", offsetof(struct ssl_lib, ctx_ctrl) },
		{ "SSL_set_msg_callback", offsetof(struct ssl_lib, set_msg_callback) },
		{ "SSL_get_rbio", offsetof(struct ssl_lib, get_rbio) },
		/* libcrypto's, which it needs */
		{ "BIO_set_callback_ex", offsetof(struct ssl_lib, bio_set_callback) },
		{ "BIO_set_callback_arg", offsetof(struct ssl_lib, bio_set_callback_arg) },
		{ "BIO_get_callback_arg", offsetof(struct ssl_lib, bio_get_callback_arg) },
	};

	once_usable = !dynlib_load(SSL_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);
}

const struct ssl_lib *ssl_lib_get(void)
{
	pthread_once(&once, load);
	return once_usable ? &once_lib : NULL;
}

bool ssl_lib_is_of(const struct curl_lib *curl)
{
#ifdef __APPLE__
	(void)curl;
	return false;
#else
	const char *tls = curl->version_info(CURLVERSION_NOW)->ssl_version;

	return tls && str_has_prefix(tls, "OpenSSL/3.") && ssl_lib_get();
#endif
}
