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
 * A loader belongs to one thread; it reads directories and fetches modules on others. Packages, and strings of them, live
 * until pkgload_free, and so do the sets of direct paths in the requirements that loading made: use none of these afterwards. pkgload_run may be called again with other
 * patterns: what was read stays known. pkgload_free writes the index of import lists (pkgroot.h).
 *
 * Invariants after a run: pkgs are in breadth-first order from the roots, each after the package that `stack` names; a package's
 * `test` follows its imports. Paths are unique among packages that are no tests.
 */
#ifndef MODSCOPE_PKGLOAD_H
#define MODSCOPE_PKGLOAD_H

#include "packages/gostd.h"
#include "packages/pkgroot.h"
#include "graph/requirements.h"

enum pkg_flags {
	PKG_IN_ALL = 1,		/* matches "all" */
	PKG_IS_ROOT = 2,	/* matches a pattern */
	PKG_FROM_ROOT = 4,
	PKG_IMPORTS_LOADED = 8,
};

enum pkg_error {
	PKG_OK,
	PKG_MISSING,		/* ImportMissingError: no module of the graph provides it */
	PKG_AMBIGUOUS,
	PKG_INVALID,		/* the import path is not allowed */
	PKG_NO_GO,		/* imports.ErrNoGo */
	PKG_TOO_NEW,		/* its module wants a newer go */
	PKG_ERROR,		/* anything else */
};

struct pkg {
	const char *path;
	struct pkg *test_of;	/* not NULL: this stands for the tests of another package */
	struct pkg *test;
	struct pkg *stack;	/* the package that imports (or has) it in the shortest chain; NULL for a root */
	unsigned flags;
	struct modver mod;	/* path "": of the standard library, or not found */
	struct pkgroot *root;	/* NULL: std or not found */
	const char *rel;	/* directory below root */
	bool has_dir, in_std;
	struct pkg **imports;	/* sorted by import path as written */
	size_t n_imports;
	const char *const *test_imports;
	size_t n_test_imports;
	const struct modver *alt_mods;	/* modules whose path is a prefix too, but that lack the package */
	size_t n_alt_mods;
	enum pkg_error error;
	const char *error_text;		/* without the import stack */
	const char *too_new, *too_new_text;	/* PKG_TOO_NEW: the go version that is wanted, and go's words alone */
	bool missing_std;		/* PKG_MISSING of a path without a dot: silenced by tidy */
	bool is_listed;			/* among the roots of this run */
	unsigned mark;			/* tidy's own */
};

struct pkgload_options {
	const char *go_version;		/* tidy -go; NULL or "" is none */
	bool tidy;
	bool resolve_missing;		/* ask the proxies for modules that provide missing packages */
	bool load_tests;
	bool use_vendor_all;		/* why -vendor */
	bool allow_errors;		/* -e */
	bool silence_errors;		/* package errors are kept but not told */
	bool silence_missing_std;
};

struct pkgload;

struct pkgload *pkgload_new(struct modload *ml, const struct pkgload_options *o);
void pkgload_free(struct pkgload *ld);

/* What one pattern stands for. */
struct pkg_match {
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
bool pkgload_run(struct pkgload *ld, const char *const *patterns, size_t n, struct pkg_match **matches, struct err *e);

struct requirements *pkgload_requirements(const struct pkgload *ld);
struct modload *pkgload_modload(const struct pkgload *ld);
const struct gostd *pkgload_std(const struct pkgload *ld);
size_t pkgload_pkgs(const struct pkgload *ld, struct pkg *const **pkgs);
/* Not tests. NULL if it was not reached. */
struct pkg *pkgload_find(const struct pkgload *ld, const char *path);
bool pkg_is_external(const struct pkgload *ld, const struct pkg *p);
/* "a imports\n\tb tested by\n\tb.test imports\n\tc" */
void pkg_stack_text(const struct pkg *p, struct buf *out);
/* One of go's errors on stderr: "go: TEXT"; counts for the exit status unless -e is given. */
void pkgload_error(struct pkgload *ld, const char *text);
/* The same for what -e does not excuse. */
void pkgload_fatal(struct pkgload *ld, const char *text);
size_t pkgload_error_count(const struct pkgload *ld);
/* The first source file or directory that could not be read (not: parsed), silenced or not; unset if all could. */
const struct err *pkgload_unread(const struct pkgload *ld);
/* The text of a package's error, with what go adds when it reports it; NULL if it has none. */
const char *pkgload_error_text(struct pkgload *ld, struct pkg *p);

/* importFromModules: which module of the requirements (mg NULL: of the roots first) provides a path. */
struct pkg_found {
	struct modver mod;
	struct pkgroot *root;
	const char *rel;
	bool in_std, has_dir;
	const struct modver *alt_mods;
	size_t n_alt_mods;
	enum pkg_error error;
	const char *error_text;
	const char *too_new, *too_new_text;
	bool missing_std;
};
bool pkgload_resolve(struct pkgload *ld, const char *path, struct requirements *rs, const struct modgraph *mg, bool skip_modfile,
		     struct pkg_found *f);

#endif
