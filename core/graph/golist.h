/*
 * golist.h - go list -m, byte for byte.
 *
 * Follows cmd/go/internal/modload/list.go. go's output on stderr goes to the loader's messages. False with
 * go's words if go refuses. May use the network; the loader's thread.
 *
 *	struct modinfo **rows;
 *	if (!golist_list(ml, args, n_args, GOLIST_UPDATES, &rows, &n, &e)) ...
 *	golist_text(rows[i], &out);
 */
#ifndef MODSCOPE_GOLIST_H
#define MODSCOPE_GOLIST_H

#include "graph/modinfo.h"

enum golist_mode {
	GOLIST_TEXT = 0,      /* only what the plain text form needs */
	GOLIST_FULL = 1,      /* Dir, GoMod, GoVersion, Time, sums */
	GOLIST_UPDATES = 2,   /* -u */
	GOLIST_RETRACTED = 4, /* -retracted */
	GOLIST_VERSIONS = 8,  /* -versions */
	GOLIST_ERRORS = 16,   /* -e: a broken graph gives the readable part; rows may carry errors */
	GOLIST_ROWS = 32,     /* rows may carry errors, as for go mod why -m; a broken graph is not an error */
	GOLIST_LATER = 64,    /* proxies are not asked until golist_complete */
	GOLIST_WHOLE = 128,   /* with GOLIST_ERRORS: false for a broken graph, with GOLIST_ROWS after the rows of what could be read */
};

/* ListModules. args as of `go list -m`; without any, the main modules. Rows live in the loader. A row may carry an error:
 * go then prints it and exits with status 1 (without -e, before any output). */
bool golist_list(struct modload *ml, const char *const *args, size_t n_args, unsigned mode,
		  struct modinfo ***rows, size_t *n, struct err *e);
/* Fills in what GOLIST_LATER left out of a row: GOLIST_UPDATES, GOLIST_RETRACTED and GOLIST_VERSIONS, as in `mode`. */
void golist_complete(struct modload *ml, struct modinfo *m, unsigned mode);
/* Appends the line that `go list -m` prints for a row, with newline. */
void golist_text(const struct modinfo *m, struct buf *out);
/* The same for -versions: path and all versions. */
void golist_versions_text(const struct modinfo *m, struct buf *out);
/* Appends the object that `go list -m -json=FIELDS` prints; NULL for all fields. */
void golist_json(const struct modinfo *m, const char *fields, struct buf *out);

#endif
