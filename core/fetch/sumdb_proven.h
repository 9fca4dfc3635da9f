/*
 * sumdb_proven.h - which records of a checksum database were proven before: a proof is worth as much tomorrow.
 *
 * What is remembered is the hash of a record's file as it came, with the database's key: a file that differs in one bit is proven anew.
 * A record counts only as long as the newest tree head that we keep (sumdb_head.h) fits the one that go keeps; the caller sees to that.
 *
 * On disk it is one flat file in our own cache, NAME/proven: "modscope proven 1\n", then the hashes in ascending order and the hash of all
 * of it. A file that is not exactly so is as if it were not there. Written whole, by rename: of two programs the last one wins, which
 * loses only time. Thread-safe after sumdb_proven_load.
 *
 *	sumdb_proven_load(&p, file);            // file may be NULL: nothing is kept
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
	struct buf data; /* as it was read */
	const struct sumdb_proven_hash *old;
	size_t n_old;
	pthread_mutex_t mutex; /* of what follows */
	VEC(struct sumdb_proven_hash) fresh;
};

void sumdb_proven_load(struct sumdb_proven *p, const char *file);
void sumdb_proven_release(struct sumdb_proven *p);
/* What is remembered of a file by that name below the database. */
struct sumdb_proven_hash sumdb_proven_hash(const struct note_verifier *key, const char *file,
					   const void *data, size_t len);
bool sumdb_proven_has(const struct sumdb_proven *p, const struct sumdb_proven_hash *h);
void sumdb_proven_add(struct sumdb_proven *p, const struct sumdb_proven_hash *h);

#endif
