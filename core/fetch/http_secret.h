/*
 * http_secret.h - the secrets in requests, and masking them in texts.
 *
 * A server may send back what it received: a password, a token from a query, an Authorization header. Each secret is recorded
 * when it is sent, raw, URL-encoded and as basic authentication encodes it, and is masked
 * in every text that comes from a server. Secrets shorter than four bytes are not masked.
 *
 * There is one set per process: a secret sent by one client may appear in another's answer or in a cached file. Any thread.
 */
#ifndef MODSCOPE_HTTP_SECRET_H
#define MODSCOPE_HTTP_SECRET_H

#include <pthread.h>

#include "base/buf.h"
#include "base/err.h"

struct http_hop;

struct http_secrets {
	pthread_mutex_t mutex;
	bool certain;	/* of the secrets being added */
	VEC(struct http_secret {
		char *text;
		bool certain;	/* a password, a login, a query value whose name says secret */
	}) list;	/* longest first */
};

/* The set of all that this process has sent; nothing is ever removed. */
struct http_secrets *http_secrets_sent(void);
/* User, password and query values of a URL. */
void http_secrets_add_url(struct http_secrets *s, const char *url);
/* A login for basic authentication; either may be NULL. */
void http_secrets_add_login(struct http_secrets *s, const char *user, const char *password);
/* Replaces each secret in the text, which comes from an answer, by "xxxxx". */
void http_secrets_mask(struct http_secrets *s, struct buf *text);
/* Masks only certain secrets: for texts in which the same words may be harmless. */
void http_secrets_mask_certain(struct http_secrets *s, struct buf *text);
void http_secrets_mask_text(struct http_secrets *s, char **text);	/* the same for a malloc'ed text; NULL is fine */
void http_secrets_mask_err(struct http_secrets *s, struct err *e);
void http_secrets_mask_hop(struct http_secrets *s, struct http_hop *hop);

#endif
