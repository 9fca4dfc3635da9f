/*
 * query_impl.h - what the files of queries share.
 *
 * From the ground up: query_match.c parses a query and matches versions, query_repo.c is the repository to choose from,
 * query_run.c chooses, retraction.c reads retractions from the latest version, query.c combines them.
 */
#ifndef MODSCOPE_QUERY_IMPL_H
#define MODSCOPE_QUERY_IMPL_H

#include "fetch/source.h"
#include "graph/query.h"
#include "graph/query_result.h"

/* A repository as queries see it: the proxies' versions and those in replace lines (lookupRepo). */
struct query_repo {
	struct modproject *mp;
	const struct route_hop *hop;
	const char *path;
	bool replaced; /* a replace line has the path */
	bool added;    /* replace lines have added versions to the list */
	bool usable;   /* the path is valid for proxies */
	struct err path_err;
};

/* The versions that a query matches (newQueryMatcher). */
struct query_match {
	const char *path, *prefix;
	const char *bound; /* the version compared with, NULL if none */
	enum { ANY_VERSION, AT_MOST, BELOW, AT_LEAST, ABOVE, EXACTLY } relation;
	bool is_revision; /* the query is not a semantic version */
	bool can_stat, prefer_lower, may_use_latest, prefer_incompatible;
};

struct query_list {
	const char **items;
	size_t n, cap;
};

struct query_run;
/* AllowedFunc: true if the version may not be chosen, with the reason. */
typedef bool query_forbid_fn(const struct query_run *q, struct modver m, const char **why);

/* One query while it runs. */
struct query_run {
	struct modload *ml;
	struct query_repo repo;
	struct query_match m;
	const char *path, *query, *current;
	unsigned allow; /* for `forbid` */
	query_forbid_fn *forbid; /* NULL: all versions may be chosen */
	struct query_result *r;
	struct query_list *listed; /* query_versions: the answer */
	bool judged;	     /* query_versions: a version that cannot be checked is an error */
	struct err *unknown; /* gets the reason why a version cannot be checked; NULL: it is then allowed */
	bool wants_origin; /* query_versions: of the list */
	const char *origin; /* of the list, merged with those of the versions examined */
	const char *latest, *latest_origin; /* the result of Latest: go does not ask again for this version */
};

/* query_match.c */
bool query_is_known(const char *current);    /* a version, neither "" nor "none" */
bool query_match_init(struct query_match *m, struct arena *a, const char *query, const char *current,
		      struct query_result *r, struct err *e);
/* Checks prefix and relation, not whether the version is allowed. */
bool query_match_version(const struct query_match *m, const char *v);

/* query_repo.c */
/* Sets an error and the query's failure; always returns false. */
bool query_fail(struct query_result *r, enum query_result_failure failure, enum err_code code, struct err *e,
		const char *fmt, ...) PRINTF_FMT(5, 6);
/* The same for an error that go wraps into a module.ModuleError: ERR_REFUSED, "PATH@VERSION: text". */
bool query_fail_version(struct query_result *r, enum query_result_failure failure, struct modver m,
			const char *text, struct err *e);
/* Turns an error of the source into go's module.ModuleError: "path@version: text" or "module path: text". */
bool query_fail_source(struct modproject *mp, struct query_result *r, struct modver m, struct err *e);
enum query_result_failure query_failure_of(const struct err *e);
bool query_repo_open(struct query_repo *r, struct query_result *res, struct err *e);
bool query_repo_stat(struct query_repo *r, const char *rev, struct source_info *info,
		     struct query_result *res, struct err *e);
bool query_repo_latest(struct query_repo *r, struct source_info *info, struct query_result *res,
		       struct err *e);
/* All versions that begin with `prefix` ("" for all), ascending, without duplicates. */
bool query_repo_versions(struct query_repo *r, const char *prefix, struct query_list *out,
			 struct query_result *res, struct err *e);

/* query_run.c: runs the whole of `work` for each hop in turn (TryProxies around Query). */
bool query_run(struct query_run *q, bool (*work)(struct query_run *q, struct err *e), struct err *e);
/* The same for this hop only. */
bool query_run_at(struct query_run *q, const struct route_hop *hop, bool (*work)(struct query_run *q, struct err *e),
		  struct err *e);
/* The two kinds of work: choose a version, list the allowed ones. */
bool query_run_choose(struct query_run *q, struct err *e);
bool query_run_list(struct query_run *q, struct err *e);

#endif
