/*
 * goauth.h - credentials from git: GOAUTH=git DIR.
 *
 * Follows cmd/go/internal/auth (gitauth.go): after a server's 4xx, and only if GOAUTH contains `git DIR`, runs `git credential fill` in DIR with the URL;
 * the result counts if it is for a prefix of the URL. Nothing else runs git, and custom GOAUTH commands are not run. git cannot prompt on the terminal. Each URL is asked for once.
 * Any thread; goauth_ask blocks. Credentials must not reach a screen or a log.
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
/* Asks git about an https URL that a server has refused; true if there are now credentials to try. */
bool goauth_ask(struct goauth *g, const char *url, const struct cancel *cancel);
/* The credentials from git for a URL; false if there are none. */
bool goauth_find(struct goauth *g, const char *url, struct netrc_entry *entry);

#endif
