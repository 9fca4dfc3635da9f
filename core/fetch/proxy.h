/*
 * proxy.h - the module proxy protocol (https://go.dev/ref/mod#goproxy-protocol): one hop, one file.
 *
 * Follows cmd/go/internal/modfetch/proxy.go and cmd/go/internal/web: URLs, escaping, error texts. Caches nothing and checks no
 * sums; source.h does both. Thread-safe like http.h; file:// hops are read on the caller's thread.
 *
 *	struct proxy p = { .http = http, .offline = false };
 *	route_try(&route, module, ask, ctx, e)   // ask() calls proxy_info(&p, hop, ...)
 *
 * Error texts are those after "PATH@VERSION: ". ERR_NOT_FOUND (404, 410, no such file), ERR_NETWORK, ERR_OFFLINE, ERR_SYNTAX, ERR_LIMIT,
 * ERR_CANCELLED.
 */
#ifndef MODSCOPE_PROXY_H
#define MODSCOPE_PROXY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "fetch/route.h"

struct activity;
struct cancel;
struct http;
struct http_answer;

#define PROXY_MAX_LIST ((size_t)32 << 20)
#define PROXY_MAX_INFO ((size_t)1 << 20)
#define PROXY_MAX_MOD ((size_t)16 << 20)
#define PROXY_MAX_ZIP ((size_t)500 << 20) /* codehost.MaxZipFile */

/* A finished request to one hop. */
struct proxy_exchange {
	const struct route_hop *hop;
	const char *file;		  /* below the hop */
	const struct http_answer *answer; /* NULL: a file:// hop, or no request was sent */
	const struct buf *body;		  /* of the answer; NULL for zips */
	const struct err *err;		  /* unset: the hop answered */
};
/* What go keeps of each list that it reads (proxyRepo.listLatest): the .info of its newest version with a time, which it asks for at once and
 * returns where there is no @latest. For a trace, whose requests must be go's. One thread at a time; zeroed it is empty. */
struct proxy_once {
	struct arena arena;
	struct map lists; /* by URL of the hop and module: struct proxy_once_list */
};
void proxy_once_release(struct proxy_once *o);

/* Observes every request. */
struct proxy_watch {
	void (*seen)(void *ctx, const struct proxy_exchange *x); /* on the requesting thread */
	void *ctx;
	int total_ms;	   /* limit for one exchange; 0: the default */
	int64_t zip_bytes; /* how much proxy_zip_head reads */
	struct proxy_once *once; /* NULL: a list is only read */
	bool retries;	   /* repeats temporary failures, unlike go, and tells the last answer */
};

struct proxy {
	struct http *(*http)(void *ctx); /* called before a server is contacted; never NULL */
	void *http_ctx;
	bool offline;	 /* file:// only */
	bool look;	 /* file:// only, because the user did not ask to fetch */
	bool no_zips;	 /* zips from file:// only */
	bool plain_urls; /* "!" is not escaped, as in go's URLs of the checksum database */
	struct cancel *cancel;
	struct activity *log;
	const struct proxy_watch *watch; /* may be NULL */
};

/* Appends the file below the hop for an escaped path: "ESCAPED/@v/list", "sumdb/NAME/supported". */
bool proxy_read(const struct proxy *p, const struct route_hop *hop, const char *file, size_t max,
		struct buf *out, struct err *e);

/* Sends the request if the hop is a server; the same function without _ahead waits for the answer. Not observed by the watch. */
void proxy_info_ahead(const struct proxy *p, const struct route_hop *hop, const char *module, const char *rev);
void proxy_list_ahead(const struct proxy *p, const struct route_hop *hop, const char *module);
void proxy_mod_ahead(const struct proxy *p, const struct route_hop *hop, const char *module, const char *version);

bool proxy_list(const struct proxy *p, const struct route_hop *hop, const char *module,
		struct buf *out, struct err *e);
/* The .info of a version, branch or commit: checked as go checks it (valid JSON, and the same version if canonical). */
bool proxy_info(const struct proxy *p, const struct route_hop *hop, const char *module,
		const char *rev, struct buf *out, struct err *e);
bool proxy_mod(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, struct buf *out, struct err *e);
/* @latest, or if the hop has none, the .info of the newest version of the list: that of proxy_list, or NULL if it has not been asked for. */
bool proxy_latest(const struct proxy *p, const struct route_hop *hop, const char *module, const char *list,
		  struct buf *out, struct err *e);
/* Writes the zip to the open file fd, which is truncated before a retry; name is for errors. */
bool proxy_zip(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, int fd, const char *name, struct err *e);
/* Requests the zip but reads only watch->zip_bytes of it; *whole: that was all of it. */
bool proxy_zip_head(const struct proxy *p, const struct route_hop *hop, const char *module,
		    const char *version, bool *whole, struct err *e);

/* One line of @v/list: the version, NULL if the line has none; *rest is what follows it (a time, or nothing). */
const char *proxy_list_line(char *line, const char **rest);
/* Appends the URL that proxy_read would request, including the hop's credentials. */
void proxy_url(const struct proxy *p, struct buf *b, const struct route_hop *hop, const char *file);

#endif
