/*
 * pkg.h - one loaded package.
 *
 * Packages live as long as their loader (pkgload.h); only it changes them.
 */
#ifndef MODSCOPE_PKG_H
#define MODSCOPE_PKG_H

#include "base/buf.h"

struct pkgroot;
struct pkgroot_dir;

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
	PKG_IMPLICIT,		/* DirectImportFromImplicitDependencyError: it imports what no go.mod of the workspace requires */
	PKG_TOO_NEW,		/* its module requires a newer go */
	PKG_ERROR,		/* anything else */
};

/* Why a package could not be loaded; all zero if it could. */
struct pkg_problem {
	enum pkg_error kind;
	const char *text;		/* without the import stack */
	const char *too_new, *too_new_text;	/* PKG_TOO_NEW: the required go version, and go's text alone */
	bool missing_std;		/* PKG_MISSING for a path without a dot: tidy does not report it */
};

/* What a path resolves to (importFromModules). */
struct pkg_found {
	struct modver mod;		/* path "": of the standard library, or not found */
	struct pkgroot *root;		/* NULL: std or not found */
	struct pkgroot_dir *dir;	/* not NULL if root is not */
	const char *rel;		/* directory below root */
	bool in_std, has_dir;
	const struct modver *alt_mods;	/* modules with a matching path prefix that lack the package */
	size_t n_alt_mods;
	struct pkg_problem problem;
};

struct pkg {
	const char *path;
	struct pkg *test_of;		/* not NULL: this represents the tests of another package */
	struct pkg *test;
	struct pkg *stack;		/* the package that imports (or has) it in the shortest chain; NULL for a root */
	unsigned flags;
	struct modver mod;		/* from here to problem: as in pkg_found */
	struct pkgroot *root;
	const char *rel;
	bool has_dir, in_std;
	const struct modver *alt_mods;
	size_t n_alt_mods;
	struct pkg_problem problem;
	struct pkg **imports;		/* sorted by import path as written */
	size_t n_imports;
	const char *const *test_imports;
	size_t n_test_imports;
	bool is_listed;			/* among the roots of this run */
	unsigned mark;			/* private to tidy */
};

/* "a imports\n\tb tested by\n\tb.test imports\n\tc" */
void pkg_stack_text(const struct pkg *p, struct buf *out);

#endif
