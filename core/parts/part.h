/*
 * part.h - one immutable answer: the graph, the state of the cache, the explanation of one module.
 *
 * One thread builds a part, in the part's arena, then hands it over; it never changes again. `data` points into
 * the arena or to something that `release` frees. A part that needs another (the explanation needs the graph)
 * keeps it in `needs`, so that borrowed strings stay valid. Reference counted (atomic); any number of threads may read it.
 *
 *	struct part *p = part_new(REQUEST(PART_GRAPH));
 *	p->data = build(&p->arena, ...);
 */
#ifndef MODSCOPE_PART_H
#define MODSCOPE_PART_H

#include <stdatomic.h>

#include "base/arena.h"
#include "parts/request.h"

struct part {
	atomic_uint refs;
	struct request *request;	/* answered by the part */
	uint64_t hash;			/* of it */
	uint64_t generation;	/* set by its job */
	bool partial;		/* rows are correct, more will follow */
	struct arena arena;
	void *data;
	void (*release)(void *data);	/* may be NULL */
	struct part *needs;		/* kept alive; may be NULL */
};

struct part *part_new(const struct request *r);	/* r is copied */
struct part *part_ref(struct part *p);
void part_unref(struct part *p);	/* NULL is fine */

#endif
