/*
 * outdated.h - what is newer than the build list: one row a module.
 *
 * A row holds what `go list -m -u -retracted -json` says of the module, and beside it the newest patch, the newest of the same
 * major version, the newest that does not raise the project's go line, and the next major versions. Which version is chosen
 * follows cmd/go/internal/modload (query.go, list.go, build.go). A module whose proxy fails has a row that says why.
 *
 * Rows come as their answers do: outdated_run calls `row` for each, on the caller's thread, and again when it is done. A row
 * that has been handed out never changes; all live as long as the loader. Blocks; the loader's thread.
 *
 *	struct outdated_options o = { .ml = ml, .source = source, .row = on_row, .ctx = ctx };
 *	if (!outdated_run(&o, &e)) ...
 */
#ifndef MODSCOPE_OUTDATED_H
#define MODSCOPE_OUTDATED_H

#include "graph/modinfo.h"

struct source;

struct outdated_major {
	const char *path, *version, *time; /* its newest */
};

/* Strings are "" where there is nothing, or where it is not known. */
struct outdated_row {
	const struct modinfo *info; /* update: what `@upgrade` would choose, less what is younger than the cooldown */
	bool asked;		    /* false: not yet */
	const char *unknown;	    /* why updates, retractions or deprecation are not known */
	const char *patch;	    /* newest above the current version with the same minor version */
	const char *minor;	    /* with the same major version */
	const char *keeps_go;	    /* whose go line is not above the project's */
	const char *unread_go;	    /* the newest above keeps_go whose go.mod could not be read: it may keep it, too */
	const char *update_go;	    /* go line of the update, or of update_held */
	const char *held;	    /* the update that the cooldown holds back */
	const char *const *excluded; /* versions that the project's exclude lines name */
	size_t n_excluded;
	const struct outdated_major *majors; /* ascending */
	size_t n_majors;
	bool tool;     /* some tool line names a package in it */
	int64_t as_of; /* of the oldest kept answer behind this row; 0: all is new */
};

struct outdated_options {
	struct modload *ml;
	struct source *source;
	bool direct;	 /* no rows of modules that go.mod does not require directly */
	bool majors;	 /* the next major versions are asked for */
	bool facts;	 /* rows have no more than what go lists: update, retractions, deprecation */
	bool kept;	 /* the source asks no server */
	int64_t not_after; /* seconds since 1970: the cooldown; 0: none */
	const struct cancel *cancel;
	/* Row i of n, in the order of the build list. */
	void (*row)(void *ctx, size_t i, size_t n, const struct outdated_row *row);
	void *ctx;
};

/* False if there is no build list: go's words. */
bool outdated_run(const struct outdated_options *o, struct err *e);
/* It has an update, is retracted or deprecated. */
bool outdated_is(const struct outdated_row *row);

#endif
