/*
 * tls_version.h - which version of TLS a connection of libcurl speaks, where libcurl is built with OpenSSL.
 *
 * OpenSSL's library is looked up when it is first asked for: it is the one that libcurl has loaded. Thread-safe.
 */
#ifndef MODSCOPE_TLS_VERSION_H
#define MODSCOPE_TLS_VERSION_H

#include "fetch/curl_lib.h"

/* "TLSv1.3", static; NULL if it cannot be told. Only while the transfer runs. */
const char *tls_version_of(const struct curl_lib *curl, CURL *easy);

#endif
