/*
 * snapshot.h - parts, and the snapshot that the screen shows.
 *
 * A part is one immutable answer (the graph, the state of the cache, the explanation of one module): built
 * wholly by one thread, in the arena it carries, then handed over and never changed again. `data` points into
 * the arena or to something that `release` frees. A part that needs another (the explanation needs the graph)
 * keeps it by `needs`, so that borrowed strings stay valid.
 *
 * A snapshot is a tuple of parts with a generation: a new one is made for each new part, the others are
 * shared. Both are reference counted (atomic); parts and snapshots may be read by any number of threads.
 * A generation begins when a file of the project changed: parts of an older generation are shown until the new
 * ones come, and are told apart by part->generation.
 *
 *	struct part *p = part_new(REQUEST(PART_GRAPH));
 *	p->data = build(&p->arena, ...);
 *	struct snapshot *next = snapshot_with(now, p);   // takes p
 *	snapshot_unref(now);
 */
#ifndef MODSCOPE_SNAPSHOT_H
#define MODSCOPE_SNAPSHOT_H

#include <stdatomic.h>

#include "base/arena.h"
#include "parts/request.h"

struct part {
	atomic_uint refs;
	struct request *request;	/* that it answers */
	uint64_t hash;			/* of it */
	uint64_t generation;	/* set by the job that carries it */
	bool partial;		/* rows are right, more will come */
	struct arena arena;
	void *data;
	void (*release)(void *data);	/* may be NULL */
	struct part *needs;		/* kept alive; may be NULL */
};

struct part *part_new(const struct request *r);	/* r is copied */
struct part *part_ref(struct part *p);
void part_unref(struct part *p);	/* NULL is fine */

struct snapshot {
	atomic_uint refs;
	uint64_t serial;	/* counts the snapshots: what is drawn from an older one is stale */
	struct part **parts;	/* newest last */
	size_t n;
};

/* Parts that a snapshot keeps; beyond, the oldest with parameters are dropped. */
#define SNAPSHOT_MAX_PARTS 256

struct snapshot *snapshot_new(void);
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);
/* A new snapshot with p in place of the part of the same request; takes p. */
struct snapshot *snapshot_with(const struct snapshot *s, struct part *p);
/* A new snapshot of the parts that keep() is true for; NULL if that is so for all. */
struct snapshot *snapshot_filter(const struct snapshot *s, bool (*keep)(void *ctx, const struct part *p), void *ctx);
/* Borrowed; NULL if there is none. */
struct part *snapshot_part(const struct snapshot *s, const struct request *r);

#endif
