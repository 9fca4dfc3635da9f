/*
 * pkgload_impl.h - what the files of the package loader share; nobody else includes it.
 */
#ifndef MODSCOPE_PKGLOAD_IMPL_H
#define MODSCOPE_PKGLOAD_IMPL_H

#include "packages/pkgload.h"
#include "fetch/source.h"

/* The source tree of a module version, once fetched. */
struct modsource {
	struct pkgroot *root;	/* NULL: not fetched, or failed */
	bool fetched;
	bool not_exist;		/* the error counts as fs.ErrNotExist */
	const char *error;	/* complete: "M@V: ..." */
	const char *too_new;	/* the go version that it wants, if that is the error */
};

struct pkg_list {
	struct pkg **items;
	size_t n, cap;
};

struct pkgload {
	struct modload *ml;
	struct pkgload_options o;
	struct arena arena;
	struct pkgroots roots;
	unsigned cpus;
	struct gostd std;
	struct requirements *rs;
	struct map std_dirs;		/* path -> struct pkgdir */
	struct map query_cache;		/* path -> struct query_answer: what the proxies said of a missing import */
	struct modsource **sources;	/* by node */
	size_t n_sources;
	struct map tools;		/* set */
	VEC(struct map *) directs;	/* sets of direct paths that requirements borrow */
	bool tools_done;
	bool all_is_root, closes_over_tests, skip_modfiles;
	unsigned mark;			/* the last one given out */
	size_t n_errors;
	struct err first_error;
	struct err unread;		/* the first file or directory that could not be read */
	/* of one iteration */
	struct map pkgs_by_path;
	struct pkg_list queue, roots_of, pkgs;
	struct {
		struct pkg **pkgs;
		unsigned *flags;
		size_t n, cap;
	} pending;
};

/* load.go's goVersion: -go, or that of the requirements. */
const char *pkgload_go_version(const struct pkgload *ld);
/* fetch (import.go) of one module version, memoized. */
struct modsource *pkgload_source(struct pkgload *ld, struct modver m);
/* Makes what resolving these paths will need, in parallel. mg may be NULL. */
void pkgload_prefetch(struct pkgload *ld, const char *const *paths, size_t n, struct requirements *rs, const struct modgraph *mg);
/* Fills directory entries in parallel. */
struct fill_item {
	struct pkgroot *root;
	struct pkgdir *dir;
};
void pkgload_fill(struct pkgload *ld, struct fill_item *items, size_t n);
/* dirInModule; false with *error on a directory that cannot be read. */
bool pkgload_dir_in_module(struct pkgload *ld, const char *path, const char *mod_path, struct pkgroot *root, struct pkgdir **d,
			   const char **error);
/* queryImport: *m is what would provide the path; else an error. */
bool pkgload_query_import(struct pkgload *ld, const char *path, struct requirements *rs, struct modver *m, struct pkg_found *error);
/* A main module's packages are named this and what is below it: its path, "" for the standard library itself (MainModuleSet.PathPrefix). */
const char *pkgload_prefix(const struct pkgload *ld, const struct main_module *m);
const char *pkgload_not_std_text(struct pkgload *ld, const char *path);
/* Patterns (pkgpattern.c). */
void pkgload_match(struct pkgload *ld, struct pkg_match *m, bool first, struct requirements *rs);
/* The packages of the main modules, sorted, each once. */
void pkgload_main_packages(struct pkgload *ld, struct pkg_match *m);
/* tidyRoots (tidyroots.c). */
bool pkgload_tidy_roots(struct pkgload *ld, struct requirements *rs, struct requirements **out, struct err *e);

#endif
