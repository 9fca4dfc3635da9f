/*
 * pkg.h - one package, as loading found it.
 *
 * Packages live as long as the loader (pkgload.h) that made them; nobody else changes them.
 */
#ifndef MODSCOPE_PKG_H
#define MODSCOPE_PKG_H

#include "base/buf.h"

struct pkgroot;

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

/* Why a package could not be loaded; all zero if it could. */
struct pkg_problem {
	enum pkg_error kind;
	const char *text;		/* without the import stack */
	const char *too_new, *too_new_text;	/* PKG_TOO_NEW: the go version that is wanted, and go's words alone */
	bool missing_std;		/* PKG_MISSING of a path without a dot: silenced by tidy */
};

/* What a path resolves to (importFromModules). */
struct pkg_found {
	struct modver mod;		/* path "": of the standard library, or not found */
	struct pkgroot *root;		/* NULL: std or not found */
	const char *rel;		/* directory below root */
	bool in_std, has_dir;
	const struct modver *alt_mods;	/* modules whose path is a prefix too, but that lack the package */
	size_t n_alt_mods;
	struct pkg_problem problem;
};

struct pkg {
	const char *path;
	struct pkg *test_of;		/* not NULL: this stands for the tests of another package */
	struct pkg *test;
	struct pkg *stack;		/* the package that imports (or has) it in the shortest chain; NULL for a root */
	unsigned flags;
	struct modver mod;		/* this and what follows: as in pkg_found */
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
	unsigned mark;			/* tidy's own */
};

/* "a imports\n\tb tested by\n\tb.test imports\n\tc" */
void pkg_stack_text(const struct pkg *p, struct buf *out);

#endif
