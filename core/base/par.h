/*
 * par.h - run a function for each of n items on a few threads.
 *
 * par_for returns when all calls have returned. fn runs on several threads at once, so it may touch only
 * its own item or what is locked. Signals are blocked in the threads. If n or threads is 1, or a
 * thread cannot be created, the caller's thread does the work. Items are taken in ascending order.
 */
#ifndef MODSCOPE_PAR_H
#define MODSCOPE_PAR_H

#include <pthread.h>

#include "base/cancel.h"

void par_for(size_t n, unsigned threads, void (*fn)(void *ctx, size_t i), void *ctx);
/* The same for items that may wait for a server: starts with `threads`; each item that takes more than two
 * milliseconds adds one, up to `most`. */
void par_for_waiting(size_t n, unsigned threads, unsigned most, void (*fn)(void *ctx, size_t i),
		     void *ctx);
/* The same for items whose answers are on their way: starts with one thread, and only what takes more than 50 milliseconds adds one. */
void par_for_ahead(size_t n, unsigned most, void (*fn)(void *ctx, size_t i), void *ctx);
/* For items that wait for servers: runs on its own threads, adding more, up to `most`, as long as none finishes. For each item that
 * is done, calls `ready` on the caller's thread, one at a time. */
void par_stream(size_t n, unsigned most, void (*fn)(void *ctx, size_t i), void (*ready)(void *ctx, size_t i), void *ctx);
/* One call on a thread of its own, until joined; if no thread can be created, fn is not called. The struct must not move
 * meanwhile. */
struct par_beside {
	pthread_t id;
	bool runs;
	void (*fn)(void *ctx);
	void *ctx;
};
void par_beside_start(struct par_beside *b, void (*fn)(void *ctx), void *ctx);
void par_beside_join(struct par_beside *b);
/* Number of processors that this process may use, at least 1; asked once. */
unsigned par_cpus(void);

#endif
