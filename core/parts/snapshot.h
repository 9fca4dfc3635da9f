/*
 * snapshot.h - the parts that the screen shows, as one value.
 *
 * A snapshot is a tuple of parts: a new one is made for each new part, the others are shared. It is reference counted
 * (atomic) and may be read by any number of threads. A generation begins when a file of the project changed: parts of an
 * older generation are shown until the new ones come, and are told apart by part->generation.
 *
 *	struct snapshot *next = snapshot_with(now, p);   // takes p
 *	snapshot_unref(now);
 */
#ifndef MODSCOPE_SNAPSHOT_H
#define MODSCOPE_SNAPSHOT_H

#include <stdatomic.h>

#include "parts/part.h"

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
