/*
 * standin.h - a proxy on loopback that replaces one hop of GOPROXY and plays the fault of a drill.
 *
 * It answers only GET, one request per connection, and reports each. A slow hop is really asked, with its own settings, and its answer
 * passed on later; any other fault is played without network. It listens only on 127.0.0.1, on a port that the system chooses, and ends
 * after `for_ms`, after `count` requests, or when cancelled. Requests are bounded in size and time, zips go through an
 * unlinked file. Uses its own threads; blocks the caller.
 *
 *	standin_run(&(struct standin_options){ .env = env, .fault = f, .for_ms = 600000, .ready = say, .served = log }, &e);
 */
#ifndef MODSCOPE_STANDIN_H
#define MODSCOPE_STANDIN_H

#include "base/err.h"
#include "offline/drill.h"

struct standin_options {
	const struct goenv *env; /* borrowed, as all */
	struct drill_fault fault; /* not .vcs */
	int total_ms;		 /* limit for one exchange with the slow hop */
	int64_t for_ms;
	uint64_t count; /* requests; 0: any number */
	struct cancel *cancel;
	struct activity *log;
	/* It listens. goproxy, gosumdb: the values to use with it, without credentials (logins: there were some); "" if unchanged. */
	void (*ready)(void *ctx, const char *goproxy, const char *gosumdb, bool logins);
	/* A request was answered, with status 0 not at all; path is untrusted text. One call at a time. */
	void (*served)(void *ctx, const char *path, int status);
	void *ctx;
};

/* ERR_SYNTAX: GOPROXY is malformed; ERR_USAGE: drill_fits; ERR_SYS. */
bool standin_run(const struct standin_options *o, struct err *e);

#endif
