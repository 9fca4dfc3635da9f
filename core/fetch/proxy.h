/*
 * proxy.h - the module proxy protocol (https://go.dev/ref/mod#goproxy-protocol): one hop, one file.
 *
 * Follows cmd/go/internal/modfetch/proxy.go and cmd/go/internal/web: URLs, escaping, error texts. Nothing is cached here and no sum
 * is checked; source.h does that. Thread-safe as http.h is; file:// hops are read by the caller's thread.
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
#include "fetch/route.h"

struct activity;
struct cancel;
struct http;
struct http_answer;

#define PROXY_MAX_LIST ((size_t)32 << 20)
#define PROXY_MAX_INFO ((size_t)1 << 20)
#define PROXY_MAX_MOD ((size_t)16 << 20)
#define PROXY_MAX_ZIP ((size_t)500 << 20) /* codehost.MaxZipFile */

/* One question to one hop, as it ended. */
struct proxy_exchange {
	const struct route_hop *hop;
	const char *file;		  /* below the hop */
	const struct http_answer *answer; /* NULL: of a file:// hop, or nothing was asked */
	const struct buf *body;		  /* what it has answered; NULL of zips */
	const struct err *err;		  /* unset: the hop has answered */
};
/* For those who want to know every question. */
struct proxy_watch {
	void (*seen)(void *ctx, const struct proxy_exchange *x); /* on the asking thread */
	void *ctx;
	int total_ms;	   /* for one exchange; 0: as usual */
	int64_t zip_bytes; /* proxy_zip_head reads so many */
};

struct proxy {
	struct http *(*http)(void *ctx); /* called when a server is to be asked; never NULL */
	void *http_ctx;
	bool offline;	 /* file:// only */
	bool look;	 /* file:// only, as nobody asked for more */
	bool no_zips;	 /* zips from file:// only */
	bool plain_urls; /* "!" stays as it is, as go writes URLs of the checksum database */
	struct cancel *cancel;
	struct activity *log;
	const struct proxy_watch *watch; /* may be NULL */
};

/* Appends the file below the hop for an escaped path: "ESCAPED/@v/list", "sumdb/NAME/supported". */
bool proxy_read(const struct proxy *p, const struct route_hop *hop, const char *file, size_t max,
		struct buf *out, struct err *e);

/* Sends the question, if it is one to a server; the same function without _ahead waits for the answer. Not for the watch. */
void proxy_info_ahead(const struct proxy *p, const struct route_hop *hop, const char *module, const char *rev);
void proxy_mod_ahead(const struct proxy *p, const struct route_hop *hop, const char *module, const char *version);

bool proxy_list(const struct proxy *p, const struct route_hop *hop, const char *module,
		struct buf *out, struct err *e);
/* The .info of a version, branch or commit: checked as far as go checks it (it is JSON and echoes a canonical version). */
bool proxy_info(const struct proxy *p, const struct route_hop *hop, const char *module,
		const char *rev, struct buf *out, struct err *e);
bool proxy_mod(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, struct buf *out, struct err *e);
/* @latest, or where the hop has none the newest of the list with its .info. */
bool proxy_latest(const struct proxy *p, const struct route_hop *hop, const char *module,
		  struct buf *out, struct err *e);
/* The zip to an open file, which is cut to nothing before a second try. */
bool proxy_zip(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, int fd, const char *name, struct err *e);
/* Asks for the zip, and reads no more of it than the watch says; *whole: that was all of it. */
bool proxy_zip_head(const struct proxy *p, const struct route_hop *hop, const char *module,
		    const char *version, bool *whole, struct err *e);

/* One line of @v/list: the version, NULL if the line holds none; *rest is what follows it (a time, or nothing). */
const char *proxy_list_line(char *line, const char **rest);
/* The URL that proxy_read would ask for, with credentials if the hop has some. Appended. */
void proxy_url(const struct proxy *p, struct buf *b, const struct route_hop *hop, const char *file);

#endif
