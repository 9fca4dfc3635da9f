/*
 * query.h - version queries: latest, upgrade, patch, v1, v1.2, <v2.0.0, >=v1.5.0, branches and hashes.
 *
 * Follows cmd/go/internal/modload/query.go. Versions in replace lines count as existing. Flags select which versions are
 * allowed; for a revision (query_is_revision) they apply as in go.
 * All functions block (network) and use the loader's source; the loader's thread only.
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
#include "graph/query_result.h"

enum query_allow {
	QUERY_ANY = 0,
	QUERY_NOT_EXCLUDED = 1,
	QUERY_NOT_RETRACTED = 2,
	QUERY_ALLOWED = QUERY_NOT_EXCLUDED | QUERY_NOT_RETRACTED, /* CheckAllowed */
	QUERY_JUDGED = 8,  /* query_versions: a version that cannot be checked is an error, as in go; otherwise it is allowed */
	QUERY_CURRENT = 4, /* the current version is always allowed (go get's upgrade and patch) */
};

/* Query. `current` is the selected version, "none", or "" for unknown. */
bool query_version(struct modload *ml, const char *path, const char *query, const char *current,
		   enum query_allow allow, struct query_result *r, struct err *e);
/* The same for go get: a named version may be retracted, upgrade and patch may keep the current version. */
bool query_for_get(struct modload *ml, const char *path, const char *query, const char *current, struct query_result *r,
		   struct err *e);
/* The same for one hop: for queries of several paths at each hop in turn (source_try_hops). */
struct route_hop;
bool query_for_get_at(struct modload *ml, const struct route_hop *hop, const char *path, const char *query, const char *current,
		      struct query_result *r, struct err *e);
/* "upgrade" or "patch". */
bool query_is_upgrade(const char *query);
/* Whether version is canonical or the name of a Go version, so that no lookup is needed. */
bool query_is_named(struct arena *a, const char *path, const char *version);
/* Fetches for many modules at once what later queries need: lists, and with
 * QUERY_NOT_RETRACTED the go.mod of each newest version. Errors reappear in the queries. */
void query_prefetch(struct modload *ml, const char *const *paths, size_t n, enum query_allow allow);
/* IsRevisionQuery. */
bool query_is_revision(const char *path, const char *query);
/* versions(): the allowed versions that the proxies list; in the loader's memory. */
bool query_versions(struct modload *ml, const char *path, enum query_allow allow,
		    const char *const **versions, size_t *n, struct err *e);
/* The same with the list's Origin; NULL if there is none. */
bool query_versions_origin(struct modload *ml, const char *path, enum query_allow allow, const char *const **versions,
			   size_t *n, const char **origin, struct err *e);

#endif
