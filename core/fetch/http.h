/*
 * http.h - GET requests, many at once, with the errors of go's HTTP client.
 *
 * One thread drives all exchanges of a client (http_engine.h); it is started, and libcurl loaded, by the first request. http_get blocks
 * until the answer is complete and may be called from any number of threads. As in go: at most 10 redirects, never from https to
 * http; credentials as GOAUTH says, for https only; HTTP_PROXY, HTTPS_PROXY and NO_PROXY with net/http's rules. Unlike go:
 * answers have a size limit, stalled connections and silent servers (http_engine.h) are given up, and a request that fails temporarily (429,
 * 502, 503, 504, a lost connection) is retried twice, no sooner than Retry-After allows; if that is over 5 s, not at all.
 *
 *	struct http *h = http_new(&(struct http_options){ .env = env, .log = log });
 *	struct http_answer r;
 *	if (!http_get(h, &(struct http_request){ .url = url, .max_bytes = 1 << 20 }, &r, e))
 *		...                                    // nothing was answered: `Get "URL": dial tcp: ...`
 *	else if (r.status != 200)
 *		http_status_error(&r, e);              // `reading URL: 404 Not Found\n\tserver response: ...`
 *	http_answer_release(&r);                       // also after a failure: r.hops shows how far it got
 *	http_free(h);                                  // when no http_get is running
 *
 * No text, answer or log row contains a credential.
 */
#ifndef MODSCOPE_HTTP_H
#define MODSCOPE_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/par.h"
#include "fetch/http_hop.h"

struct activity;
struct goauth;
struct goenv;
struct http;
struct http_once;

struct http_options {
	const struct goenv *env; /* borrowed */
	struct activity *log;	 /* borrowed, may be NULL */
	struct http_once *once;	 /* shared with other clients: a question is asked once (http_once.h). Borrowed, may be NULL */
	int connect_ms;		 /* 0: 30 s */
	int stall_ms;		 /* with almost no bytes; 0: 60 s. $MODSCOPE_PATIENCE overrides it */
	int retry_ms; /* before the first retry, three times that before the second; 0: 150, < 0: no retries */
	int per_host; /* concurrent exchanges with one host; 0: 200, as many as HTTP/2 servers allow, or some more that wait */
};

struct http_request {
	const char *url;
	size_t max_bytes;      /* of the body; more is ERR_LIMIT */
	int total_ms;	       /* of each exchange; 0: 5 min */
	bool certificate;      /* report in the hops when the server's certificate expires */
	bool get_bytes;	       /* a body that breaks off has the words of go's web.GetBytes */
	struct cancel *cancel; /* may be NULL */
	bool error_pages;      /* keep the body of a status other than 200, whatever its type */
	/* Receives the body of a 200 instead of r.body; called on the client's thread. false ends the request with e. */
	bool (*sink)(void *ctx, const void *data, size_t len, struct err *e);
	/* Discards what the sink received: the request is retried. Called on the client's thread. */
	bool (*restart)(void *ctx, struct err *e);
	void *ctx;
};

struct http_answer {
	int status;
	char *status_text; /* "404 Not Found" */
	char *head;	   /* of the last exchange, for goauth_ask; NULL if it does not want it */
	char *url;	   /* of the last exchange, without credentials */
	struct buf body;
	bool plain_text; /* the body is text/plain in UTF-8 */
	int64_t bytes;	 /* of the body, wherever it went */
	struct http_hop *hops; /* every exchange in order: redirects and retries */
	size_t n_hops;
};

struct http *http_new(const struct http_options *o);
void http_free(struct http *h);
/* The credentials that GOAUTH selects: after a 4xx http_get asks for more and tries the server once more. */
struct goauth *http_auth(struct http *h);
/* False if no server answered. ERR_NETWORK, ERR_LIMIT, ERR_CANCELLED, ERR_SYNTAX (bad URL), or the sink's. */
bool http_get(struct http *h, const struct http_request *q, struct http_answer *r, struct err *e);
/* Sends the request without waiting; the first http_get of this URL takes its answer, or waits for it. A URL is sent ahead only once. For
 * URLs that will certainly be requested, without sink and certificate. */
void http_ahead(struct http *h, const struct http_request *q);
void http_answer_release(struct http_answer *r);
/* All but the hops. */
void http_answer_copy(struct http_answer *to, const struct http_answer *r);
/* web.HTTPError: ERR_NOT_FOUND for 404 and 410, else ERR_NETWORK. Always returns false. */
bool http_status_error(const struct http_answer *r, struct err *e);

#endif
