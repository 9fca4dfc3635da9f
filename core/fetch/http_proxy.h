/*
 * http_proxy.h - the HTTP proxy of a request: HTTP_PROXY, HTTPS_PROXY, NO_PROXY.
 *
 * net/http's rules (golang.org/x/net/http/httpproxy), which are not libcurl's: upper-case names take precedence over
 * lower-case ones, loopback addresses and "localhost" are never proxied, NO_PROXY may contain networks and ports.
 * Immutable after loading; any thread. The values may contain credentials.
 */
#ifndef MODSCOPE_HTTP_PROXY_H
#define MODSCOPE_HTTP_PROXY_H

#include "base/base.h"

struct goenv;

struct http_proxy_settings {
	char *http, *https; /* URLs; NULL if there is none */
	char *no_proxy;	    /* the list as written; NULL if there is none */
	bool cgi;	    /* REQUEST_METHOD is set: HTTP_PROXY may come from a client's header */
};

void http_proxy_load(struct http_proxy_settings *p, const struct goenv *env);
void http_proxy_release(struct http_proxy_settings *p);
/* Every request of that scheme fails, because HTTP_PROXY is untrusted in CGI. Check before NO_PROXY. */
bool http_proxy_refuses(const struct http_proxy_settings *p, const char *scheme);
/* The proxy for a request, "" for none. host without brackets or port; an IPv6 address may have brackets. */
const char *http_proxy_for(const struct http_proxy_settings *p, const char *scheme, const char *host,
			     const char *port);

#endif
