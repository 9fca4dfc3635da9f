/*
 * outdated.h - newer versions than those of the build list: one row per module.
 *
 * A row has the data of `go list -m -u -retracted -json`, plus the newest patch, the newest with the same
 * major version, the newest that does not raise the project's go line, and the next major versions. Versions are chosen
 * as in cmd/go/internal/modload (query.go, list.go, build.go). If a module's proxy fails, its row says why.
 *
 * Rows arrive with their answers: outdated_run calls `row` for each, on the caller's thread, and again when it is complete. A row
 * passed out never changes; all live as long as the loader. Blocks; the loader's thread.
 *
 *	struct outdated_options o = { .ml = ml, .source = source, .row = on_row, .ctx = ctx };
 *	if (!outdated_run(&o, &e)) ...
 */
#ifndef MODSCOPE_OUTDATED_H
#define MODSCOPE_OUTDATED_H

#include "graph/modinfo.h"

struct source;

struct outdated_major {
	const char *path, *version, *time; /* its newest version */
	int64_t held_until;		   /* as in the row */
};

/* Strings are "" if there is none, or it is unknown. */
struct outdated_row {
	const struct modinfo *info; /* update: what `@upgrade` would choose among versions older than the cooldown */
	bool asked;		    /* false: not yet */
	const char *unknown;	    /* why updates, retractions or deprecation are unknown */
	const char *patch;	    /* newest above the current version with the same minor version */
	const char *minor;	    /* with the same major version */
	const char *keeps_go;	    /* newest with a go line not above the project's */
	const char *unread_go;	    /* the newest above keeps_go with an unreadable go.mod: it may keep the go line too */
	const char *update_go;	    /* go line of the update; without one, of the held version */
	const char *held;	    /* the update held back by the cooldown */
	int64_t held_until;	    /* seconds since 1970: when it is old enough; 0: nothing is held back */
	const char *const *excluded; /* its versions in the project's exclude lines */
	size_t n_excluded;
	const struct outdated_major *majors; /* ascending */
	size_t n_majors;
	bool tool;     /* a tool line names one of its packages */
	int64_t as_of; /* time of the oldest kept answer for this row; 0: all are new */
};

struct outdated_options {
	struct modload *ml;
	struct source *source;
	bool direct;	 /* only modules that go.mod requires directly */
	bool majors;	 /* include the next major versions */
	bool facts;	 /* rows have only what go list -m -u prints, and are completed in place: for callers that show none before the end */
	bool kept;	 /* the source contacts no server */
	int64_t cooldown; /* seconds: younger versions are not proposed; 0: none */
	int64_t now;	  /* seconds since 1970, for the cooldown */
	struct err *incomplete; /* why the build list may lack rows; NULL: an incomplete one is refused */
	const struct cancel *cancel;
	/* Row i of n, in the order of the build list. */
	void (*row)(void *ctx, size_t i, size_t n, const struct outdated_row *row);
	void *ctx;
};

/* False, in go's words, if there is no build list. */
bool outdated_run(const struct outdated_options *o, struct err *e);
/* Whether it has an update, is retracted or deprecated. */
bool outdated_is(const struct outdated_row *row);

#endif
