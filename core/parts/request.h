/*
 * request.h - a request to the loader: a part and its parameters, as one value.
 *
 * A request identifies what parts, jobs, mail and views are about. Two requests are equal if their part
 * and its parameters are. Each part has its own member of the union; parts without one have no parameters.
 *
 *	snapshot_part(s, REQUEST(PART_GRAPH))
 *	app_want(app, REQUEST(PART_EXPLAIN, .module = path))
 *
 * A request borrows its strings and lists; request_copy makes one that owns them. Pure; any thread.
 */
#ifndef MODSCOPE_REQUEST_H
#define MODSCOPE_REQUEST_H

#include "cache/cachescan.h"
#include "graph/graphfile.h"
#include "graph/whatif.h"

enum request_part {
	PART_ENV,	/* struct load_env: settings and their origin */
	PART_GRAPH,	/* struct load_graph: the project and its module graph */
	PART_EXPLAIN,	/* why a module's version is selected: .module */
	PART_WHATIF,	/* the build list after steps: .steps */
	PART_CACHE,	/* the state of cache entries: .cache */
	PART_TIDY,	/* what tidy would change: .tidy */
	PART_IMPORTS,	/* the package chains to the modules */
	PART_VERSIONS,	/* facts about a module beyond the graph: .versions */
	PART_OUTDATED,	/* struct load_outdated: newer versions of the build list: .outdated */
	PART_HISTORY,	/* struct load_history: all versions of a module: .history */
	PART_TIMES,	/* times of the versions of the build list */
	PART_PLAN,	/* a change of the cache, done: .act */
	PART_APPLY,	/* go.mod and go.sum written as by go commands: .apply */
	PART_EXPORT,	/* the graph or the dependency set, written to a file: .export */
	PART_OFFLINE,	/* struct load_offline: what works without the network: .offline */
	PART_MIRROR,	/* struct load_mirror: a mirror written: .mirroring */
	PART_PROXY,	/* struct load_proxy: the proxies' answers now: .proxy */
	PART_GIT,	/* struct gitstate: branch, commit and changes of the project's repository */
	PART_REVISIONS,	/* struct load_revisions: tags, branches and newest commits of the repository */
	PART_RECORD,	/* struct load_record: the whole dependency set: .record */
	PART_VULNS,	/* struct load_vulns: known vulnerabilities: .mirror */
	PART_SINCE,	/* struct load_since: the findings of a revision: .since */
	PART_POLICY,	/* struct load_policy: violations of the project's own rules */
	PART_COMPARE,	/* differences between two revisions of the project: .compare */
	PART_MODCOMPARE, /* struct load_modcompare: differences between two versions of a module: .modcompare */
	PART_REPLACES,	/* struct load_replaces: effects of replace and similar lines */
	PART_VENDOR,	/* struct load_vendored: vendored files compared with their modules */
	PART_RELEASE,	/* whether this can be tagged: .module is the tag, "" for the next one */
	PART_REPLACEMENT,	/* a replacement compared with the original: .module */
	PART_COUNT
};

struct request_cache {
	bool whole;	/* the whole cache, not only what the build list uses */
	enum cachescan_depth depth;
	bool behind;	/* in the background: on one thread at the lowest priority */
	bool brief;	/* the findings alone, without the report; not with `whole` */
};

struct request_versions {
	const char *module;
	bool ask;	/* ask the proxies for what the caches lack */
};

struct request_tidy {
	struct whatif_steps steps;	/* applied first */
	const char *go, *compat;	/* go mod tidy's -go and -compat; NULL: not given */
	bool allow_errors;		/* its -e */
	bool fetch;			/* fetch zips that no cache has, which are large */
};

struct request_outdated {
	bool direct, majors;	/* outdated.h */
	bool glance;		/* no network: only kept answers of any age, and file:// proxies */
	bool facts;		/* outdated.h */
	int cooldown;		/* minimum age in days; 0: none */
	int64_t kept_for;	/* seconds for which a kept answer is used; 0: shown at once, then renewed */
};

struct request_history {
	const char *module;
	bool compare;		/* include requirements of neighbours */
	bool commits;		/* and what a clone of the repository shows */
	bool fetch;		/* after fetching the repository into our cache */
	int64_t kept_for;	/* as in request_outdated */
};

enum request_verb {
	REQUEST_HISTORY,	/* read-only */
	REQUEST_REPAIR,
	REQUEST_PRUNE,
	REQUEST_UNDO,
	REQUEST_PREFETCH,
	REQUEST_OWN,		/* our own cache, read-only */
	REQUEST_CLEAR,		/* empties our own cache */
};
struct request_offline {
	unsigned levels;	/* 1 << LEVELS_BUILD ...; 0: all */
	const char *platforms;	/* for build and test, "linux/amd64,windows/arm64"; NULL: the settings' */
	bool glance;		/* no network, in the background at the lowest priority */
};

struct request_act {
	enum request_verb verb;
	struct request_cache shown;	/* of repair and prune: the report shown */
	const struct modver *mods;	/* of repair; none: all with problems */
	size_t n_mods;
	struct request_offline missing;	/* of prefetch: the answer shown, */
	unsigned levels;		/* and these levels of it */
	const char *id;			/* of undo; else "" */
	uint64_t plan;			/* plan_hash of the plan shown: no other is executed */
};

struct request_apply {
	struct whatif_steps steps;	/* first these */
	bool tidy;			/* then go mod tidy */
	uint64_t plan;			/* plan_hash of the plan shown; 0: only make the plan */
};

struct request_compare {
	const char *was, *is;	/* revisions; is "": the work tree */
	bool base;		/* from the common ancestor of both */
	bool lists;		/* was and is are files with saved lists (compare/savedlist.h) */
	bool packages;		/* which packages are compiled in, too */
};

struct request_mirror {
	const char *target;	/* as in struct mirror_options */
	unsigned levels;
};

struct request_proxy {
	const struct modver *mods;	/* to trace: versions may be queries, "" is the selected one, else the latest */
	size_t n_mods;
	bool all;	/* include everything that the build list needs and the cache lacks; needs a loaded project */
	bool no_zips;	/* request no zips */
	bool glance;	/* only the chain's settings, no requests */
	int timeout_ms;	/* of one exchange; 0: the default */
};

struct request_modcompare {
	struct modver was, is;	/* versions, queries or "current" */
	const char *file;	/* include its diff; "" */
	bool diff;		/* the diffs of all files */
};

struct request_record {
	const char *given;	/* a file with an earlier record, to compare with; NULL: none */
};

struct request_export {
	enum graphfile_format format;
	const char *file;
	bool record;		/* not the graph but the dependency set, in this format: */
	enum request_record_format {
		REQUEST_RECORD_JSON,
		REQUEST_RECORD_CYCLONEDX,
		REQUEST_RECORD_SPDX,
		REQUEST_RECORD_FORMATS,
	} record_format;
};

struct request {
	enum request_part part;
	union {
		const char *module;
		const char *since;	/* a revision */
		const char *mirror;	/* of the vulnerability database: a directory or a URL */
		struct whatif_steps steps;
		struct request_tidy tidy;
		struct request_cache cache;
		struct request_versions versions;
		struct request_outdated outdated;
		struct request_history history;
		struct request_act act;
		struct request_apply apply;
		struct request_record record;
		struct request_export export;
		struct request_compare compare;
		struct request_proxy proxy;
		struct request_modcompare modcompare;
		struct request_offline offline;
		struct request_mirror mirroring;
	};
};

/* REQUEST(PART_CACHE, .cache = { .whole = true }): a pointer to a request that lives as long as the block. */
#define REQUEST(...) (&(const struct request){ .part = __VA_ARGS__ })

bool request_eq(const struct request *a, const struct request *b);
uint64_t request_hash(const struct request *r);
/* A copy, in one block of memory with everything it borrows; release it with free(3). */
struct request *request_copy(const struct request *r);
/* Whether it has no parameters, or those of a part that every project has one of. */
bool request_is_plain(const struct request *r);
/* Appends a description of the work: "reading go.mod files", "explaining example.com/a". */
void request_text(const struct request *r, struct buf *b);

#endif
