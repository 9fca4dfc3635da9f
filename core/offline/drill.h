/*
 * drill.h - what breaks if a hop of GOPROXY fails: a rehearsal, file by file, with go's own rules.
 *
 * For every file that the levels need and GOMODCACHE lacks, the hops are tried in go's order. The faulty hop answers with the
 * fault; the others get real requests. So each file comes from a hop, or from its repository, or is unavailable, with go's
 * error. Any thread; blocks. The drill owns the strings.
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
	int status;	/* of its answers; 0: it does not answer at all */
	int slow_ms;	/* it answers normally, but this much later; else 0 */
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
	enum drill_from from, before; /* with and without the fault */
	size_t hop, hop_before;
	const char *says; /* DRILL_NOWHERE: why; "" */
	bool unverified;  /* go.sum lacks its hash, and the database does not answer: go stops there */
	const char *mend; /* the remedy; "" */
};

struct drill {
	struct arena arena;
	struct route route;
	const char *error; /* GOPROXY is malformed, or the fault does not match it; "" */
	struct drill_file *files;
	size_t n, n_lost, n_moved; /* n_lost: unavailable with the fault; n_moved: from elsewhere */
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
