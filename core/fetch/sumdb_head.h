/*
 * sumdb_head.h - the tree heads of a checksum database: the newest known one, and proofs against it.
 *
 * A head is a note signed by the database (note.h) with the size and hash of its log. Each head received must be consistent
 * with the newest one seen before: one of the two is a prefix of the other. The head that go keeps (GOPATH/pkg/sumdb/NAME/latest) is read;
 * the newest is kept in a directory of ours. Follows golang.org/x/mod/sumdb/client.go, with its words. Thread-safe after
 * sumdb_heads_load.
 */
#ifndef MODSCOPE_SUMDB_HEAD_H
#define MODSCOPE_SUMDB_HEAD_H

#include "fetch/note.h"
#include "fetch/sumdb_store.h"

struct sumdb_heads {
	struct sumdb_store *store;	 /* borrowed, as all three */
	const struct note_verifier *key;
	const char *config_dir;		 /* for the newest head; NULL: it is not kept */
	pthread_mutex_t merge_mutex;	 /* held while heads are compared */
	pthread_mutex_t latest_mutex;	 /* of what follows */
	struct tlog_tree latest;
	struct buf latest_msg;
	char *gos_file;			 /* the head that go keeps; with merge_mutex: */
	int64_t gos_n, merged;		 /* its size, as go would have it now; that of the head merged last */
	bool own_fits;			 /* our kept head is consistent with go's; constant after sumdb_heads_load */
};

void sumdb_heads_init(struct sumdb_heads *hs, struct sumdb_store *store,
		      const struct note_verifier *key, const char *config_dir);
void sumdb_heads_release(struct sumdb_heads *hs);
/* The name of a file beside our kept head, malloc'ed; NULL without config_dir. */
char *sumdb_heads_file(const struct sumdb_heads *hs, const char *name);
/* Client.initWork: reads the heads that go and we have kept. */
bool sumdb_heads_load(struct sumdb_heads *hs, const struct goenv *env, struct err *e);
/* Client.mergeLatest: merges a head from a server; an empty one is ignored. ERR_SYS if go could not keep it, ERR_CHECKSUM if it is not signed, or inconsistent: then
 * ERR_FORM_FINAL with go's "SECURITY ERROR". */
bool sumdb_heads_merge(struct sumdb_heads *hs, const char *msg, size_t len, struct err *e);
/* Client.checkRecord: proves that the text is record number id of the newest tree. */
bool sumdb_heads_prove(struct sumdb_heads *hs, int64_t id, const char *text, size_t len,
		       struct err *e);

#endif
