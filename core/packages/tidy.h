/*
 * tidy.h - what `go mod tidy` would change: go.mod and go.sum before and after, as `go mod tidy -diff` compares them.
 *
 * Follows cmd/go/internal/modload (LoadPackages, keepSums, checkTidyCompatibility, UpdateGoModFromReqs). Nothing is written
 * but to the program's own cache. The modload must have been opened with MODLOAD_TIDY and the same go_version; its parsed go.mod is
 * edited, so it serves one tidy only.
 *
 *	struct tidy *t;
 *	if (!tidy_run(&t, ml, &(struct tidy_options){ 0 }, &e))	// go exits with status 1: its words are in the messages
 *		...
 *	tidy_diff(t, &out);						// go's stdout
 *	status = t->changed || t->failed;
 *	tidy_free(t);
 *
 * "Before" of go.mod is the file as go prints it after reading (formatted, versions fixed, a missing go line added);
 * "before" of go.sum are the bytes on disk.
 */
#ifndef MODSCOPE_TIDY_H
#define MODSCOPE_TIDY_H

#include "base/buf.h"
#include "packages/pkgload.h"

struct tidy_options {
	const char *go;		/* -go; NULL or "" is none */
	const char *compat;	/* -compat */
	bool allow_errors;	/* -e */
	const char *const *drop_replace;	/* what-if: paths whose replace lines go; NULL ends it, may be NULL */
};

struct tidy {
	struct pkgload *load;
	struct buf gomod_before, gomod_after;
	struct buf gosum_before, gosum_after;
	bool changed;
	struct requirements *initial;	/* as go.mod had it */
	struct requirements *final;
	struct requirements *compat;	/* as the older go sees it; NULL if its graph is the same kind */
	const char *compat_version;
	/* what go.sum keeps, by node of the modload's table: TIDY_KEEP_* */
	uint8_t *keep;
	size_t n_keep;
	struct arena arena;
};

enum tidy_keep {
	TIDY_KEEP_MOD = 1,
	TIDY_KEEP_ZIP = 2,
	TIDY_KEEP_COMPAT = 4,	/* only the older go's graph needs it */
};

/* The value of -go and -compat: a Go version that is not newer than `local`. ERR_USAGE in the flag's words. */
bool tidy_check_version(const char *value, const char *local, struct err *e);
/* *out is set in any case (it holds the packages that were loaded); false as above. */
bool tidy_run(struct tidy **out, struct modload *ml, const struct tidy_options *o, struct err *e);
void tidy_diff(const struct tidy *t, struct buf *out);
void tidy_free(struct tidy *t);	/* before modload_free; NULL is fine */

#endif
