/*
 * par.h - run a function for each of n items on a few threads.
 *
 * par_for returns when all calls have returned. fn runs on several threads at once, so what it touches
 * must be its own item's or locked. Signals are blocked in the threads. With n or threads of 1, or where a
 * thread cannot be made, the caller's thread does the work. Items are taken in ascending order.
 */
#ifndef MODSCOPE_PAR_H
#define MODSCOPE_PAR_H

#include <pthread.h>

#include "base/cancel.h"

void par_for(size_t n, unsigned threads, void (*fn)(void *ctx, size_t i), void *ctx);
/* The same for items that may have to wait for a server: begins with `threads`, and for each item that takes more than two
 * milliseconds one more joins, up to `most`. */
void par_for_waiting(size_t n, unsigned threads, unsigned most, void (*fn)(void *ctx, size_t i),
		     void *ctx);
/* For items that wait for servers: on threads of its own, which become more, up to `most`, as long as nothing ends. For each item that
 * is done `ready` is called on the caller's thread, one after the other. */
void par_stream(size_t n, unsigned most, void (*fn)(void *ctx, size_t i), void (*ready)(void *ctx, size_t i), void *ctx);
/* One call on a thread of its own beside the caller's, until it is joined; where there is no thread to be had, it is not made. The struct
 * stays where it is meanwhile. */
struct par_beside {
	pthread_t id;
	bool runs;
	void (*fn)(void *ctx);
	void *ctx;
};
void par_beside_start(struct par_beside *b, void (*fn)(void *ctx), void *ctx);
void par_beside_join(struct par_beside *b);
/* Processors this process may use, at least 1; counted once. */
unsigned par_cpus(void);

#endif
