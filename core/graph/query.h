/*
 * query.h - version queries: latest, upgrade, patch, v1, v1.2, <v2.0.0, >=v1.5.0, branches and hashes.
 *
 * Follows cmd/go/internal/modload/query.go. Versions that replace lines name count as existing. Which versions are
 * allowed is chosen by flags; a query for a revision (query_is_revision) ignores disallowed ones only as go does.
 * All functions block (the network) and use the loader's source; the loader's thread only.
 *
 *	struct query_result r;
 *	if (!query_version(ml, path, "latest", "", QUERY_ALLOWED, &r, &e)) ...
 *
 * Codes: ERR_NO_MATCH (NoMatchingVersionError), ERR_NOT_FOUND, ERR_USAGE (a malformed query or path), ERR_REFUSED (-mod=vendor,
 * a disallowed revision), and those of source.h.
 */
#ifndef MODSCOPE_QUERY_H
#define MODSCOPE_QUERY_H

#include "graph/modload.h"
#include "fetch/source.h"

enum query_allow {
	QUERY_ANY = 0,
	QUERY_NOT_EXCLUDED = 1,
	QUERY_NOT_RETRACTED = 2,
	QUERY_ALLOWED = QUERY_NOT_EXCLUDED | QUERY_NOT_RETRACTED, /* CheckAllowed */
	QUERY_CURRENT = 4, /* whatever else: the current version is allowed (go get's upgrade and patch) */
};

/* queryPrefixModules ranks failures by these. */
enum query_failure {
	QUERY_OK,
	QUERY_NO_VERSION, /* NoMatchingVersionError */
	QUERY_NO_PATCH_BASE,
	QUERY_INVALID_PATH, /* module.InvalidPathError */
	QUERY_INVALID_VERSION,
	QUERY_NOT_EXIST,
	QUERY_DISALLOWED, /* ErrDisallowed */
	QUERY_OTHER,
};

struct query_result {
	const char *version;
	const char *time;   /* RFC 3339, "" if unknown */
	const char *origin; /* raw JSON or NULL */
	enum query_failure failure;
	/* where go's error is a module.ModuleError: the text without its "PATH@VERSION: "; else NULL */
	const char *inner;
};

/* Query. `current` is the selected version, "none", or "" for unknown. */
bool query_version(struct modload *ml, const char *path, const char *query, const char *current,
		   enum query_allow allow, struct query_result *r, struct err *e);
/* Asks the network for many modules at once, so that the queries after it find their answers: lists, and with
 * QUERY_NOT_RETRACTED the go.mod of each newest version. Errors are found again by the query. */
void query_prefetch(struct modload *ml, const char *const *paths, size_t n, enum query_allow allow);
/* IsRevisionQuery. */
bool query_is_revision(const char *path, const char *query);
/* versions(): what the proxies list, less what is not allowed; in the loader's memory. */
bool query_versions(struct modload *ml, const char *path, enum query_allow allow,
		    const char *const **versions, size_t *n, struct err *e);

/* The newest version without regard to retractions, replaced if it is (queryLatestVersionIgnoringRetractions). */
bool query_latest(struct modload *ml, const char *path, struct modver *latest,
		  enum query_failure *failure, struct err *e);
/* CheckRetractions: *rationale is NULL if m is not retracted, else the texts of all matching intervals (n may be 0). */
struct query_retraction {
	bool retracted;
	const char *const *rationale;
	size_t n;
	enum query_failure failure; /* why it is not known */
};
bool query_retracted(struct modload *ml, struct modver m, struct query_retraction *r,
		     struct err *e);
/* CheckDeprecation: "" if it is not deprecated. */
bool query_deprecated(struct modload *ml, struct modver m, const char **text,
		      enum query_failure *failure, struct err *e);
/* RFC 3339 as seconds since 1970; false if it is none. */
bool query_parse_time(const char *s, int64_t *t);
/* ShortMessage: a rationale or deprecation as one line that may be printed. */
const char *query_short_message(struct arena *a, const char *message, const char *empty);

#endif
