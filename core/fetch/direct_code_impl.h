/*
 * direct_code_impl.h - the inside of a module. From the ground up: direct_code_dir.c finds the module's directory, direct_code_list.c lists
 * versions, direct_code_pseudo.c checks a pseudo-version, direct_code_stat.c turns a revision into a version, direct_code_info.c writes it.
 */
#ifndef MODSCOPE_DIRECT_CODE_IMPL_H
#define MODSCOPE_DIRECT_CODE_IMPL_H

#include "base/map.h"
#include "fetch/direct_code.h"

/* go has no limit for what it reads; its limit for zips is lower. */
#define DIRECT_CODE_MAX_MOD ((size_t)64 << 20)

struct direct_code {
	struct arena arena;
	struct githost *host;
	const char *path;	  /* of the module */
	const char *root;	  /* import path of the repository */
	const char *dir;	  /* codeDir: "" or "sub/dir" */
	const char *major;	  /* pathMajor: "", "/v2", ".v2" */
	const char *prefix;	  /* pathPrefix */
	const char *pseudo_major; /* "" or "v2" */
	const char *tag_prefix;	  /* "" or "sub/dir/" */
	bool listed;
	const char **versions;
	size_t n_versions;
	struct map told; /* versions that revisions were resolved to -> their .info: cachingRepo.Stat */
};

/* Retracted intervals of the newest release. */
struct direct_code_retractions {
	const char **low, **high;
	size_t n;
};

/* A revision as a version. */
struct direct_code_version {
	const char *version;
	const struct githost_rev *rev;
	bool tags_count; /* chosen from the tags */
};

/* findDir. *dir is the module's directory; *gomod is NULL if it has no go.mod. */
bool direct_code_find_dir(struct direct_code *c, const char *version, const char **rev, const char **dir, const char **gomod,
			  size_t *len, struct err *e);
bool direct_code_is_unstable(const struct direct_code *c); /* gopkg.in's, which have no tags */
const char *direct_code_rev(struct direct_code *c, const char *version); /* revToRev */
bool direct_code_retractions(struct direct_code *c, struct direct_code_retractions *r, struct err *e);
bool direct_code_is_retracted(const struct direct_code_retractions *r, const char *version);
bool direct_code_stat(struct direct_code *c, const char *rev, struct direct_code_version *info, struct err *e);
/* validatePseudoVersion */
bool direct_code_check_pseudo(struct direct_code *c, const struct githost_rev *rev, const char *version, struct err *e);
/* InvalidVersionError: prefixes a set error with "invalid version: "; always returns false. */
bool direct_code_invalid(struct err *e, const char *noun);

#endif
