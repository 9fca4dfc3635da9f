#include "fetch/tls_version.h"

#include <pthread.h>

#include "base/dynlib.h"

#ifdef __APPLE__
#define SSL_SONAME "libssl.3.dylib"
#else
#define SSL_SONAME "libssl.so.3"
#endif

struct ssl_lib {
	const char *(*get_version)(const void *ssl);
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ssl_lib once_lib;
static bool once_usable;

static void load(void)
{
	static const struct dynlib_symbol symbols[] = {
		{ "SSL_get_version", offsetof(struct ssl_lib, get_version) },
	};

	once_usable = !dynlib_load(SSL_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);
}

const char *tls_version_of(const struct curl_lib *curl, CURL *easy)
{
	const struct curl_tlssessioninfo *info = NULL;

	curl->easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info);
	if (!info || info->backend != CURLSSLBACKEND_OPENSSL || !info->internals)
		return NULL;
	pthread_once(&once, load);
	return once_usable ? once_lib.get_version(info->internals) : NULL;
}
