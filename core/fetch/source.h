/*
 * source.h - where module files come from: GOMODCACHE, our own cache, then the proxies.
 *
 * A source answers, for a module path and version as they are to be fetched (after replacement, never a
 * directory), the four files of go's download cache, the list of versions and the extracted tree. It looks into
 * GOMODCACHE first (read only), then into our cache ($XDG_CACHE_HOME/modscope/mod, laid out as GOMODCACHE),
 * then asks the GOPROXY chain as go does (route.h, proxy.h) and stores what it got in our cache. A missing
 * or unparsable file is looked for further down, as go would fetch it again.
 *
 * Our cache is no source of truth: a file in it counts only where go.sum or the checksum database proves it, now and for this
 * project; one that they disprove is removed and asked for again. What nobody vouches for is kept apart for each list of proxies
 * (kept.h; zips in .../modscope/lists/HASH) and asked for again, but for --offline. With GOPROXY=off our cache tells no more than go has, unless
 * own_counts.
 *
 * Every .mod that is read and every .zip that is used is checked against go.sum (source_set_sums) and, where
 * go.sum knows nothing and `sums_must_exist` is off, against the checksum database as GOSUMDB,
 * GONOSUMDB and GOPRIVATE say (cmd/go/internal/modfetch/fetch.go:checkMod, checkModSum).
 *
 * All functions are thread-safe and block; run them from a job's threads (par.h) to have many requests on
 * the way at once: one HTTP client multiplexes them. Nothing is asked twice: answers and errors are kept for
 * the life of the source. Strings and bytes returned are borrowed from the source and live as long as it.
 *
 * Error texts are what go prints after "PATH@VERSION: " (modload adds that and the chain): for
 * example `reading URL: 404 Not Found`; for source_versions and source_latest, what it prints after "module PATH: ". The exceptions are
 * the errors whose form (err.h) is not ERR_FORM_MODULE. Codes: ERR_REFUSED (missing go.sum entry), ERR_NOT_FOUND (404, 410, nothing on disk), ERR_OFFLINE
 * (--offline, or GOPROXY=off: "module lookup disabled by GOPROXY=off"), ERR_NOT_HERE (would need `direct`), ERR_NETWORK,
 * ERR_CHECKSUM, ERR_SYNTAX, ERR_CANCELLED.
 *
 *	struct source *s = source_new(&(struct source_options){ .env = env });
 *	source_set_sums(s, sums);
 *	if (!source_gomod(s, m, &data, &len, e)) ...
 *	source_free(s);
 */
#ifndef MODSCOPE_SOURCE_H
#define MODSCOPE_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/par.h"
#include "fetch/source_info.h"
#include "fetch/source_want.h"

struct goenv;
struct gosum;
struct source;
struct buf;
struct route_hop;
struct proxy_watch;
struct activity; /* activity.h: the log of requests and file operations */

struct source_options {
	const struct goenv *env; /* borrowed, outlives the source */
	bool offline;	       /* --offline: no network whatever GOPROXY says; file:// is allowed */
	bool look;	       /* the same, as nobody asked for more than a look */
	bool no_zips;	       /* the same for zips alone */
	struct cancel *cancel; /* borrowed, may be NULL */
	struct activity *log;  /* borrowed, may be NULL */
	/* A zip has been fetched: all so far, and their bytes. On any thread; may be NULL. */
	void (*fetched)(void *ctx, struct modver m, size_t zips, long long bytes);
	void *fetched_ctx;
	/* Every question goes to the network once, as go's does where nothing is cached: no cache is read or written, nothing is repeated. The watch
	 * sees each (proxy.h); borrowed. */
	const struct proxy_watch *watch;
	/* GOMODCACHE lacks a file: "info", "mod", "zip", "list", "latest" (rev in m.version where there is one). On any thread; may be NULL. */
	void (*missed)(void *ctx, struct modver m, const char *what);
	void *missed_ctx;
	bool skip_modcache;    /* GOMODCACHE is not looked into: for the repair of what is in it */
	/* Lists of versions and the like are kept (kept.h), and kept ones are taken for answers if they are no more than so many seconds old,
	 * with `offline` whatever their age: for those who say as of when. 0: each is asked for, as go does. */
	int64_t kept_for;
	int stall_ms;	 /* how long a server may send nothing; 0: as usual */
	bool own_counts; /* for views: GOPROXY=off does not forbid our own cache, and .info and unproven .mod files are asked for once a day */
};

struct source *source_new(const struct source_options *o);
void source_free(struct source *s);
/* go.sum of the project (with members' and go.work.sum in a workspace); borrowed. sums_must_exist: a
 * missing line is go's "missing go.sum entry" (readonly mode) instead of a question to the database. Set before use. */
void source_set_sums(struct source *s, struct gosum *sums, bool sums_must_exist);

/* modfetch.GoMod: the go.mod of m, or the synthetic one that the proxy gives. Checked. */
bool source_gomod(struct source *s, struct modver m, const char **data, size_t *len, struct err *e);
/* The same, only from GOMODCACHE, read into the scratch buffer, and what the file was when it was opened. False says no more than that the file is not there as
 * it should be: source_gomod asks further and words the error. `name` gets the file's name below cache/download, sum its
 * h1 (DIRHASH_LEN characters and a NUL). */
struct stat;
bool source_cached_gomod(struct source *s, struct modver m, struct buf *scratch, const char **data,
			  size_t *len, struct stat *st, struct buf *name, char *sum);
/* modfetch.InfoFile / repo.Stat: the .info of path@rev; rev may be a branch or hash (then never from a cache). */
bool source_stat(struct source *s, const char *path, const char *rev, struct source_info *info,
		 struct err *e);
/* repo.Versions(""): what @v/list says (valid, not pseudo), sorted by semver; proxies only, never a cache. */
bool source_versions(struct source *s, const char *path, const char *const **versions, size_t *n,
		     struct err *e);
/* repo.Latest: @latest, or the newest pseudo-version of the list where a proxy has no @latest. */
bool source_latest(struct source *s, const char *path, struct source_info *info, struct err *e);
/* A go.mod as source_gomod gives it where that is at hand, else as a proxy gives it, checked against nothing: for showing what other
 * versions say. */
bool source_unproven_gomod(struct source *s, struct modver m, const char **data, size_t *len, struct err *e);
/* Sends the question that source_stat, or source_gomod and source_unproven_gomod, are going to ask, and does not wait for its answer: for
 * those who have several. Where the network would not be asked nothing happens. */
void source_stat_ahead(struct source *s, const char *path, const char *version);
void source_gomod_ahead(struct source *s, struct modver m);
/* What was concluded from answers about a module, under a name of the caller's choice: kept for these proxies, where answers are
 * (kept_for), until it is kept anew. */
bool source_recall(struct source *s, const char *path, const char *name, struct buf *b);
void source_keep(struct source *s, const char *path, const char *name, const struct buf *b);
/* The oldest of the kept answers that were used for this module, seconds since 1970; 0 if all that was asked is new. */
int64_t source_as_of(struct source *s, const char *path);
/* TryProxies: what spans several questions (a query) is asked of one hop as a whole before the next one is tried, as GOPROXY's separators
 * say. hop is NULL where there is no GOPROXY: then only the caches answer. The error that counts is given (route.h). */
typedef bool source_hop_fn(void *ctx, const struct route_hop *hop, struct err *e);
bool source_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e);
/* The same three of one hop; source_stat_at looks into the caches first. A proxy's list is that of all versions, a repository's of those with the
 * prefix. */
bool source_stat_at(struct source *s, const struct route_hop *hop, const char *path, const char *rev,
		    struct source_info *info, struct err *e);
bool source_versions_at(struct source *s, const struct route_hop *hop, const char *path, const char *prefix,
			const char *const **versions, size_t *n, struct err *e);
/* The Origin (origin.h) of this hop's list, and of a failed source_stat_at (rev NULL: source_latest_at); in the arena. NULL if there is none. */
const char *source_list_origin(struct source *s, const struct route_hop *hop, const char *path, struct arena *a, const char *prefix);
const char *source_failed_origin(struct source *s, const struct route_hop *hop, const char *path, struct arena *a, const char *rev);
bool source_latest_at(struct source *s, const struct route_hop *hop, const char *path, struct source_info *info,
		      struct err *e);
/* modfetch.DownloadZip: a zip file that has passed its checks; in GOMODCACHE or in our cache. */
bool source_zip(struct source *s, struct modver m, const char **file, struct err *e);
/* Asks for the zip as source_zip does, but keeps nothing and reads no more than the watch says. */
bool source_zip_head(struct source *s, struct modver m, bool *whole, struct err *e);
/* modfetch.Download: the extracted tree; GOMODCACHE's if it is complete, else extracted into our cache. st: of its root; may be NULL. */
bool source_dir(struct source *s, struct modver m, const char **dir, struct stat *st, struct err *e);
/* Sees beforehand what source_dir looks at first: the tree in GOMODCACHE and its zip's hash. No network. */
void source_look_ahead(struct source *s, struct modver m);
/* modfetch.DownloadDir for GOMODCACHE only: NULL where the tree is absent or not complete. No network. */
const char *source_cached_dir(struct source *s, struct modver m);
/* The lines that the checksum database has for a version ("PATH VERSION h1:...\n", "PATH VERSION/go.mod h1:...\n"), proven; appended.
 * ERR_REFUSED where GOSUMDB or GONOSUMDB forbid asking. */
bool source_sumdb_lines(struct source *s, struct modver m, struct buf *lines, struct err *e);
/* The .mod file of m in GOMODCACHE, NULL where it is not there. No network. */
const char *source_cached_gomod_file(struct source *s, struct modver m);

/* False, and the error, if one of the source_cached_ questions failed in another way than by absence: what rests on its
 * NULL is then less than the whole answer. */
bool source_cached_ok(struct source *s, struct err *e);

/* How many files of our own cache were used where go, with GOPROXY=off, has none. */
size_t source_own_used(struct source *s);
/* How many files of GOMODCACHE have been answers; a tree is one. */
size_t source_had(const struct source *s);
/* The files that answering has taken from the network so far (for "tidy would fetch"), and those that were wanted but
 * forbidden by --offline. A kept .info counts as taken: go has none. */
size_t source_wants(struct source *s, struct arena *a, struct source_want **wants);

#endif
