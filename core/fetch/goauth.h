/*
 * goauth.h - credentials that git keeps: GOAUTH=git DIR.
 *
 * Follows cmd/go/internal/auth (gitauth.go): after a server's 4xx, and only where GOAUTH says `git DIR`, `git credential fill` is run in DIR with the URL;
 * what it gives counts if it is for a prefix of the URL. Nothing else runs git, and a command of the user's own is not run. It cannot ask on the terminal. A URL is asked for once.
 * Any thread; goauth_ask blocks. Nothing of it may reach a screen or a log.
 *
 *	goauth_init(&g, env);
 *	if (status is 4xx && goauth_ask(&g, url, cancel))
 *		goauth_find(&g, url, &entry);
 *	goauth_release(&g);
 */
#ifndef MODSCOPE_GOAUTH_H
#define MODSCOPE_GOAUTH_H

#include <pthread.h>

#include "base/cancel.h"
#include "base/map.h"
#include "fetch/netrc.h"

struct goauth {
	const struct goenv *env; /* borrowed */
	pthread_mutex_t mutex;	 /* of what follows */
	struct netrc found;
	struct map asked; /* URLs */
};

void goauth_init(struct goauth *g, const struct goenv *env);
void goauth_release(struct goauth *g);
/* Asks git for an https URL that a server has refused; true if there is something now to try. */
bool goauth_ask(struct goauth *g, const char *url, const struct cancel *cancel);
/* What git has given for a URL. */
bool goauth_find(struct goauth *g, const char *url, struct netrc_entry *entry);

#endif
