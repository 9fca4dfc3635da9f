/*
 * chain.h - GOPROXY's chain as it is now: what each hop answers and how fast, the checksum database behind it, and which settings decide
 * about a module.
 *
 * Each hop is asked one small question that go asks too: whether it stands in for the checksum database. All are asked at once; the
 * base of the database is then chosen as go chooses it, and its newest tree head is checked against its key. Any thread; blocks. The
 * strings are the chain's.
 *
 *	struct chain c;
 *	chain_probe(&c, &(struct exchange_options){ .env = env });
 *	chain_release(&c);
 */
#ifndef MODSCOPE_CHAIN_H
#define MODSCOPE_CHAIN_H

#include "offline/exchange.h"

struct chain_hop {
	const struct route_hop *hop;
	bool asked;		       /* it is a proxy */
	struct exchange_answer answer; /* of sumdb/NAME/supported */
	bool netrc;		       /* a netrc file has a login for it */
	bool stands_in;		       /* for the checksum database */
};

struct chain {
	struct arena arena;
	struct route route;
	const char *error; /* GOPROXY is no list: go's words; "" */
	struct chain_hop *hops;
	size_t n;

	const char *sumdb;	     /* the database's name; "" where it is off */
	const char *sumdb_error;     /* why it cannot be asked; "" */
	const char *sumdb_base;	     /* the URL where it is asked */
	size_t sumdb_hop;	     /* the hop that this is; CHAIN_DATABASE: itself */
	struct exchange_answer head; /* of BASE/latest */
	bool head_signed;	     /* by the database's key */
	int64_t tree_size;
};
#define CHAIN_DATABASE SIZE_MAX

void chain_probe(struct chain *c, const struct exchange_options *o);
/* The hops alone: one request each. */
void chain_probe_hops(struct chain *c, const struct exchange_options *o);
void chain_release(struct chain *c);

/* The first pattern of a list of globs (GONOPROXY, GONOSUMDB, GOINSECURE) that fits a module. */
struct chain_pattern {
	const char *variable; /* that holds it: perhaps GOPRIVATE */
	const char *pattern;
	const char *set_in;   /* "the environment", a file */
	int line;
};
/* False if none fits. */
bool chain_match(const struct goenv *env, struct arena *a, const char *variable, const char *module, struct chain_pattern *p);

#endif
