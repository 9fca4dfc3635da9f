/*
 * pkgload.h - loading packages: which packages are needed, which module provides each, what is missing.
 *
 * Follows cmd/go/internal/modload/{load,import,search}.go for the commands that go runs with every build tag on and -mod=mod:
 * `go mod tidy` and `go mod why`. Loading may change the requirements (in memory only): roots are promoted and added until the
 * packages and the requirements agree.
 *
 *	struct pkgload *ld = pkgload_new(ml, &(struct pkgload_options){ .load_tests = true, ... });
 *	if (!pkgload_run(ld, patterns, n, &e))      // what go says on stderr is in the loader's messages
 *		...
 *	struct pkg *p = pkgload_find(ld, "golang.org/x/text/language");
 *	pkgload_free(ld);
 *
 * A loader belongs to one thread; it reads directories and fetches modules on others. Packages, their strings, and the sets of direct
 * paths in the requirements that loading made live until pkgload_free. pkgload_run may be called again with other
 * patterns; what was read is kept. pkgload_free writes the index of import lists (pkgroot.h).
 *
 * Invariants after a run: pkgs are in breadth-first order from the roots, each after the package that `stack` names; a package's
 * `test` follows its imports. Paths are unique among packages that are no tests.
 */
#ifndef MODSCOPE_PKGLOAD_H
#define MODSCOPE_PKGLOAD_H

#include "packages/gostd.h"
#include "packages/pkg.h"
#include "packages/pkgroot.h"
#include "graph/requirements.h"

struct constraint_env;
struct pkgload_options {
	const char *go_version;		/* tidy -go; NULL or "" is none */
	bool tidy;
	bool resolve_missing;		/* ask the proxies for modules that provide missing packages */
	bool load_tests;
	bool use_vendor_all;		/* why -vendor */
	bool allow_errors;		/* -e */
	bool roots_imported;		/* go get: what is asked for counts as imported by the main module */
	bool silence_errors;		/* package errors are kept but not told */
	bool silence_missing_std;
	bool silence_no_go;		/* a directory without Go files for this platform is no error */
	/* As the commands that build: files for this platform only. NULL: with every build tag on. Borrowed. */
	const struct constraint_env *platform;
};

struct pkgload;

struct pkgload *pkgload_new(struct modload *ml, const struct pkgload_options *o);
void pkgload_free(struct pkgload *ld);

/* What one pattern stands for. */
struct pkgload_match {
	const char *pattern;
	bool all;
	const char *const *pkgs;
	size_t n_pkgs;
	/* the rest is the matcher's */
	const char *const *dirs;
	size_t n_dirs;
	bool dirs_done;
	const char **errors;
	size_t n_errors;
};

/* LoadPackages up to (not including) the writing of files. False if go would stop with exit status 1: its words are in the
 * messages, the first of them in e. matches may be NULL; else they and what they hold live as long as ld. */
bool pkgload_run(struct pkgload *ld, const char *const *patterns, size_t n, struct pkgload_match **matches, struct err *e);

struct requirements *pkgload_requirements(const struct pkgload *ld);
struct modload *pkgload_modload(const struct pkgload *ld);
size_t pkgload_pkgs(const struct pkgload *ld, struct pkg *const **pkgs);
/* Not tests. NULL if it was not reached. */
struct pkg *pkgload_find(const struct pkgload *ld, const char *path);
/* Of a module that is no main one. */
bool pkgload_is_external(const struct pkgload *ld, const struct pkg *p);
/* One of go's errors on stderr: "go: TEXT"; counts for the exit status unless -e is given. */
void pkgload_error(struct pkgload *ld, const char *text);
/* The same for what -e does not excuse. */
void pkgload_fatal(struct pkgload *ld, const char *text);
size_t pkgload_error_count(const struct pkgload *ld);
const struct err *pkgload_first_error(const struct pkgload *ld);
/* The first source file or directory that could not be read (not: parsed), silenced or not; unset if all could. */
const struct err *pkgload_unread(const struct pkgload *ld);
/* The text of a package's error, with what go adds when it reports it; NULL if it has none. */
const char *pkgload_error_text(struct pkgload *ld, struct pkg *p);

/* Does tidy leave the go.mod files of modules alone that only provide packages? The older go's view (skip_modfile below). */
bool pkgload_skips_modfiles(const struct pkgload *ld);
/* The module versions, after replacement, whose trees were asked for. */
struct pkgload_tree {
	struct modver mod;
	bool found;
};
size_t pkgload_trees(const struct pkgload *ld, struct arena *a, struct pkgload_tree **trees);

/* importFromModules: which module of the requirements (mg NULL: of the roots first) provides a path. */
bool pkgload_resolve(struct pkgload *ld, const char *path, struct requirements *rs, const struct modgraph *mg, bool skip_modfile,
		     struct pkg_found *f);

#endif
