/*
 * source_net.h - a source's access to the network: GOPROXY's hops in turn, and the checksum database.
 *
 * The settings are read and the HTTP client is created when first needed. Only the client is kept; requests are
 * recorded in the list of wants. Thread-safe; the functions block. Error texts are those of proxy.h and route.h.
 */
#ifndef MODSCOPE_SOURCE_NET_H
#define MODSCOPE_SOURCE_NET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/par.h"
#include "fetch/route.h"

struct activity;
struct http_once;
struct kept;
struct proxy_watch;
struct source_disk;
struct source_net;
struct source_want_list;
struct sumdb;

/* All borrowed. */
struct source_net_options {
	const struct goenv *env;
	bool offline, look, no_zips; /* proxy.h */
	struct cancel *cancel;
	struct activity *log;
	struct http_once *once; /* not with a watch */
	const struct proxy_watch *watch; /* proxy.h; NULL: none; temporary failures are retried without it, or as it says */
	const struct source_disk *modcache, *own; /* the checksum database's files */
	struct source_want_list *wants;
	struct kept *kept;    /* where answers are kept (kept.h); may be NULL */
	int64_t kept_for;     /* seconds for which one may be used; 0: none is used or kept; with `offline` at any age */
	int stall_ms;
};

struct source_net *source_net_new(const struct source_net_options *o);
void source_net_free(struct source_net *net);
struct sumdb *source_net_sumdb(struct source_net *net);
/* Whether the first hop that applies to the module is "off": nothing can be asked. */
bool source_net_is_off(struct source_net *net, const char *path);
/* If GOPROXY is malformed, its error; if it is not set, calls fn once, without a hop. */
bool source_net_try_hops(struct source_net *net, route_fn *fn, void *ctx, struct err *e);
/* Appends GOPROXY without credentials: "https://a,https://b|direct". */
void source_net_shown(struct source_net *net, struct buf *b);
/* The first hop to ask for this module; NULL if there is none. */
const struct route_hop *source_net_first_hop(struct source_net *net, const char *path);
/* Sends the request without waiting, if the hop is a server. */
void source_net_ahead(struct source_net *net, const struct route_hop *hop, struct modver m, bool gomod);
/* The same for the list of versions, unless a kept one is good enough. */
void source_net_list_ahead(struct source_net *net, const struct route_hop *hop, const char *path);
/* Append the file's content. A NULL hop asks all in turn. */
bool source_net_gomod(struct source_net *net, struct modver m, struct buf *b, struct err *e);
bool source_net_stat(struct source_net *net, const struct route_hop *hop, struct modver m,
		     struct buf *b, struct err *e);
/* Whether source_net_list or source_net_latest can have an answer: one is kept, or a hop may be asked. */
bool source_net_may_list(struct source_net *net, const char *path);
/* These may return kept answers; *as_of is then their time, else 0. */
bool source_net_list(struct source_net *net, const struct route_hop *hop, const char *path,
		     const char *prefix, struct buf *b, int64_t *as_of, struct err *e);
bool source_net_latest(struct source_net *net, const struct route_hop *hop, const char *path,
		       struct buf *b, int64_t *as_of, struct err *e);
/* direct_list_origin, direct_failed_origin: NULL unless it comes from a repository. */
const char *source_net_list_origin(struct source_net *net, const struct route_hop *hop, const char *path, struct arena *a,
				   const char *prefix);
const char *source_net_failed_origin(struct source_net *net, const struct route_hop *hop, const char *path, struct arena *a,
				     const char *rev);
/* direct_fetch, where GOPROXY leads to `direct`. */
bool source_net_fetch_repository(struct source_net *net, const char *path, struct err *e);
/* Writes the zip to the open file fd; name is for errors. */
bool source_net_zip(struct source_net *net, struct modver m, int fd, const char *name, struct err *e);
/* Whether a proxy has the zip; a repository is presumed to. */
bool source_net_zip_there(struct source_net *net, struct modver m, struct err *e);
/* proxy_zip_head for each hop in turn. */
bool source_net_zip_head(struct source_net *net, struct modver m, bool *whole, struct err *e);

#endif
