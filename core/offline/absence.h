/*
 * absence.h - why a version does not show up: each hop's list, .info and @latest held against each other.
 *
 * A tag that was pushed a minute ago may be missing because a proxy, or a cache before it, still gives the answer of before (Age,
 * Cache-Control), because the list is older than the .info, or because it was never there. Any thread; blocks.
 *
 *	struct absence ab;
 *	absence_find(&ab, &o, m, &arena);
 */
#ifndef MODSCOPE_ABSENCE_H
#define MODSCOPE_ABSENCE_H

#include "offline/exchange.h"

enum absence_kind {
	ABSENCE_THERE,	  /* listed, and its .info is there */
	ABSENCE_UNLISTED, /* its .info is there, and the list does not have it yet */
	ABSENCE_HALF,	  /* listed, and its .info is not there */
	ABSENCE_CACHED,	  /* "not found" is a kept answer */
	ABSENCE_NEVER,	  /* "not found" is a new answer */
	ABSENCE_UNKNOWN,  /* the hop did not say */
};

struct absence_hop {
	size_t hop; /* of GOPROXY, from 0 */
	enum absence_kind kind;
	struct exchange_answer list, info, latest;
	bool listed;
	const char *latest_version; /* ""  */
	int64_t age;		    /* of the answer that decides, in seconds; -1: not told */
	int64_t try_after;	    /* seconds until it may be another; -1: not told */
};

struct absence {
	struct absence_hop *hops; /* those that are proxies and may be asked for the module */
	size_t n;
};

/* m.version is a version. */
void absence_find(struct absence *ab, const struct exchange_options *o, struct modver m, struct arena *a);
/* "never there", "a cached answer": a stable word for --json, and a sentence for people. */
const char *absence_word(enum absence_kind kind);
const char *absence_text(enum absence_kind kind);

#endif
