/*
 * levels_run.h - one go command, carried out as far as it reads modules.
 *
 * One thread. What it has loaded stays until levels_run_release, for those who ask who needs a module.
 */
#ifndef MODSCOPE_LEVELS_RUN_H
#define MODSCOPE_LEVELS_RUN_H

#include "base/buf.h"
#include "fetch/source.h"
#include "offline/levels.h"
#include "packages/tidy.h"

struct levels_run {
	const struct goenv *env; /* borrowed, as all that is set before */
	struct cancel *cancel;
	struct source *source; /* owned */
	/* The run's own. */
	struct modload *ml;
	struct pkgload *ld; /* NULL: no packages were loaded */
	struct tidy *tidy;  /* has the packages then */
	struct modinfo **rows; /* of go list -m all */
	size_t n_rows;
	struct buf messages;
	struct err err; /* why go would end with status 1 */
};

/* False: r.err says why. */
bool levels_run(struct levels_run *r, enum levels_level level);
void levels_run_release(struct levels_run *r);
/* Who makes go look for a file of m: "example.com/app imports example.com/a/b", "required by example.com/c@v1.0.0". */
const char *levels_run_who(struct levels_run *r, struct modver m, const char *what, struct arena *a);

#endif
