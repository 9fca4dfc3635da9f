/*
 * route.h - which proxies to ask for a module, in which order: GOPROXY, GONOPROXY, GOPRIVATE.
 *
 * Follows cmd/go/internal/modfetch (proxy.go:proxyList, TryProxies; repo.go:lookup), with its words. The list is split at "," and
 * "|"; "off" and "direct" end it; if GONOPROXY is not empty, "noproxy" comes first. The next hop is tried after
 * "not found", and after any error if "|" follows the failed hop. The error returned is that of direct access if there was one,
 * else the last one other than "not found", else the last one.
 * Immutable after init; any thread. URLs are raw and may contain credentials, `shown` does not.
 */
#ifndef MODSCOPE_ROUTE_H
#define MODSCOPE_ROUTE_H

#include "base/arena.h"
#include "base/err.h"
#include "fetch/gourl.h"

struct goenv;

enum route_kind {
	ROUTE_PROXY, /* http, https */
	ROUTE_FILE,  /* file:// */
	ROUTE_DIRECT,
	ROUTE_OFF,
	ROUTE_NOPROXY, /* direct, but only for what GONOPROXY matches */
};

struct route_hop {
	enum route_kind kind;
	const char *url;	  /* as written, with https:// added; "direct", "off", "noproxy" */
	const struct gourl *base; /* ROUTE_PROXY, ROUTE_FILE: the same, parsed */
	const char *shown;	 /* the same without credentials */
	bool fall_back_on_error; /* "|" follows */
};

struct route {
	struct arena arena;
	const char *no_proxy; /* GONOPROXY */
	struct route_hop *hops;
	size_t n;
};

#define ROUTE_INIT \
	{          \
		0  \
	}

/* ERR_SYNTAX in go's words: "invalid proxy URL missing scheme: foo". */
bool route_init(struct route *r, const struct goenv *env, struct err *e);
void route_release(struct route *r);
/* GONOPROXY (or GOPRIVATE) matches: no proxy may be asked. */
bool route_is_private(const struct route *r, const char *module);
/* repo.go:lookup up to the first request: true if the hop may be asked for this module; else go's error ("disabled by
 * GOPRIVATE/GONOPROXY", "module lookup disabled by GOPROXY=off"), all ERR_FORM_BARE. */
bool route_allows(const struct route *r, const struct route_hop *hop, const char *module,
		  struct err *e);

typedef bool route_fn(void *ctx, const struct route_hop *hop, struct err *e);
/* TryProxies: asks hop after hop until one answers. Calls fn only for hops that route_allows. */
bool route_try(const struct route *r, const char *module, route_fn *fn, void *ctx, struct err *e);
/* The same for files outside modules: fn is called for every hop. */
bool route_try_all(const struct route *r, route_fn *fn, void *ctx, struct err *e);
/* Makes a hop from one URL (GOSUMDB's), which must be http, https or file. */
bool route_hop_of_url(struct arena *a, const char *url, struct route_hop *hop, struct err *e);

#endif
