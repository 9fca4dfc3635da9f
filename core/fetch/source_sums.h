/*
 * source_sums.h - checks a source's files: against go.sum, else the checksum database.
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
	bool must_exist;     /* a missing line is an error; the database is not asked */
	bool offline;
	const struct goenv *env;
	struct source_net *net;
	struct source_want_list *wants;
};

/* Whether a hash is proven, in this project. */
enum source_sums_proof {
	SOURCE_SUMS_UNPROVEN, /* neither go.sum nor a database that may be asked knows it */
	SOURCE_SUMS_PROVEN,	 /* go.sum or the checksum database */
	SOURCE_SUMS_DISPROVEN,
};

/* modload.mustHaveSums: false, in go's words, if go.sum must have it and does not. */
bool source_sums_are_known(const struct source_sums *s, struct modver m, const char *what,
			   struct err *e);
/* modfetch.checkModSum. proof may be NULL; it is set if the check passes. */
bool source_sums_check(const struct source_sums *s, struct modver m, const char *what,
		       const char *sum, enum source_sums_proof *proof, struct err *e);
/* modfetch.checkGoMod; sum gets the go.mod hash of the bytes. */
bool source_sums_check_gomod(const struct source_sums *s, struct modver m, const char *data,
			     size_t len, char sum[DIRHASH_LEN + 1], enum source_sums_proof *proof, struct err *e);
/* For files of our own cache, which count only if proven. */
enum source_sums_proof source_sums_prove(const struct source_sums *s, struct modver m, const char *what,
				    const char *sum);
/* Appends the database's lines for m. ERR_REFUSED if the settings forbid asking. */
bool source_sums_of_database(const struct source_sums *s, struct modver m, struct buf *lines,
			     struct err *e);

#endif
