/*
 * sumdb_audit.h - verifies go's cache of a checksum database, without a network.
 *
 * GOMODCACHE/cache/download/sumdb/NAME holds lookups (a record and a signed tree head) and tiles of the tree's hashes;
 * GOPATH/pkg/sumdb/NAME/latest is the newest head that go knows. A tile is proven if it leads to a signed head, either
 * as part of the tree's right edge or by its entry in a proven tile above; a head is consistent if the proven tiles yield
 * its hash; a record is proven if its hash is in a proven tile. What contradicts something proven is wrong. What
 * cannot be decided because a tile, a head or the key is missing is unproven, which is fine: go asks the network.
 *
 * A head whose edge is complete but does not yield its hash has a wrong tile; if several of them are
 * not proven otherwise, each is reported wrong, as one of several.
 *
 * Everything is in the arena. Nothing is written. One thread.
 */
#ifndef MODSCOPE_SUMDB_AUDIT_H
#define MODSCOPE_SUMDB_AUDIT_H

#include "base/arena.h"
#include "fetch/note.h"
#include "base/par.h"

enum sumdb_audit_kind {
	AUDIT_TILE,
	AUDIT_LOOKUP,
	AUDIT_HEAD,	/* go's latest */
	AUDIT_STRAY,	/* a name that go does not create */
};

enum sumdb_audit_state {
	AUDIT_UNPROVEN,
	AUDIT_PROVEN,
	AUDIT_WRONG,
};

struct sumdb_audit_file {
	const char *file;	/* absolute */
	enum sumdb_audit_kind kind;
	enum sumdb_audit_state state;
	uint64_t bytes;
	const char *problem, *expected, *found, *go_says;	/* of what is wrong; else NULL */
};

struct sumdb_audit_options {
	const char *dir;	/* .../sumdb/NAME */
	const char *latest;	/* NULL: its place is not known */
	const struct note_verifier *key;	/* NULL: nothing can be proven */
	bool prove;		/* else only names and sizes are checked */
	const struct cancel *cancel;
};

struct sumdb_audit {
	struct sumdb_audit_file *files;	/* including empty ones, which go treats as absent; `latest` only if it exists */
	size_t n;
	size_t states[3];		/* how many are in each */
	const char *unproven;		/* why some are; "" if none */
	int unread;			/* errno of the first directory that could not be read, so that more files may exist; else 0 */
};

void sumdb_audit_run(struct sumdb_audit *out, struct arena *a, const struct sumdb_audit_options *o);

#endif
