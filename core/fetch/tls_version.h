/*
 * tls_version.h - the TLS version of a libcurl connection, if libcurl uses OpenSSL.
 *
 * OpenSSL, already loaded by libcurl, is looked up on first use. Thread-safe.
 */
#ifndef MODSCOPE_TLS_VERSION_H
#define MODSCOPE_TLS_VERSION_H

#include "fetch/curl_lib.h"

/* "TLSv1.3", static; NULL if unknown. Call only while the transfer runs. */
const char *tls_version_of(const struct curl_lib *curl, CURL *easy);

#endif
