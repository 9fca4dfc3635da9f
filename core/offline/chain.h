/*
 * chain.h - GOPROXY's chain now: each hop's answer and latency, the checksum database behind it, and the settings that apply
 * to a module.
 *
 * Each hop gets one small request that go makes too: whether it proxies the checksum database. All are sent at once; the
 * base of the database is then chosen as in go, and its newest tree head is checked against its key. Any thread; blocks. The
 * chain owns the strings.
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
	bool stands_in;		       /* it proxies the checksum database */
};

struct chain {
	struct arena arena;
	struct route route;
	const char *error; /* GOPROXY is malformed: go's words; "" */
	struct chain_hop *hops;
	size_t n;

	const char *sumdb;	     /* the database's name; "" if off */
	const char *sumdb_error;     /* why it cannot be asked; "" */
	const char *sumdb_base;	     /* its URL */
	size_t sumdb_hop;	     /* the hop with that URL; CHAIN_DATABASE: the database itself */
	struct exchange_answer head; /* of BASE/latest */
	bool head_signed;	     /* by the database's key */
	int64_t tree_size;
};
#define CHAIN_DATABASE SIZE_MAX

void chain_probe(struct chain *c, const struct exchange_options *o);
/* Reads only the settings, without any request. */
void chain_read(struct chain *c, const struct goenv *env);
/* Only the hops: one request each. */
void chain_probe_hops(struct chain *c, const struct exchange_options *o);
void chain_release(struct chain *c);

/* The first pattern of a list of globs (GONOPROXY, GONOSUMDB, GOINSECURE) that matches a module. */
struct chain_pattern {
	const char *variable; /* that contains it, possibly GOPRIVATE */
	const char *pattern;
	const char *set_in;   /* "the environment", a file */
	int line;
};
/* The settings that apply to a module: its repository is asked directly, its hashes are not checked, plain http is allowed. */
struct chain_module {
	bool is_private, is_unchecked, is_insecure;
	struct chain_pattern no_proxy, no_sumdb, insecure; /* if they match */
};
void chain_match(struct chain_module *m, const struct goenv *env, struct arena *a, const char *module);

#endif
