/*
 * sumdb_proven.h - the records of a checksum database that were proven before, so that they need no second proof.
 *
 * Stores the hash of a record's file as received, with the database's key: a file that differs in one bit is proven again.
 * A record counts only while our kept tree head (sumdb_head.h) is consistent with go's; the caller ensures that.
 *
 * On disk it is one file in our own cache, NAME/proven: "modscope proven 1\n", then the hashes in ascending order and the hash of all
 * of it. A malformed file is ignored. Replaced by rename: of two processes the last one wins, which
 * only costs time. Thread-safe after sumdb_proven_load.
 *
 *	sumdb_proven_load(&p, file);            // in our own cache
 *	sumdb_proven_hash(hash, key, "lookup/...", data, len);
 *	if (!sumdb_proven_has(&p, hash) && prove_it())
 *		sumdb_proven_add(&p, hash);
 *	sumdb_proven_release(&p);               // saves what is new
 */
#ifndef MODSCOPE_SUMDB_PROVEN_H
#define MODSCOPE_SUMDB_PROVEN_H

#include <pthread.h>

#include "base/buf.h"
#include "fetch/note.h"

struct sumdb_proven_hash {
	unsigned char bytes[32];
};

struct sumdb_proven {
	char *file;
	struct buf data; /* the file's bytes */
	const struct sumdb_proven_hash *old;
	size_t n_old;
	pthread_mutex_t mutex; /* of what follows */
	VEC(struct sumdb_proven_hash) fresh;
};

void sumdb_proven_load(struct sumdb_proven *p, const char *file);
void sumdb_proven_release(struct sumdb_proven *p);
/* The hash to store for a file of that name below the database. */
struct sumdb_proven_hash sumdb_proven_hash(const struct note_verifier *key, const char *file,
					   const void *data, size_t len);
bool sumdb_proven_has(const struct sumdb_proven *p, const struct sumdb_proven_hash *h);
void sumdb_proven_add(struct sumdb_proven *p, const struct sumdb_proven_hash *h);

#endif
