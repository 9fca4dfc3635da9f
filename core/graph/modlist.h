/*
 * modlist.h - the answers of `go mod graph` and `go list -m`, byte for byte.
 *
 * Pure text makers over a loaded project (modload.h, requirements.h). stdout goes to `out`, what go says on stderr to the
 * loader's messages. Where go refuses, false with go's words.
 */
#ifndef MODSCOPE_MODLIST_H
#define MODSCOPE_MODLIST_H

#include "graph/requirements.h"

/* go mod graph: every edge in breadth-first order. go_version is -go's value, NULL or "" without it. */
bool modlist_graph(struct modload *ml, const char *go_version, struct buf *out,
		   const struct modgraph **mg, struct err *e);

/* modinfo.ModulePublic. Strings are "" and pointers NULL where go leaves the field out. */
struct module_info {
	const char *path, *version, *query, *time;
	struct module_info *replace;
	struct module_info *update;
	bool main, indirect;
	const char *dir, *gomod, *go_version;
	const char *const *retracted;
	size_t n_retracted;
	const char *const *versions;
	size_t n_versions;
	const char *deprecated;
	const char *error;
	const char *sum, *gomod_sum;
	const char *origin; /* raw JSON */
};

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
/* pkgpattern.MatchPattern, for module paths: "..." stands for anything. */
bool modlist_match(const char *pattern, const char *path);
/* moduleInfo for one node of the graph. */
struct module_info *modlist_info(struct modload *ml, const struct requirements *rs, struct modver m,
				 unsigned mode);

#endif
