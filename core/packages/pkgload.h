/*
 * pkgload.h - loads packages: finds the needed packages, the module that provides each, and missing ones.
 *
 * Follows cmd/go/internal/modload/{load,import,search}.go for commands that go runs with every build tag on and -mod=mod:
 * `go mod tidy` and `go mod why`. Loading may change the requirements (in memory only): roots are promoted and added until the
 * packages and the requirements agree.
 *
 *	struct pkgload *ld = pkgload_new(ml, &(struct pkgload_options){ .load_tests = true, ... });
 *	if (!pkgload_run(ld, patterns, n, &e))      // go's stderr is in the loader's messages
 *		...
 *	struct pkg *p = pkgload_find(ld, "golang.org/x/text/language");
 *	pkgload_free(ld);
 *
 * A loader belongs to one thread; it reads directories and fetches modules on others. Packages, their strings, and the sets of direct
 * paths in new requirements live until pkgload_free. pkgload_run may be called again with other
 * patterns and reuses what was read. pkgload_free writes the index of import lists (pkgroot.h).
 *
 * Invariants after a run: pkgs are in breadth-first order from the roots, each after its `stack` package; a package's
 * `test` follows its imports. Paths are unique among packages other than tests.
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
	bool roots_imported;		/* go get: the roots count as imported by the main module */
	bool silence_errors;		/* package errors are kept but not reported */
	bool silence_missing_std;
	bool silence_no_go;		/* a directory without Go files for this platform is not an error */
	/* As in commands that build: only files for this platform. NULL: every build tag is on. Borrowed. */
	const struct constraint_env *platform;
};

struct pkgload;

/* Another thread begins to see what of this project in GOMODCACHE is as it was; pkgload_new does it too, where nothing comes before it. */
void pkgload_look_ahead(struct modload *ml);
/* For modload_options: another thread begins to look at the directory of the project, while its files are read. */
void pkgload_found(struct modload *ml);
struct pkgload *pkgload_new(struct modload *ml, const struct pkgload_options *o);
void pkgload_free(struct pkgload *ld);

/* The packages that match a pattern. */
struct pkgload_match {
	const char *pattern;
	bool all;
	const char *const *pkgs;
	size_t n_pkgs;
	const char **errors;	/* of matching: a directory that could not be read */
	size_t n_errors;
	/* private to the matcher */
	const char *const *dirs;
	size_t n_dirs;
	bool dirs_done;
};

/* LoadPackages, without writing files. False if go would exit with status 1: its errors are in the
 * messages, the first one also in e. matches may be NULL; else they live as long as ld. */
bool pkgload_run(struct pkgload *ld, const char *const *patterns, size_t n, struct pkgload_match **matches, struct err *e);

struct requirements *pkgload_requirements(const struct pkgload *ld);
struct modload *pkgload_modload(const struct pkgload *ld);
size_t pkgload_pkgs(const struct pkgload *ld, struct pkg *const **pkgs);
/* A package, not a test; NULL if it was not reached. */
struct pkg *pkgload_find(const struct pkgload *ld, const char *path);
/* The first package that was not found and may be in this module, by its path; NULL if there is none. */
struct pkg *pkgload_find_absent(const struct pkgload *ld, const char *module);
/* Whether p belongs to a module other than a main module. */
bool pkgload_is_external(const struct pkgload *ld, const struct pkg *p);
/* Reports one of go's errors, "go: TEXT"; it affects the exit status unless -e is given. */
void pkgload_error(struct pkgload *ld, const char *text);
/* The same for errors that -e does not tolerate. */
void pkgload_fatal(struct pkgload *ld, const char *text);
size_t pkgload_error_count(const struct pkgload *ld);
const struct err *pkgload_first_error(const struct pkgload *ld);
/* The error of the first unreadable (not malformed) source file or directory, silenced or not; unset if there is none. */
const struct err *pkgload_unread(const struct pkgload *ld);
/* Why the first file that go takes for one without imports could not be read; NULL if there is none. */
const char *pkgload_unread_file(const struct pkgload *ld);
/* The same, or why a directory in which go looks for packages could not. */
const char *pkgload_passed_over(const struct pkgload *ld);
/* The text of a package's error as go reports it; NULL if it has none. */
const char *pkgload_error_text(struct pkgload *ld, struct pkg *p);

/* Whether tidy ignores the go.mod of modules that only provide packages, as an older go does (skip_modfile below). */
bool pkgload_skips_modfiles(const struct pkgload *ld);
/* A module version, after replacement, whose tree was needed. */
struct pkgload_tree {
	struct modver mod;
	bool found;
};
size_t pkgload_trees(const struct pkgload *ld, struct arena *a, struct pkgload_tree **trees);

/* importFromModules: the module of the requirements (mg NULL: of the roots first) that provides a path. */
bool pkgload_resolve(struct pkgload *ld, const char *path, struct requirements *rs, const struct modgraph *mg, bool skip_modfile,
		     struct pkg_found *f);

#endif
