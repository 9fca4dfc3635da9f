#include "fetch/tls_version.h"

#include "fetch/ssl_lib.h"

const char *tls_version_of(const struct curl_lib *curl, CURL *easy)
{
	const struct curl_tlssessioninfo *info = NULL;
	const struct ssl_lib *ssl;

	curl->easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info);
	if (!info || info->backend != CURLSSLBACKEND_OPENSSL || !info->internals)
		return NULL;
	ssl = ssl_lib_get();
	return ssl ? ssl->get_version(info->internals) : NULL;
}
