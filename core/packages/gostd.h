/*
 * gostd.h - the standard library: which import paths are its packages, and what they import.
 *
 * If GOROOT is the Go release that the built-in table was made from (assets/gostd_table.h), or if there is no GOROOT, the table
 * answers and no directory is read; for any other GOROOT its src tree is read as go would
 * (modindex.IsStandardPackage, modload/load.go:stdVendor). Commands (cmd/...) and vendored packages are included.
 *
 * Immutable after gostd_init, except that directory answers are not kept: ask once for each package. Thread-safe. Strings returned
 * by gostd_scan live in the given arena.
 */
#ifndef MODSCOPE_GOSTD_H
#define MODSCOPE_GOSTD_H

#include "packages/imports.h"

struct gostd {
	const char *goroot;	/* clean; "" where there is none */
	const char *src;	/* goroot/src; "" where there is none */
	bool table;		/* the table answers */
};

/* goroot may be NULL or "". Strings in the arena. */
void gostd_init(struct gostd *s, struct arena *a, const char *goroot);
/* search.IsStandardImportPath: no dot in the first element. Says nothing about existence. */
bool gostd_is_path(const char *path);
/* A package of the standard library or a command of its tree; path must have passed gostd_is_path. */
bool gostd_has(const struct gostd *s, const char *path);
/* What imports_scan_dir would say about it. */
bool gostd_scan(const struct gostd *s, struct arena *a, const char *path, struct imports_dir *d, struct err *e);
/* The path that an import of `path` from the standard package `parent` means: the vendored copy, if there is one. In the arena. */
const char *gostd_vendor(const struct gostd *s, struct arena *a, const char *parent, const char *path);
/* All packages for patterns, sorted. "": of every platform, for wildcards; "std": without cmd, "cmd": only those, as far as they
 * build on this platform, which the table cannot tell: they are looked for in src, where there is one. */
struct constraint_env;
size_t gostd_list(const struct gostd *s, struct arena *a, const char *which, const struct constraint_env *env, const char *const **paths);

#endif
