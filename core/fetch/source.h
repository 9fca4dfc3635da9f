/*
 * source.h - module files from GOMODCACHE, our own cache, or the proxies.
 *
 * For a module path and version as they are fetched (after replacement, never a
 * directory), a source has the four files of go's download cache, the list of versions and the extracted tree. It looks in
 * GOMODCACHE first (read-only), then in our cache (mod in goenv_own_cache, laid out like GOMODCACHE, and never the same directory),
 * then asks the GOPROXY chain as go does (route.h, proxy.h) and stores the result in our cache. A missing
 * or unparsable file counts as absent, since go would fetch it again.
 *
 * Our cache is not trusted: a file in it is used only if go.sum or the checksum database proves it, now and for this
 * project; one that they disprove is removed and fetched again. The hash of an unchanged zip or tree is remembered (hashmemo.h), except for a
 * repair (skip_modcache). Unverified files are kept apart for each list of proxies
 * (kept.h; zips in .../modscope/lists/HASH) and fetched again, except with --offline. With GOPROXY=off our cache is not used, as go has none of it, unless
 * own_counts is set.
 *
 * Every .mod and .zip that is used is checked against go.sum (source_set_sums) or, if
 * go.sum has no line and `sums_must_exist` is off, against the checksum database, subject to GOSUMDB,
 * GONOSUMDB and GOPRIVATE (cmd/go/internal/modfetch/fetch.go:checkMod, checkModSum).
 *
 * All functions are thread-safe and block; call them from a job's threads (par.h) to send many requests
 * at once: one HTTP client multiplexes them. Nothing is asked twice: answers and errors are kept for
 * the life of the source, and so are the strings and bytes returned, which are borrowed.
 *
 * Error texts are what go prints after "PATH@VERSION: " (modload adds that and the chain): for
 * example `reading URL: 404 Not Found`; for source_versions and source_latest, what it prints after "module PATH: ". The form (err.h)
 * of all others is not ERR_FORM_MODULE. Codes: ERR_REFUSED (missing go.sum entry), ERR_NOT_FOUND (404, 410, nothing on disk), ERR_OFFLINE
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
struct map;
struct gosum;
struct source;
struct buf;
struct route_hop;
struct proxy_watch;
struct http_once;
struct activity; /* activity.h: the log of requests and file operations */

struct source_options {
	const struct goenv *env; /* borrowed, outlives the source */
	bool offline;	       /* --offline: no network, whatever GOPROXY is; file:// is allowed */
	bool look;	       /* the same, because the user only views */
	bool no_zips;	       /* the same for zips alone */
	struct cancel *cancel; /* borrowed, may be NULL */
	struct activity *log;  /* borrowed, may be NULL */
	struct http_once *once; /* http_once.h: what servers have told other sources is not asked again. Borrowed, may be NULL */
	/* A zip has been fetched; zips and bytes are totals. On any thread; may be NULL. */
	void (*fetched)(void *ctx, struct modver m, size_t zips, long long bytes);
	void *fetched_ctx;
	/* Every question goes to the network once, as in go with an empty cache: no cache is read or written, nothing is retried. The watch
	 * sees each request (proxy.h); borrowed. */
	const struct proxy_watch *watch;
	/* GOMODCACHE lacks a file: "info", "mod", "zip", "list", "latest" (rev in m.version where there is one). On any thread; may be NULL. */
	void (*missed)(void *ctx, struct modver m, const char *what);
	void *missed_ctx;
	bool skip_modcache;    /* GOMODCACHE is not used: for repairing it */
	bool zips_unhashed;    /* a zip of our own cache is not hashed again: the caller copies it, and compares the copy's hash with its .ziphash */
	/* Lists of versions and similar answers are kept (kept.h), and kept ones are used if they are at most this many seconds old,
	 * with `offline` at any age: for callers that show their time. 0: always ask, as go does. */
	int64_t kept_for;
	int stall_ms;	 /* how long a server may be silent; 0: the default */
	bool own_counts; /* for views: our own cache is used even with GOPROXY=off, and .info and unproven .mod files are asked for once a day */
};

struct source *source_new(const struct source_options *o);
void source_free(struct source *s);
/* go.sum of the project (with members' and go.work.sum in a workspace); borrowed. sums_must_exist: a
 * missing line is go's "missing go.sum entry" (readonly mode); the database is not asked. Set before use. */
void source_set_sums(struct source *s, struct gosum *sums, bool sums_must_exist);

/* modfetch.GoMod: the go.mod of m, or the proxy's synthetic one. Checked. */
bool source_gomod(struct source *s, struct modver m, const char **data, size_t *len, struct err *e);
/* The same, only from GOMODCACHE, read into the scratch buffer; st is the file's status when it was opened. False only means that the file is missing
 * or bad: source_gomod then looks further and reports errors. `name` gets the file's name below cache/download, sum its
 * h1 (DIRHASH_LEN characters and a NUL). */
struct stat;
bool source_cached_gomod(struct source *s, struct modver m, struct buf *scratch, const char **data,
			  size_t *len, struct stat *st, struct buf *name, char *sum);
/* modfetch.InfoFile / repo.Stat: the .info of path@rev; rev may be a branch or hash (then never from a cache). */
bool source_stat(struct source *s, const char *path, const char *rev, struct source_info *info,
		 struct err *e);
/* repo.Versions(""): the versions in @v/list (valid, no pseudo-versions), sorted by semver; from proxies only, never a cache. */
bool source_versions(struct source *s, const char *path, const char *const **versions, size_t *n,
		     struct err *e);
/* False if neither a kept answer nor a proxy on disk has the versions and --offline, or GOPROXY, forbids to ask. */
bool source_may_list(struct source *s, const char *path);
/* repo.Latest: @latest, or the newest pseudo-version of the list where a proxy has no @latest. */
bool source_latest(struct source *s, const char *path, struct source_info *info, struct err *e);
/* The go.mod of source_gomod if a cache has it, else a proxy's, unchecked: for showing the go.mod of other
 * versions. */
bool source_unproven_gomod(struct source *s, struct modver m, const char **data, size_t *len, struct err *e);
/* Sends the request of a later source_stat, or source_gomod or source_unproven_gomod, without waiting for its answer: for
 * callers that need several. Does nothing if no network is needed. */
void source_stat_ahead(struct source *s, const char *path, const char *version);
void source_gomod_ahead(struct source *s, struct modver m);
/* The same for source_versions. The answers wait in memory: the caller sends no more than it will soon take. */
void source_list_ahead(struct source *s, const char *path);
/* A result derived from answers about a module, under a name chosen by the caller: kept for these proxies, if answers are
 * (kept_for), until source_keep replaces it. */
bool source_recall(struct source *s, const char *path, const char *name, struct buf *b);
void source_keep(struct source *s, const char *path, const char *name, const struct buf *b);
/* The time of the oldest kept answer that was used for this module, seconds since 1970; 0 if all answers are new. */
int64_t source_as_of(struct source *s, const char *path);
/* TryProxies: a query of several questions is put to one hop as a whole before the next one is tried, as GOPROXY's separators
 * tell. hop is NULL if there is no GOPROXY: then only the caches answer. The error is chosen as in route.h. */
typedef bool source_hop_fn(void *ctx, const struct route_hop *hop, struct err *e);
bool source_try_hops(struct source *s, source_hop_fn *fn, void *ctx, struct err *e);
/* The same three for one hop; source_stat_at looks in the caches first. A proxy's list has all versions, a repository's only those with the
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
/* Fetches all of the module's repository into our copy, for looking at its commits; no proxy is asked. */
bool source_fetch_repository(struct source *s, const char *path, struct err *e);
/* modfetch.DownloadZip: a zip file that has passed its checks; in GOMODCACHE or in our cache. */
bool source_zip(struct source *s, struct modver m, const char **file, struct err *e);
/* Requests the zip as source_zip does, but keeps nothing and reads only as much as the watch allows. */
bool source_zip_head(struct source *s, struct modver m, bool *whole, struct err *e);
/* Whether a proxy has the zip, of which only the first bytes are requested; a repository is presumed to. For views, and where no network may be
 * used, true. */
bool source_zip_there(struct source *s, struct modver m, struct err *e);
/* modfetch.Download: the extracted tree; GOMODCACHE's if it is complete, else extracted into our cache. st is its root's; may be NULL. */
bool source_dir(struct source *s, struct modver m, const char **dir, struct stat *st, struct err *e);
/* Looks up in advance what source_dir needs first: the tree in GOMODCACHE and its zip's hash. No network. */
void source_look_ahead(struct source *s, struct modver m);
/* modfetch.DownloadDir for GOMODCACHE only: NULL where the tree is absent or not complete. No network. */
const char *source_cached_dir(struct source *s, struct modver m);
/* Appends the checksum database's lines for a version ("PATH VERSION h1:...\n", "PATH VERSION/go.mod h1:...\n"), proven.
 * ERR_REFUSED if GOSUMDB or GONOSUMDB forbids asking. */
bool source_sumdb_lines(struct source *s, struct modver m, struct buf *lines, struct err *e);
/* The .mod file of m in GOMODCACHE, NULL if it is missing. No network. */
const char *source_cached_gomod_file(struct source *s, struct modver m);
/* False, with the error, if that NULL need not mean absence: also where go takes what it may not look at for absent. */
bool source_cached_gomod_told(struct source *s, struct modver m, struct err *e);

/* False, with the error, if a source_cached_ function failed for another reason than absence: an answer based on its
 * NULL is then incomplete. */
bool source_cached_ok(struct source *s, struct err *e);

/* How many files of our own cache were used that go, with GOPROXY=off, lacks. */
size_t source_own_used(struct source *s);
/* How many files of GOMODCACHE were used; a tree counts as one. */
size_t source_had(const struct source *s);
/* The files fetched from the network so far (for "tidy would fetch"), and those that were needed but
 * forbidden by --offline. A kept .info counts as fetched, since go does not have it. Returns their number. */
size_t source_wants(struct source *s, struct arena *a, struct source_want **wants);
/* Adds the paths of modules of which something was not asked, because of --offline or since the user only views, to the keys of the
 * map; the source has them. */
void source_refused(struct source *s, struct map *paths);
/* Between two steps that ask different questions about many modules: drops the answers that failed without asking a server, all of a
 * source that contacts none. Asked again, such a question is answered from the caches again. Not while other threads ask. */
void source_forget_failures(struct source *s);

#endif
