/*
 * http_engine.h - GET requests, many at once: each is one exchange with one server. No redirects, no repetition, no policy.
 *
 * The engine's own thread drives all transfers through one multi handle of libcurl; HTTP/2 streams share a connection. A
 * transfer waits in the queue until its delay is over and fewer than `per_host` transfers to its host are running, not counting those that
 * have waited for an answer for seconds. The callbacks run on the engine's thread and must not block; `done` may start a transfer, even
 * the same one.
 *
 * A server that sends nothing while a transfer times out is silent: all further transfers to it fail at once. So do further transfers
 * about a module (the URL up to "/@") once one about it has timed out. This excludes transfers with `certificate`
 * or with a short time limit of their own.
 *
 *	struct http_engine *en = http_engine_new(&(struct http_engine_options){ .curl = curl, ... });
 *	http_engine_start(en, &t);                // t and what it borrows must live until t.done is called
 *	http_engine_free(en);                     // aborts running transfers; no caller may be waiting for one
 *	http_engine_release(&t);
 */
#ifndef MODSCOPE_HTTP_ENGINE_H
#define MODSCOPE_HTTP_ENGINE_H

#include "base/buf.h"
#include "base/par.h"
#include "fetch/curl_lib.h"
#include "fetch/http_hop.h"
#include "fetch/tls_peek.h"

struct http_engine;
struct http_engine_host;
struct http_roots;

struct http_engine_options {
	const struct curl_lib *curl;
	int connect_ms;
	int stall_ms; /* with next to no bytes */
	int per_host;
	const struct http_roots *roots; /* trusted certificates; NULL for libcurl's own. Borrowed. */
};

/* What has not been answered in time, but for the transfer itself. */
enum http_engine_silence {
	HTTP_ENGINE_HEARD,
	HTTP_ENGINE_MODULE, /* another question about the module: this one is not asked */
	HTTP_ENGINE_HOST,   /* any question to the server */
};

struct http_engine_transfer {
	/* The request: set by the caller, borrowed. */
	const char *url;	     /* without user and password */
	const char *host;	     /* for the limit per_host */
	const char *proxy;	     /* "" for none */
	const char *user, *password; /* NULL if none are sent */
	const char *const *lines;    /* headers besides, as libcurl takes them; NULL ends them; NULL is fine */
	bool fresh;		     /* on a connection of its own */
	bool compressed;	     /* accept gzip; it is not decoded here */
	bool wants_head;	     /* fill head */
	bool certificate;	     /* fill hop.certificate_end */
	int delay_ms;		     /* before the transfer starts */
	int total_ms;		     /* limit, counted from then */
	const struct cancel *cancel; /* may be NULL; ends it with CURLE_ABORTED_BY_CALLBACK */
	/* A piece of the body; false ends the transfer with CURLE_WRITE_ERROR. hop.status and plain_text are known. */
	bool (*body)(struct http_engine_transfer *t, const void *data, size_t len);
	/* The engine is done with t. */
	void (*done)(struct http_engine_transfer *t);
	void *ctx;

	/* The result: valid from `done` until t is started again. */
	CURLcode code;
	char message[CURL_ERROR_SIZE];
	struct http_hop hop; /* the caller may take it, leaving zeros */
	char *status_text;   /* "404 Not Found"; for HTTP/2 only the number */
	struct buf head;     /* http_hop_keep_head */
	char *location;	     /* NULL if there is none */
	char *length, *other_length; /* Content-Length; a second one that differs, which ends the transfer */
	char tried[64];	     /* the address that was to be connected to first; "" if none */
	long os_errno;	     /* of connect(2); 0 if unknown */
	bool plain_text;     /* text/plain in UTF-8 */
	bool gzip;	     /* Content-Encoding: gzip */
	enum http_engine_silence silence;
	bool connected, heard; /* the request was sent; a header has arrived */
	const char *no_roots; /* why there are none to trust, besides missing files; NULL */
	struct tls_peek peek; /* of the last TLS connection that was begun for it */
	long connect_status; /* of the proxy's answer to CONNECT; 0 if there was none */

	/* The engine's. */
	struct http_engine *engine;
	const struct curl_lib *curl; /* outlives the engine */
	CURL *easy;
	const struct http_roots *roots; /* that OpenSSL asks for; NULL: libcurl trusts what it is told */
	struct curl_slist *headers;
	int64_t due, began;
	struct http_engine_host *queue;
	struct http_engine_transfer *next, **link; /* link: to it, while it is active */
};

/* NULL if no thread can be created. */
struct http_engine *http_engine_new(const struct http_engine_options *o);
void http_engine_free(struct http_engine *en);
void http_engine_start(struct http_engine *en, struct http_engine_transfer *t);
/* Frees the result. */
void http_engine_release(struct http_engine_transfer *t);

/* The transfer failed because of the connection or the server and may succeed if retried. */
bool http_engine_is_temporary(const struct http_engine_transfer *t);

#endif
