/*
 * sumdb.h - the client of the checksum database: signed go.sum lines for module versions.
 *
 * Follows cmd/go/internal/modfetch/sumdb.go and golang.org/x/mod/sumdb, with their words. GOSUMDB names the database, its key and optionally its
 * URL; without a URL the hops of GOPROXY are asked whether they proxy it, else it is contacted directly. A record is valid if
 * the key has signed its tree head, that tree is consistent with the newest one seen before, and the record's hash
 * is proven to be in it.
 *
 * What go has cached (GOMODCACHE/cache/download/sumdb, GOPATH/pkg/sumdb/NAME/latest) is read and never written; new
 * lookups, tiles and the newest tree head go to our own cache. Thread-safe; each record and tile is requested once.
 *
 *	struct sumdb *db = sumdb_new(&(struct sumdb_options){ .env = env, .store = { .route = &route, ... } });
 *	if (sumdb_setting_wants(env, m.path))
 *		ok = sumdb_check(db, m, "/go.mod", "h1:...", e);
 */
#ifndef MODSCOPE_SUMDB_H
#define MODSCOPE_SUMDB_H

#include "fetch/sumdb_store.h"

struct goenv;

struct sumdb_options {
	const struct goenv *env; /* borrowed */
	struct sumdb_store_options store;
	/* Directory for the newest tree head, created when needed; NULL: it is not kept. Borrowed. */
	const char *config_dir;
};

struct sumdb;

struct sumdb *sumdb_new(const struct sumdb_options *o);
void sumdb_free(struct sumdb *db);

/* checkSumDB: what is "" or "/go.mod". ERR_CHECKSUM "verifying go.mod: checksum mismatch ..." or the reason why it could not be
 * checked, "verifying go.mod: P@V/go.mod: ..."; the text goes after "PATH@VERSION: ". Two
 * signed heads that contradict each other are ERR_FORM_FINAL. */
bool sumdb_check(struct sumdb *db, struct modver m, const char *what, const char *hash,
		 struct err *e);
/* Client.Lookup: the lines "PATH VERSION HASH" for the version (with `what` behind it), each ended by a newline. */
bool sumdb_lookup(struct sumdb *db, struct modver m, const char *what, struct buf *lines,
		  struct err *e);

#endif
