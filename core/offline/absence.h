/*
 * absence.h - why a version is not visible: compares each hop's list, .info and @latest.
 *
 * A tag pushed a minute ago may be missing because a proxy, or a cache before it, still returns an old answer (Age,
 * Cache-Control), because the list is older than the .info, or because it never existed. Any thread; blocks.
 *
 *	struct absence ab;
 *	absence_find(&ab, &o, m, &arena);
 */
#ifndef MODSCOPE_ABSENCE_H
#define MODSCOPE_ABSENCE_H

#include "offline/exchange.h"

enum absence_kind {
	ABSENCE_THERE,	  /* listed, with .info */
	ABSENCE_UNLISTED, /* has .info, but is not listed yet */
	ABSENCE_HALF,	  /* listed, but without .info */
	ABSENCE_CACHED,	  /* "not found" is a cached answer */
	ABSENCE_NEVER,	  /* "not found" is a fresh answer */
	ABSENCE_UNKNOWN,  /* the hop did not answer */
};

struct absence_hop {
	size_t hop; /* of GOPROXY, from 0 */
	enum absence_kind kind;
	struct exchange_answer list, info, latest;
	bool listed;
	const char *latest_version; /* ""  */
	int64_t age;		    /* of the deciding answer, in seconds; -1: unknown */
	int64_t try_after;	    /* seconds until it may change; -1: unknown */
};

struct absence {
	struct absence_hop *hops; /* the proxies that may be asked for the module */
	size_t n;
};

/* m.version is a version, not a query. */
void absence_find(struct absence *ab, const struct exchange_options *o, struct modver m, struct arena *a);
/* "never there", "a cached answer": a stable word for --json, and a sentence for people. */
const char *absence_word(enum absence_kind kind);
const char *absence_text(enum absence_kind kind);

#endif
