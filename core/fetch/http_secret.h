/*
 * http_secret.h - the secrets that requests carry, and texts without them.
 *
 * What a server sends back may hold what it was sent: a password, a token of a query, the header made of both. Each secret is known
 * from the moment it is sent, as it stands, as a URL writes it, and as the header of basic authentication encodes it; and is masked
 * wherever a text comes from a server. What is shorter than four bytes hides nothing and is left.
 *
 * Those of the process are one set: what one client was sent, another's answer or a file that it left may hold. Any thread.
 */
#ifndef MODSCOPE_HTTP_SECRET_H
#define MODSCOPE_HTTP_SECRET_H

#include <pthread.h>

#include "base/buf.h"
#include "base/err.h"

struct http_hop;

struct http_secrets {
	pthread_mutex_t mutex;
	bool certain;	/* of what is being added */
	VEC(struct http_secret {
		char *text;
		bool certain;	/* a password, a login, a value that its name in a query calls secret */
	}) list;	/* the longest first */
};

/* All that this process has sent; what is in it stays. */
struct http_secrets *http_secrets_sent(void);
/* User, password and query values of a URL. */
void http_secrets_add_url(struct http_secrets *s, const char *url);
/* What is sent as basic authentication; either may be NULL. */
void http_secrets_add_login(struct http_secrets *s, const char *user, const char *password);
/* Each of them in the text, which was made of an answer, becomes "xxxxx". */
void http_secrets_mask(struct http_secrets *s, struct buf *text);
/* Only those that are secrets for certain: for texts that may hold the same words otherwise. */
void http_secrets_mask_certain(struct http_secrets *s, struct buf *text);
void http_secrets_mask_text(struct http_secrets *s, char **text);	/* the same for one that is owned; NULL is fine */
void http_secrets_mask_err(struct http_secrets *s, struct err *e);
void http_secrets_mask_hop(struct http_secrets *s, struct http_hop *hop);

#endif
