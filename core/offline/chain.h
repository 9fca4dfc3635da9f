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
/* As the settings have it: nothing is asked. */
void chain_read(struct chain *c, const struct goenv *env);
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
/* Which of them decide about a module: its repository is asked, its hashes are not checked, plain http will do. */
struct chain_module {
	bool is_private, is_unchecked, is_insecure;
	struct chain_pattern no_proxy, no_sumdb, insecure; /* where they fit */
};
void chain_match(struct chain_module *m, const struct goenv *env, struct arena *a, const char *module);

#endif
