/*
 * drill.h - what breaks if a hop of GOPROXY is gone: rehearsed, file by file, with go's own rules.
 *
 * For every file that the levels still need and GOMODCACHE lacks, the hops are walked as go walks them. The hop of the fault answers with the
 * fault; the others are really asked. So each file comes from a hop, or from its repository, or not at all, in the words that
 * go would have. Any thread; blocks. The strings are the drill's.
 *
 *	struct drill d;
 *	drill_run(&d, &o, missing, n);
 *	drill_release(&d);
 */
#ifndef MODSCOPE_DRILL_H
#define MODSCOPE_DRILL_H

#include "fetch/route.h"
#include "offline/levels.h"

struct gosum;

struct drill_fault {
	size_t hop;	/* of GOPROXY, from 0; DRILL_NO_HOP: none of them */
	int status;	/* it answers so; 0: it does not answer at all */
	int slow_ms;	/* it answers as it does, but so much later; else 0 */
	bool sumdb;	/* the checksum database does not answer */
	bool vcs;	/* repositories do not answer */
};
#define DRILL_NO_HOP SIZE_MAX

enum drill_from {
	DRILL_HOP,	/* .hop */
	DRILL_DIRECT,	/* its repository is asked */
	DRILL_NOWHERE,
};

struct drill_file {
	const struct levels_missing *missing;
	enum drill_from from, before; /* with the fault, and without it */
	size_t hop, hop_before;
	const char *says; /* DRILL_NOWHERE: why; "" */
	bool unverified;  /* go.sum does not know it, and the database does not answer: go stops there */
	const char *mend; /* what would help; "" */
};

struct drill {
	struct arena arena;
	struct route route;
	const char *error; /* GOPROXY is no list, or the fault does not fit it; "" */
	struct drill_file *files;
	size_t n, n_lost, n_moved; /* not to be had with the fault; to be had elsewhere */
};

struct drill_options {
	const struct goenv *env; /* borrowed, as all */
	struct gosum *sums;	 /* NULL: none */
	struct drill_fault fault;
	int total_ms;
	struct cancel *cancel;
	struct activity *log;
};

/* ERR_USAGE: GOPROXY has no such hop, or go does not ask what does not answer. */
bool drill_fits(const struct drill_fault *f, const struct route *r, const struct goenv *env, struct err *e);
/* A fault that does not fit is the error; nothing is asked then. */
void drill_run(struct drill *d, const struct drill_options *o, const struct levels_missing *const *missing, size_t n);
void drill_release(struct drill *d);

#endif
