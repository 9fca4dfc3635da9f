/*
 * pkgload_impl.h - what the files of the package loader share.
 */
#ifndef MODSCOPE_PKGLOAD_IMPL_H
#define MODSCOPE_PKGLOAD_IMPL_H

#include "base/par.h"
#include "packages/pkgload.h"
#include "fetch/source.h"
#include "graph/query.h"

/* The source tree of a module version, once fetched. */
struct pkgload_source {
	struct pkgroot *root;	/* NULL: not fetched, or failed */
	bool fetched;
	bool not_exist;		/* the error is an fs.ErrNotExist */
	const char *error;	/* complete: "M@V: ..." */
	const char *too_new;	/* the go version that it requires, if that is the error */
};

struct pkgload_list {
	struct pkg **items;
	size_t n, cap;
};

/* A module that may provide a path, since its own path is a prefix. */
struct pkgload_candidate {
	uint32_t node;
	struct modver mod;
	struct pkgload_source *source;	/* may not be fetched yet */
	const char *rel;		/* the rest of the path */
	struct pkgroot_dir *dir;	/* NULL: not looked up, or hidden */
};

#define PKGLOAD_SHAPES 4096u

struct pkgload_range {
	const char *path;
	size_t start, n;
};

struct pkgload {
	struct modload *ml;
	struct pkgload_options o;
	struct arena arena;
	struct pkgroots roots;
	unsigned cpus;
	struct gostd std;
	struct requirements *rs;
	struct requirements *tidied;	/* the result of tidyRoots for these roots and packages; NULL if unknown */
	struct map std_dirs;		/* path -> struct pkgroot_dir */
	struct map query_cache;		/* path -> struct query_answer: the proxies' answer for a missing import */
	struct pkgload_source **sources;	/* by node */
	size_t n_sources;
	struct map tools;		/* set */
	bool tools_done;
	bool all_is_root, closes_over_tests, skip_modfiles;
	unsigned mark;			/* the last one used */
	size_t n_errors;
	struct err first_error;
	struct err unread;		/* the first file or directory that could not be read */
	const char *unread_file;	/* why the first file that go takes for an empty one could not be read; NULL: none */
	const char *unread_dir;		/* the same of a directory in which go looks for packages */
	/* the trees of the main modules, which another thread opens; joined before they are used */
	struct {
		struct par_beside thread;
		struct pkgroot **roots;
		size_t n;
	} mains;
	/* candidates found by prefetching: resolving needs the same paths in the same order */
	struct {
		struct requirements *rs;
		const struct modgraph *mg;
		VEC(struct pkgload_candidate) list;
		VEC(struct pkgload_range) paths;
		size_t next;
	} ahead;
	/* which shapes the paths of the main modules and of the roots have: most prefixes of import paths have none of these */
	struct {
		const struct requirements *rs;
		uint64_t bits[PKGLOAD_SHAPES / 64];
	} shapes;
	/* of one iteration */
	struct map pkgs_by_path;
	struct pkgload_list queue, roots_of, pkgs;
	struct {
		struct pkg **pkgs;
		unsigned *flags;
		size_t n, cap;
	} pending;
};

/*
 * The files, from the ground up; each calls only those before it.
 */

/* pkgload_report.c: messages. */
/* Reports an error from below as go does; consumes e. */
void pkgload_tell(struct pkgload *ld, struct err *e);
/* True if go would exit now, with the reason in e. An error at which go exits at once, wherever it occurred, is then the only one. */
bool pkgload_stopped(struct pkgload *ld, struct err *e);
bool pkgload_in_main(const struct pkgload *ld, const struct pkg *p);
/* load.go's goVersion: -go, or that of the requirements. */
const char *pkgload_go_version(const struct pkgload *ld);

/* pkgload_source.c: source trees of modules. */
const char *pkgload_mod_text(struct arena *a, struct modver m);
/* The next shorter prefix of a path, in place; false at the end. */
bool pkgload_shorten(char *prefix);
/* The part of an import path below a module path, or below the standard library's "": NULL if it is outside. */
const char *pkgload_path_within(const char *path, const char *mod_path);
/* The modules that may provide a path, longest first. mg NULL: only among the roots. */
#define PKGLOAD_MAX_CANDIDATES 64
size_t pkgload_candidates(struct pkgload *ld, const char *path, struct requirements *rs, const struct modgraph *mg,
			  struct pkgload_candidate *c);
/* Begins to look at the tree of a main module, or of all of them, beside what the caller does next; the second does nothing after
 * the first. */
void pkgload_open_main(struct pkgload *ld, const char *dir);
void pkgload_open_mains(struct pkgload *ld);
/* fetch (import.go) of one module version, memoized. */
struct pkgload_source *pkgload_source(struct pkgload *ld, struct modver m);
struct pkgload_source *pkgload_source_at(struct pkgload *ld, const struct pkgload_candidate *c);
/* Prepares what resolving these paths will need, in parallel. */
void pkgload_prefetch(struct pkgload *ld, const char *const *paths, size_t n, struct requirements *rs, const struct modgraph *mg);
/* Fills directory entries in parallel. */
struct pkgload_fill {
	struct pkgroot *root;
	struct pkgroot_dir *dir;
};
void pkgload_fill(struct pkgload *ld, struct pkgload_fill *items, size_t n);
/* False with *error if the directory cannot be read. */
bool pkgload_dir_read(struct pkgload *ld, struct pkgroot *root, struct pkgroot_dir *d, const char **error);
/* dirInModule; false with *error if a directory cannot be read. */
bool pkgload_dir_in_module(struct pkgload *ld, const char *path, const char *mod_path, struct pkgroot *root, struct pkgroot_dir **d,
			   const char **error);

/* pkgload_resolve.c: the module that provides a path (pkgload_resolve). The first three always return false. */
bool pkgload_fail(struct pkg_found *f, enum pkg_error kind, const char *text);
bool pkgload_fail_source(struct pkg_found *f, const struct pkgload_source *s);
bool pkgload_missing(struct pkgload *ld, const char *path, struct pkg_found *f);
/* The whole graph; an error becomes the package's. */
bool pkgload_graph(struct pkgload *ld, struct requirements *rs, const struct modgraph **mg, struct pkg_found *f);
/* The prefix of a main module's import paths: its path, or "" for the standard library (MainModuleSet.PathPrefix). */
const char *pkgload_prefix(const struct pkgload *ld, const struct modproject_main *m);

/* pkgload_match.c: patterns. */
enum pkgload_when {
	PKGLOAD_ROOTS,	/* before loading: what to load */
	PKGLOAD_RESULT,	/* after it: what the pattern matches */
	PKGLOAD_ANY,	/* after it: whether it matches anything; ignore m->pkgs */
};
void pkgload_match(struct pkgload *ld, struct pkgload_match *m, enum pkgload_when when, struct requirements *rs);
/* The platform that this project builds for. */
struct constraint_env pkgload_platform(struct pkgload *ld);
/* MatchInModule with every build tag; *n packages. False with *error if something could not be read. */
bool pkgload_match_in(struct pkgload *ld, const char *pattern, struct modver mod, size_t *n, const char **error);

/* pkgload_ask.c: QueryPattern, except for main modules. */
struct pkgload_question {
	const char *pattern, *query;
	const struct modgraph *current;	/* with the current versions */
};
struct pkgload_answer {
	struct modver *found;		/* modules with matching packages, longest path first */
	size_t n_found;
	struct modver only;		/* the module with the pattern as path, but without a package; path NULL: none */
	const char *error, *too_new;	/* if there is neither, why */
	enum query_result_failure failure;
	bool no_package;		/* the error is PackageNotInModuleError */
	bool bare;			/* the error's form is ERR_FORM_BARE */
	size_t n_asked;			/* number of module paths queried */
};
bool pkgload_ask(struct pkgload *ld, const struct pkgload_question *q, struct pkgload_answer *a);
/* PackageNotInModuleError. */
const char *pkgload_not_in_module(struct pkgload *ld, struct modver m, const char *query, const char *pattern);

/* pkgload_query.c: queryImport. *m is the module that would provide the path; false with an error if there is none. */
bool pkgload_query_import(struct pkgload *ld, const char *path, struct requirements *rs, struct modver *m, struct pkg_found *error);

/* pkgload_import.c: packages and their imports. */
struct pkg *pkgload_get(struct pkgload *ld, const char *path, unsigned flags);
/* Loads the queued packages and everything that they import. */
void pkgload_follow(struct pkgload *ld);

/* pkgload_tidy.c: tidyRoots. */
bool pkgload_tidy_roots(struct pkgload *ld, struct requirements *rs, struct requirements **out, struct err *e);

/* pkgload_update.c: updates the requirements for the packages. */
/* updateRequirements: *changed if packages must be loaded again. */
bool pkgload_update(struct pkgload *ld, bool *changed, struct err *e);
/* resolveMissingImports: true if modules were added, so that packages must be loaded again. */
bool pkgload_add_missing(struct pkgload *ld);
/* preloadRootModules: promotes the modules of root packages, so that one pass is enough in the common case. */
bool pkgload_preload(struct pkgload *ld, const char *const *paths, size_t n);

#endif
