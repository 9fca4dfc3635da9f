/*
 * http_spare.h - easy handles of ended transfers, for the next ones: making and freeing one is much of the work for a small answer.
 *
 * A handle that is put away keeps nothing of its transfer. One thread; release it before the library's multi handle is cleaned up.
 */
#ifndef MODSCOPE_HTTP_SPARE_H
#define MODSCOPE_HTTP_SPARE_H

#include "fetch/curl_lib.h"

struct http_spare {
	CURL *handles[128];
	int n;
};

CURL *http_spare_take(struct http_spare *s, const struct curl_lib *curl); /* NULL: out of memory */
void http_spare_put(struct http_spare *s, const struct curl_lib *curl, CURL *easy);
void http_spare_release(struct http_spare *s, const struct curl_lib *curl);

#endif
