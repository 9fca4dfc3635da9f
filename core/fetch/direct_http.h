/*
 * direct_http.h - git's smart protocol over http and https, through libcurl: a subtransport for libgit2.
 *
 * As in git, only a redirect of the first request is followed, and it holds for later requests; never from https to http. Proxies are those that libcurl reads from the
 * environment; roots those of GIT_SSL_CAINFO, else http_roots.h; user and password come from the URL or the caller, also for the target of a redirect. Answers stream, so memory is bounded; a connection that
 * stalls for a minute is dropped, and cancelling ends it within a second. Errors are reported through libgit2 (error_set_str), without credentials.
 *
 * Made by direct_http_new for one remote and freed by libgit2; one thread.
 */
#ifndef MODSCOPE_DIRECT_HTTP_H
#define MODSCOPE_DIRECT_HTTP_H

#include <git2/sys/transport.h>

#include "base/cancel.h"

struct goenv;

/* Borrowed; must outlive the remote. */
struct direct_http {
	const struct goenv *env;
	const struct cancel *cancel;
	/* User and password for a URL; false if there are none. */
	bool (*login)(void *ctx, const char *url, const char **user, const char **password);
	/* A server has refused the URL; true if there is now a login to try. May be NULL. */
	bool (*refused)(void *ctx, const char *url);
	void *login_ctx;
};

/* git_smart_subtransport_cb; param is a struct direct_http. */
int direct_http_new(git_smart_subtransport **out, git_transport *owner, void *param);

#endif
