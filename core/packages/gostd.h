/*
 * gostd.h - the standard library: its packages and their imports.
 *
 * If GOROOT is the Go release that the built-in table was generated from (assets/gostd_table.h), or if there is no GOROOT, the table
 * answers and no directory is read; any other GOROOT's src tree is read as in go
 * (modindex.IsStandardPackage, modload/load.go:stdVendor). Commands (cmd/...) and vendored packages are included.
 *
 * Immutable after gostd_init. Answers from directories are not cached: ask once for each package. Thread-safe. Strings returned
 * by gostd_scan live in the given arena.
 */
#ifndef MODSCOPE_GOSTD_H
#define MODSCOPE_GOSTD_H

#include "packages/imports.h"

struct gostd {
	const char *goroot;	/* clean; "" if there is none */
	const char *src;	/* goroot/src; "" if there is none */
	bool table;		/* the table answers */
};

/* goroot may be NULL or "". Strings in the arena. */
void gostd_init(struct gostd *s, struct arena *a, const char *goroot);
/* search.IsStandardImportPath: no dot in the first element. The package need not exist. */
bool gostd_is_path(const char *path);
/* A package of the standard library or a command of its tree; path must have passed gostd_is_path. */
bool gostd_has(const struct gostd *s, const char *path);
/* The result of imports_scan_dir for it. */
bool gostd_scan(const struct gostd *s, struct arena *a, const char *path, struct imports_dir *d, struct err *e);
/* What an import of `path` in the standard package `parent` resolves to: the vendored copy, if there is one. In the arena. */
const char *gostd_vendor(const struct gostd *s, struct arena *a, const char *parent, const char *path);
/* All packages for patterns, sorted; returns their number. "": for any platform, for wildcards; "std": without cmd, "cmd": only cmd,
 * if they build on this platform, which requires src as the table does not know. */
struct constraint_env;
size_t gostd_list(const struct gostd *s, struct arena *a, const char *which, const struct constraint_env *env, const char *const **paths);

#endif
