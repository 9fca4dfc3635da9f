/*
 * sumdb_head.h - the tree heads of a checksum database: the newest one that is known, and what it proves.
 *
 * A head is a note signed by the database (note.h) that tells the size and the hash of its log. Each head that is met must be consistent
 * with the newest one seen before: one of the two is a prefix of the other. The one that go remembers (GOPATH/pkg/sumdb/NAME/latest) is read;
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
	const char *config_dir;		 /* NULL: there is no place to keep the newest in */
	pthread_mutex_t merge_mutex;	 /* held while heads are compared */
	pthread_mutex_t latest_mutex;	 /* of what follows */
	struct tlog_tree latest;
	struct buf latest_msg;
	bool own_fits;			 /* the newest that was kept is consistent with go's; not changed after sumdb_heads_load */
};

void sumdb_heads_init(struct sumdb_heads *hs, struct sumdb_store *store,
		      const struct note_verifier *key, const char *config_dir);
void sumdb_heads_release(struct sumdb_heads *hs);
/* A file beside the newest head that is kept; malloced. NULL where there is no place. */
char *sumdb_heads_file(const struct sumdb_heads *hs, const char *name);
/* Client.initWork: the heads that go and we remember. */
bool sumdb_heads_load(struct sumdb_heads *hs, const struct goenv *env, struct err *e);
/* Client.mergeLatest: a head that a server has sent; an empty one says nothing. ERR_CHECKSUM where it is not signed, or not consistent: then
 * ERR_FORM_FINAL and go's "SECURITY ERROR". */
bool sumdb_heads_merge(struct sumdb_heads *hs, const char *msg, size_t len, struct err *e);
/* Client.checkRecord: that the text is record number id of the newest tree. */
bool sumdb_heads_prove(struct sumdb_heads *hs, int64_t id, const char *text, size_t len,
		       struct err *e);

#endif
