/*
 * golist.h - go list -m, byte for byte.
 *
 * Follows cmd/go/internal/modload/list.go. What go says on stderr goes to the loader's messages. Where go refuses, false with
 * go's words. May ask the network; the loader's thread.
 *
 *	struct module_info **rows;
 *	if (!modlist_list(ml, args, n_args, MODLIST_UPDATES, &rows, &n, &e)) ...
 *	modlist_text(rows[i], &out);
 */
#ifndef MODSCOPE_GOLIST_H
#define MODSCOPE_GOLIST_H

#include "graph/modinfo.h"

enum modlist_mode {
	MODLIST_TEXT = 0,      /* only what the plain text form needs */
	MODLIST_FULL = 1,      /* Dir, GoMod, GoVersion, Time, sums */
	MODLIST_UPDATES = 2,   /* -u */
	MODLIST_RETRACTED = 4, /* -retracted */
	MODLIST_VERSIONS = 8,  /* -versions */
	MODLIST_ERRORS = 16,   /* -e: a broken graph gives what could be read; rows may carry errors */
	MODLIST_ROWS = 32,     /* rows may carry errors, as for go mod why -m; a broken graph is none */
};

/* ListModules. args as of `go list -m`; none means the main modules. Rows live in the loader. A row may carry an error:
 * go then prints it and ends with status 1 (without -e, before any output). */
bool modlist_list(struct modload *ml, const char *const *args, size_t n_args, unsigned mode,
		  struct module_info ***rows, size_t *n, struct err *e);
/* The line that `go list -m` prints for a row, with newline. */
void modlist_text(const struct module_info *m, struct buf *out);

#endif
