/*
 * getload_impl.h - what the files of getload share.
 *
 * From the ground up: getload_query.c finds what an argument may mean, getload_local.c the same for directories and tools, getload_choose.c
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

/* modget's query and resolver, for one argument. */
struct getload {
	struct modload *ml;
	struct goget_argument *out;
	struct pkgload *ld;		/* for queries; packages have other loaders */
	struct getwords words;
	const char *pattern, *version;	/* those of `words` */
	bool wildcard, all, local;
	const struct modgraph *initial, *now;
	struct map seen;		/* set of paths (pathOnce) */
	VEC(struct getload_set) sets;	/* not yet resolved */
	VEC(struct modver) resolved;	/* version "" for a main module */
	bool matches_packages;
	bool in_conflict;		/* reported once */
	struct buf errors;		/* go reports all of one step, then exits */
};

/* getload_query.c */
/* ExitIfErrors: false with e if there are errors. */
bool getload_goes_on(struct getload *g, struct err *e);
/* QueryMatchesMainModulesError. */
const char *getload_of_main(struct getload *g, const char *main);
/* queryPackages: finds modules with the package; an error goes into the set. */
void getload_query_packages(struct getload *g, const char *path, const char *version, const struct modgraph *current,
			    struct getload_set *set, struct pkgload_answer *a);
void getload_add_set(struct getload *g, const char *path, struct getload_set *set);
/* Adds the sets of a path, or of a wildcard as far as the build list has modules for it. */
void getload_query(struct getload *g);
/* The same for a wildcard that has matched no package. */
void getload_query_missing(struct getload *g);
/* The same for a package in "all". */
void getload_query_one(struct getload *g, const char *path);
/* checkWildcardVersions. */
bool getload_check_wildcard(struct getload *g, struct err *e);

/* getload_local.c */
/* Adds the sets of a directory, "tool" or "work"; false for any other argument. */
bool getload_query_local(struct getload *g);

/* getload_choose.c */
/* resolveQueries without the edit: with `anyhow` it also chooses among several. *any: something was resolved. */
bool getload_choose(struct getload *g, bool anyhow, bool *any, struct err *e);
/* applyUpgrades' choice from a set; path NULL if it has none. */
struct modver getload_choose_tentative(struct getload *g, const struct getload_set *set);

/* getload_warn.c */
/* LoadPackages for the argument; the loader's packages are the ones loaded last. */
bool getload_packages(struct getload *g, struct pkgload *ld, struct err *e);
/* The loading of checkPackageProblems: what go says about modules that are chosen, or have packages loaded; go says it, too, after errors of
 * packages. ld may be NULL. */
bool getload_check(struct getload *g, struct modload *ml, const struct requirements *rs, struct pkgload *ld, struct err *e);

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
