/*
 * getload_impl.h - what the files of getload share.
 *
 * From the ground up: getload_query.c finds what each argument may mean, getload_local.c the same for directories and tools, getload_choose.c
 * chooses from that, getload_warn.c loads packages as go build will and warns, getload_work.c does it in the workspace around the module, getload.c loads packages and edits the requirements.
 */
#ifndef MODSCOPE_GETLOAD_IMPL_H
#define MODSCOPE_GETLOAD_IMPL_H

#include "packages/getload.h"
#include "packages/pkgload_impl.h"

/* pathSet: the possible meanings of one path. */
struct getload_set {
	const char *path;
	const struct modver *mods;	/* each has the package */
	size_t n;
	struct modver only;		/* a module without it; path NULL: none */
	const char *error;
};

struct getload;

/* modget's query: one argument. */
struct getload_query {
	struct getload *g;
	struct getwords words;
	const char *pattern, *version;	/* those of `words` */
	bool wildcard, all, local;
	struct map seen;		/* set of paths (pathOnce) */
	VEC(struct getload_set) sets;	/* not yet resolved */
	size_t n_resolved;
	bool matches_packages;
	bool in_conflict;		/* reported once */
};

/* versionReason: what a module must be, and the last argument that said so. */
struct getload_resolved {
	struct modver mod;		/* version "" for a main module */
	const struct getload_query *by;
};

/* modget's resolver. */
struct getload {
	struct modload *ml;
	struct goget_command *out;
	struct pkgload *ld;		/* for queries; packages have other loaders */
	struct getload_query *queries;
	size_t n_queries;
	const struct modgraph *initial, *now;
	VEC(struct getload_resolved) resolved;
	struct buf errors;		/* go reports all of one step, then exits */
	bool warned;			/* of a package that cannot be read */
};

/* getload_query.c */
/* ExitIfErrors: false with e if there are errors. */
bool getload_goes_on(struct getload *g, struct err *e);
/* Whether an argument names packages. */
bool getload_match_packages(const struct getload *g);
/* noneForPath: another argument removes the module. */
bool getload_is_removed(const struct getload *g, const char *path);
/* QueryMatchesMainModulesError. */
const char *getload_of_main(struct getload *g, const char *pattern, const char *version, const char *main);
/* queryPackages: finds modules with the package; an error goes into the set. */
void getload_query_packages(struct getload *g, const char *path, const char *version, const struct modgraph *current,
			    struct getload_set *set, struct pkgload_answer *a);
void getload_add_set(struct getload_query *q, const char *path, struct getload_set *set);
/* Adds the sets of a path, or of a wildcard as far as the build list has modules for it. */
void getload_query(struct getload_query *q);
/* The same for a wildcard that has matched no package. */
void getload_query_missing(struct getload_query *q);
/* The same for a package in "all". */
void getload_query_one(struct getload_query *q, const char *path);
/* checkWildcardVersions: errors only. */
void getload_check_wildcard(struct getload_query *q);

/* getload_local.c */
/* Adds the sets of a directory, "tool" or "work"; false for any other argument. */
bool getload_query_local(struct getload_query *q);

/* getload_choose.c */
/* resolveQueries' choice where there is only one. *any: something was resolved. */
bool getload_choose(struct getload *g, bool *any, struct err *e);
/* Its arbitrary choice among several; true: something was resolved. Leaves errors in g. */
bool getload_choose_any(struct getload *g);

/* applyUpgrades' choice from a set; path NULL if it has none. */
struct modver getload_choose_tentative(struct getload *g, const struct getload_set *set);

/* getload_warn.c */
/* LoadPackages for "all", or for the arguments that match packages; the loader's packages are the ones loaded last. */
bool getload_packages(struct getload *g, struct pkgload *ld, bool all, struct err *e);
/* The loading of checkPackageProblems: what go says about modules that are chosen, or have packages loaded; go says it, too, after errors of
 * packages. ld may be NULL. */
bool getload_check(struct getload *g, struct modload *ml, const struct requirements *rs, struct pkgload *ld, struct err *e);
/* go get is silent about a package of a dependency that cannot be read, and leaves out what that needs. */
void getload_warn_unread(struct getload *g, const struct pkgload *ld);

/* getload_work.c */
/* The members of the module's workspace: path, and directory as the version. */
struct modver_list getload_work_members(struct getload *g);
/* workspace.hasPackage: a member's package is not searched for elsewhere. */
bool getload_work_has(struct modver_list members, const char *path);
/* workspace.hasModule, for the module. */
bool getload_work_is_member(const struct getload *g, struct modver_list members);
/* checkPackageProblems in the workspace, where the module requires rs. */
bool getload_work_check(struct getload *g, struct requirements *rs, const struct pkgload_options *o, struct err *e);

#endif
