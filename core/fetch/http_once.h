/*
 * http_once.h - what servers have answered, for all clients of a process: a question is asked once, whoever has it.
 *
 * The first to ask gets a turn and sends the request; who asks meanwhile waits for that answer, who asks later gets it again: what was found
 * or not found for ten minutes, a failure for five seconds, nothing after http_once_renew (a reload). The turn of an asker who was
 * cancelled passes to another. Of more than 32 MiB the oldest are dropped. Questions with a sink or for a certificate are
 * not shared. Thread-safe; a NULL o shares nothing.
 *
 *	if (http_once_take(o, q, &turn, &r, &ok, e))
 *		return ok;                             // as http_get would
 *	ok = ...                                       // asks
 *	http_once_settle(o, turn, false, ok, &r, e);
 *
 * Two questions are the same if the URL, with its credentials, and what is read of the answer are.
 */
#ifndef MODSCOPE_HTTP_ONCE_H
#define MODSCOPE_HTTP_ONCE_H

#include "fetch/http.h"

struct http_once_turn;

struct http_once *http_once_new(void);
/* When nobody waits and each turn is settled. */
void http_once_free(struct http_once *o);
/* From now on everything is asked again. */
void http_once_renew(struct http_once *o);
/* False: the caller asks, and settles the turn (NULL if the question is not shared). True: another one has asked; *r, *ok and e are as http_get
 * sets them, secrets masked. Blocks until there is an answer, or q->cancel is set. */
bool http_once_take(struct http_once *o, const struct http_request *q, struct http_once_turn **turn, struct http_answer *r, bool *ok,
		    struct err *e);
/* The same without waiting. False: another one has asked. */
bool http_once_try(struct http_once *o, const struct http_request *q, struct http_once_turn **turn);
/* Ends the turn with the answer or the error, which are copied. may_log_in: after a 4xx the asker may know credentials, so that only
 * those who wait get it. */
void http_once_settle(struct http_once *o, struct http_once_turn *turn, bool may_log_in, bool ok, const struct http_answer *r,
		      const struct err *e);

#endif
