/*
 * snapshot.h - the parts that the screen shows, as one value.
 *
 * A snapshot is a tuple of parts: each new part makes a new one, which shares the others. It is reference counted
 * (atomic) and may be read by any number of threads. A generation begins when a file of the project changes: parts of an
 * older generation (part->generation) are shown until the new ones arrive.
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
	uint64_t serial;	/* increases with each snapshot: drawings from an older one are stale */
	struct part **parts;	/* newest last */
	size_t n;
};

/* The maximum number of parts; the oldest with parameters are dropped first. */
#define SNAPSHOT_MAX_PARTS 256

struct snapshot *snapshot_new(void);
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);
/* A new snapshot with p instead of the part with the same request; takes p. */
struct snapshot *snapshot_with(const struct snapshot *s, struct part *p);
/* A new snapshot with the parts for which keep() is true; NULL if it would be the same. */
struct snapshot *snapshot_filter(const struct snapshot *s, bool (*keep)(void *ctx, const struct part *p), void *ctx);
/* Borrowed; NULL if there is none. */
struct part *snapshot_part(const struct snapshot *s, const struct request *r);

#endif
