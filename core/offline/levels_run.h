/*
 * levels_run.h - one go command, run as far as it reads modules.
 *
 * One thread. Keeps what it has loaded until levels_run_release, for levels_run_who.
 */
#ifndef MODSCOPE_LEVELS_RUN_H
#define MODSCOPE_LEVELS_RUN_H

#include "base/buf.h"
#include "fetch/source.h"
#include "offline/levels.h"
#include "packages/tidy.h"

struct levels_run {
	const struct goenv *env; /* borrowed, like all members set by the caller */
	struct cancel *cancel;
	struct source *source; /* owned */
	/* Set by the run. */
	struct modload *ml;
	struct pkgload *ld; /* NULL: no packages loaded */
	struct tidy *tidy;  /* for tidy: then has the packages */
	struct modinfo **rows; /* for go list -m all */
	size_t n_rows;
	struct buf messages;
	struct err err; /* why go would exit with status 1 */
	const char *failed_at; /* the package that err is about; may be NULL */
};

/* False: r.err says why. */
bool levels_run(struct levels_run *r, enum levels_level level);
void levels_run_release(struct levels_run *r);
/* What makes go read a file of m: "example.com/app imports example.com/a/b", "required by example.com/c@v1.0.0". */
const char *levels_run_who(struct levels_run *r, struct modver m, const char *what, struct arena *a);

#endif
