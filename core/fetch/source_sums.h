/*
 * source_sums.h - the checks of what a source gives: go.sum, else the checksum database.
 *
 * Follows cmd/go/internal/modfetch/fetch.go. Thread-safe. `what` is "" for a zip, "/go.mod" for a go.mod.
 */
#ifndef MODSCOPE_SOURCE_SUMS_H
#define MODSCOPE_SOURCE_SUMS_H

#include "base/buf.h"
#include "base/err.h"
#include "zip/dirhash.h"

struct goenv;
struct gosum;
struct source_net;
struct source_want_list;

/* All borrowed. */
struct source_sums {
	struct gosum *gosum; /* NULL if there is none */
	bool must_exist;     /* a missing line is an error, not a question to the database */
	bool offline;
	const struct goenv *env;
	struct source_net *net;
	struct source_want_list *wants;
};

/* modload.mustHaveSums: false with go's words if go.sum must know it and does not. */
bool source_sums_are_known(const struct source_sums *s, struct modver m, const char *what,
			   struct err *e);
/* modfetch.checkModSum. */
bool source_sums_check(const struct source_sums *s, struct modver m, const char *what,
		       const char *sum, struct err *e);
/* modfetch.checkGoMod: the go.mod hash of the bytes goes to sum. */
bool source_sums_check_gomod(const struct source_sums *s, struct modver m, const char *data,
			     size_t len, char sum[DIRHASH_LEN + 1], struct err *e);
/* The database's lines for m, appended. ERR_REFUSED where the settings forbid asking. */
bool source_sums_of_database(const struct source_sums *s, struct modver m, struct buf *lines,
			     struct err *e);

#endif
