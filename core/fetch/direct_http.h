/*
 * direct_http.h - git's smart protocol over http and https, by libcurl: a subtransport for libgit2.
 *
 * As git does it: redirects of the first request only count for the following ones, never from https to http; proxies as libcurl reads them from the
 * environment; roots as http_roots.h, GIT_SSL_CAINFO before them; user and password from the URL or from the caller, also for where a redirect leads. Answers stream, so memory is bounded; a connection that
 * stalls for a minute is given up, and cancelling ends it within a second. Errors are set at libgit2 (error_set_str), without credentials.
 *
 * Made by direct_http_new for one remote and freed by libgit2; one thread.
 */
#ifndef MODSCOPE_DIRECT_HTTP_H
#define MODSCOPE_DIRECT_HTTP_H

#include <git2/sys/transport.h>

#include "base/cancel.h"

struct goenv;

/* Borrowed, and outlives the remote. */
struct direct_http {
	const struct goenv *env;
	const struct cancel *cancel;
	/* User and password for a URL; false if there are none. */
	bool (*login)(void *ctx, const char *url, const char **user, const char **password);
	/* A server has refused the URL: true if there is now something to try. May be NULL. */
	bool (*refused)(void *ctx, const char *url);
	void *login_ctx;
};

/* git_smart_subtransport_cb; param is a struct direct_http. */
int direct_http_new(git_smart_subtransport **out, git_transport *owner, void *param);

#endif
