/*
 * goauth.h - credentials for https, as GOAUTH says: from netrc, from git, from the user's own commands.
 *
 * Follows cmd/go/internal/auth: before the first https request of a process, netrc is read and each command of the user's own is run, the last one of GOAUTH
 * first, so that of two for a prefix the one that stands before counts. After a server's 4xx each is asked again, with the URL and the answer's headers;
 * `git DIR` only then, as `git credential fill` in DIR. What they give counts for all URLs below its prefix; the longest prefix wins.
 *
 * Commands of the user's own are run where goenv_runs_auth says so, and nowhere else. None can ask on the terminal; each has a minute. After a 4xx a URL is asked for once.
 * Any thread; goauth_begin and goauth_ask block. Credentials live as long as the store. Nothing of them may reach a screen or a log: http_secret.h knows each.
 *
 *	goauth_init(&g, env);
 *	goauth_begin(&g, cancel);
 *	c = goauth_find(&g, url);
 *	if (status is 4xx && goauth_ask(&g, url, head, cancel))
 *		c = goauth_find(&g, url);
 *	goauth_release(&g);
 */
#ifndef MODSCOPE_GOAUTH_H
#define MODSCOPE_GOAUTH_H

#include <pthread.h>

#include "base/cancel.h"
#include "base/map.h"
#include "fetch/netrc.h"

struct goauth_reply;

/* Either a login or lines. */
struct goauth_credential {
	const char *user, *password; /* NULL if lines are sent instead */
	const char *const *lines;    /* "Name: value" or "Name;", NULL ends them; NULL if there is a login */
	const char *const *elsewhere; /* of these, what a redirect to another domain keeps */
	bool authorizes;	     /* a line is Authorization: a URL's own login does not count */
};

struct goauth {
	const struct goenv *env;   /* borrowed */
	pthread_mutex_t beginning; /* held until all have been run once */
	bool begun;
	pthread_mutex_t mutex; /* of what follows */
	struct arena arena;
	struct map found; /* prefix -> struct goauth_credential, NULL where one was taken back */
	struct map asked; /* URLs */
};

void goauth_init(struct goauth *g, const struct goenv *env);
void goauth_release(struct goauth *g);
/* Runs what is to be run before the first request, once. */
void goauth_begin(struct goauth *g, const struct cancel *cancel);
/* Of an https URL that a server has refused; head is its answer without the body, "" if that is not known. True if there is now something to try. */
bool goauth_ask(struct goauth *g, const char *url, const char *head, const struct cancel *cancel);
/* NULL if there is none. */
const struct goauth_credential *goauth_find(struct goauth *g, const char *url);

#endif
