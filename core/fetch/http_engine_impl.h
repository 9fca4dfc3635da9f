/*
 * http_engine_impl.h - what libcurl tells about a transfer, for http_engine*.c. The engine's thread.
 */
#ifndef MODSCOPE_HTTP_ENGINE_IMPL_H
#define MODSCOPE_HTTP_ENGINE_IMPL_H

#include "fetch/http_engine.h"

/* Fills in the results but for status, headers and code, while t->easy is still there. */
void http_engine_take_facts(const struct curl_lib *curl, struct http_engine_transfer *t);
/* CURLOPT_OPENSOCKETFUNCTION, with the transfer: remembers the address that was tried first, which go names if it cannot be reached. */
curl_socket_t http_engine_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a);
/* Options of TLS: which roots are trusted (NULL: libcurl's own), and that the server's first bytes are kept. */
void http_engine_set_tls(const struct curl_lib *curl, struct http_engine_transfer *t, const struct http_roots *roots);

#endif
