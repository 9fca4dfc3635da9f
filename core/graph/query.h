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
#include "graph/query_result.h"

enum query_allow {
	QUERY_ANY = 0,
	QUERY_NOT_EXCLUDED = 1,
	QUERY_NOT_RETRACTED = 2,
	QUERY_ALLOWED = QUERY_NOT_EXCLUDED | QUERY_NOT_RETRACTED, /* CheckAllowed */
	QUERY_JUDGED = 8,  /* query_versions: what cannot be judged is an error, as for go; else it is allowed */
	QUERY_CURRENT = 4, /* whatever else: the current version is allowed (go get's upgrade and patch) */
};

/* Query. `current` is the selected version, "none", or "" for unknown. */
bool query_version(struct modload *ml, const char *path, const char *query, const char *current,
		   enum query_allow allow, struct query_result *r, struct err *e);
/* The same as go get asks: a version that is named may be a retracted one, upgrade and patch may stay where they are. */
bool query_for_get(struct modload *ml, const char *path, const char *query, const char *current, struct query_result *r,
		   struct err *e);
/* The same, of one hop alone: for those who ask it about several paths before they try the next one (source_try_hops). */
struct route_hop;
bool query_for_get_at(struct modload *ml, const struct route_hop *hop, const char *path, const char *query, const char *current,
		      struct query_result *r, struct err *e);
/* "upgrade" or "patch". */
bool query_is_upgrade(const char *query);
/* A version as go.mod holds it, or the name of a Go version: nothing to be looked up. */
bool query_is_named(struct arena *a, const char *path, const char *version);
/* Asks the network for many modules at once, so that the queries after it find their answers: lists, and with
 * QUERY_NOT_RETRACTED the go.mod of each newest version. Errors are found again by the query. */
void query_prefetch(struct modload *ml, const char *const *paths, size_t n, enum query_allow allow);
/* IsRevisionQuery. */
bool query_is_revision(const char *path, const char *query);
/* versions(): what the proxies list, less what is not allowed; in the loader's memory. */
bool query_versions(struct modload *ml, const char *path, enum query_allow allow,
		    const char *const **versions, size_t *n, struct err *e);
/* The same with the list's Origin; NULL if there is none. */
bool query_versions_origin(struct modload *ml, const char *path, enum query_allow allow, const char *const **versions,
			   size_t *n, const char **origin, struct err *e);

#endif
