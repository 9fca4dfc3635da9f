/*
 * exchange.h - one request to one hop, with details of its exchanges.
 *
 * exchange_client uses new connections, so that name resolution, connecting and TLS are in the timings, and does not retry unless told to. One
 * thread; blocks. Answers live in the arena.
 *
 *	struct exchange_client c;
 *	exchange_begin(&c, &(struct exchange_options){ .env = env }, &arena);
 *	exchange_get(&c, hop, "sumdb/sum.golang.org/supported", &answer, NULL);
 *	exchange_end(&c);
 */
#ifndef MODSCOPE_EXCHANGE_H
#define MODSCOPE_EXCHANGE_H

#include "base/arena.h"
#include "base/cancel.h"
#include "fetch/http_hop.h"
#include "fetch/proxy.h"

struct activity;
struct goenv;
struct http;
struct http_answer;

struct exchange_options {
	const struct goenv *env; /* borrowed, as all */
	bool offline;		 /* file:// only */
	int total_ms;		 /* limit for one exchange; 0: the default */
	bool retries;		 /* repeats temporary failures (http.h) */
	struct cancel *cancel;
	struct activity *log;
};

struct exchange_answer {
	const char *url;
	const struct http_hop *hops; /* redirects in order; none for a file:// hop */
	size_t n_hops;
	int status;	    /* of the last one; 0: no answer, or no server */
	enum err_code code; /* ERR_NONE: the file exists */
	const char *says;   /* the error; "" */
};

struct exchange_client {
	struct exchange_options o;
	struct arena *a;
	struct proxy proxy;
	struct proxy_watch watch;
	struct http *http;
	struct exchange_answer *answer; /* of the current request */
};

void exchange_begin(struct exchange_client *c, const struct exchange_options *o, struct arena *a);
void exchange_end(struct exchange_client *c);
/* Appends the file below the hop to out, which may be NULL. False if that fails; the answer has the reason. */
bool exchange_get(struct exchange_client *c, const struct route_hop *hop, const char *file, struct exchange_answer *answer,
		  struct buf *out);
/* A copy of an answer's exchanges. */
const struct http_hop *exchange_copy(struct arena *a, const struct http_answer *r);
/* The last exchange; NULL if there was none. */
const struct http_hop *exchange_last(const struct exchange_answer *a);

#endif
