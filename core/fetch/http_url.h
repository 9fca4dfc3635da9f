/*
 * http_url.h - the parts of a URL, as libcurl reads it.
 *
 * Pure; any thread. A struct http_url owns its strings: http_url_release frees them, also after http_url_split has failed.
 */
#ifndef MODSCOPE_HTTP_URL_H
#define MODSCOPE_HTTP_URL_H

#include "fetch/curl_lib.h"

struct http_url {
	char *scheme, *host, *port;
	char *bare;	       /* the URL without user and password */
	char *user, *password; /* decoded; NULL if there is none */
};

/* False if it is no URL with a scheme and a host. */
bool http_url_split(const struct curl_lib *curl, const char *url, struct http_url *parts);
void http_url_release(struct http_url *parts);
/* The URL that a redirect from `base` leads to; NULL if it is none. free(3). */
char *http_url_resolve(const struct curl_lib *curl, const char *base, const char *location);
/* net/http.shouldCopyHeaderOnRedirect: the same host as the first one, or a subdomain. */
bool http_url_is_same_domain(const char *first_host, const char *next_host);

#endif
