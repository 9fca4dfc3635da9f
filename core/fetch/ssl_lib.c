#include "fetch/ssl_lib.h"

#include <pthread.h>

#include "base/dynlib.h"

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
	};

	once_usable = !dynlib_load(SSL_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);
}

const struct ssl_lib *ssl_lib_get(void)
{
	pthread_once(&once, load);
	return once_usable ? &once_lib : NULL;
}
