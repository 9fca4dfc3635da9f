/*
 * standin.h - a proxy on loopback that stands in for one hop of GOPROXY and plays the fault of a drill.
 *
 * It answers GET alone, one request a connection, and tells of each. A hop that is slow is really asked, by its own settings, and its answer
 * handed on later; any other fault is played without asking anybody. It listens on 127.0.0.1 only, on a port that the system chooses, and ends
 * by itself: after `for_ms`, after `count` requests, or when it is cancelled. Requests are bounded in size and in time, zips go through an
 * unlinked file. Its own threads; blocks the caller.
 *
 *	standin_run(&(struct standin_options){ .env = env, .fault = f, .for_ms = 600000, .ready = say, .served = log }, &e);
 */
#ifndef MODSCOPE_STANDIN_H
#define MODSCOPE_STANDIN_H

#include "base/err.h"
#include "offline/drill.h"

struct standin_options {
	const struct goenv *env; /* borrowed, as all */
	struct drill_fault fault; /* not of repositories */
	int total_ms;		 /* for one exchange with the hop that is slow */
	int64_t for_ms;
	uint64_t count; /* requests; 0: any number */
	struct cancel *cancel;
	struct activity *log;
	/* It listens. The values of GOPROXY and GOSUMDB to use with it, without credentials (*logins: there were some); "" where it stays. */
	void (*ready)(void *ctx, const char *goproxy, const char *gosumdb, bool logins);
	/* A request was answered, with 0 not at all; what was asked for is outside text. One at a time. */
	void (*served)(void *ctx, const char *path, int status);
	void *ctx;
};

/* ERR_SYNTAX: GOPROXY is no list; ERR_USAGE: drill_fits; ERR_SYS. */
bool standin_run(const struct standin_options *o, struct err *e);

#endif
