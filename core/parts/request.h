/*
 * request.h - what the loader can be asked for: a part and its parameters, as one value.
 *
 * Parts, jobs, mail and views name what they carry, make and show by a request. Two requests are the same if their part
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
	PART_ENV,	/* struct load_env: settings and where they come from */
	PART_GRAPH,	/* struct load_graph: the project and its module graph */
	PART_EXPLAIN,	/* why a module's version is selected: .module */
	PART_WHATIF,	/* the build list after steps: .steps */
	PART_CACHE,	/* the state of cache entries: .cache */
	PART_TIDY,	/* what tidy would change: .tidy */
	PART_IMPORTS,	/* the package chains to the modules */
	PART_VERSIONS,	/* what is known of a module besides the graph: .versions */
	PART_OUTDATED,	/* struct load_outdated: what is newer than the build list: .outdated */
	PART_HISTORY,	/* struct load_history: all versions of a module: .history */
	PART_TIMES,	/* when the versions of the build list were made */
	PART_PLAN,	/* a change of the cache, done: .act */
	PART_APPLY,	/* go.mod and go.sum written as go commands would: .apply */
	PART_EXPORT,	/* the graph, written into a file: .export */
	PART_OFFLINE,	/* struct load_offline: what works without the network: .offline */
	PART_MIRROR,	/* struct load_mirror: a mirror written: .mirroring */
	PART_PROXY,	/* struct load_proxy: the proxies as they answer now: .proxy */
	PART_GIT,	/* struct gitstate: branch, commit and changes of the project's repository */
	PART_REVISIONS,	/* struct load_revisions: tags, branches and newest commits of the repository */
	PART_RECORD,	/* struct load_record: the whole dependency set: .record */
	PART_VULNS,	/* struct load_vulns: known vulnerabilities: .mirror */
	PART_SINCE,	/* struct load_since: the findings of a revision: .since */
	PART_POLICY,	/* struct load_policy: what breaks the project's own rules */
	PART_COMPARE,	/* what differs in two revisions of the project: .compare */
	PART_MODCOMPARE, /* struct load_modcompare: what differs in two versions of a module: .modcompare */
	PART_REPLACES,	/* struct load_replaces: what replace lines and their like do */
	PART_VENDOR,	/* struct load_vendored: vendored files against their modules */
	PART_RELEASE,	/* can this be tagged: .module is the tag, "" for the next one */
	PART_REPLACEMENT,	/* a replacement against what it replaces: .module */
	PART_COUNT
};

struct request_cache {
	bool whole;	/* the whole cache, not only what the build list uses */
	enum cachescan_depth depth;
	bool behind;	/* on one thread at the lowest priority: nobody waits for it */
};

struct request_versions {
	const char *module;
	bool ask;	/* the proxies, for what the caches do not tell */
};

struct request_tidy {
	struct whatif_steps steps;	/* after which */
	const char *go, *compat;	/* go mod tidy's -go and -compat; NULL: not given */
	bool allow_errors;		/* its -e */
	bool fetch;			/* zips that no cache has: they are large, and come only when asked for */
};

struct request_outdated {
	bool direct, majors;	/* outdated.h */
	bool glance;		/* nothing is asked: what is kept, or a file:// proxy says, whatever its age */
	bool facts;		/* outdated.h */
	int cooldown;		/* days for which a version is too young; 0: none */
	int64_t kept_for;	/* seconds for which a kept answer is as good as a new one; 0: it is shown at once, and asked again */
};

struct request_history {
	const char *module;
	bool compare;		/* requirements of neighbours too */
	int64_t kept_for;	/* as of outdated */
};

enum request_verb {
	REQUEST_HISTORY,	/* looks only */
	REQUEST_REPAIR,
	REQUEST_PRUNE,
	REQUEST_UNDO,
	REQUEST_PREFETCH,
	REQUEST_OWN,		/* our own cache: looks only */
	REQUEST_CLEAR,		/* and empties it */
};
struct request_offline {
	unsigned levels;	/* 1 << LEVELS_BUILD ...; 0: all */
	const char *platforms;	/* of build and test, "linux/amd64,windows/arm64"; NULL: the settings' */
	bool glance;		/* no server is asked, and nobody waits for it: at the lowest priority */
};

struct request_act {
	enum request_verb verb;
	struct request_cache shown;	/* of repair and prune: the report that was shown */
	const struct modver *mods;	/* of repair; none: all that has something to mend */
	size_t n_mods;
	struct request_offline missing;	/* of prefetch: the answer that was shown, */
	unsigned levels;		/* and of it these */
	const char *id;			/* of undo; else "" */
	uint64_t plan;			/* plan_hash of the plan that was shown: no other is carried out */
};

struct request_apply {
	struct whatif_steps steps;	/* first these */
	bool tidy;			/* then go mod tidy */
	uint64_t plan;			/* plan_hash of the plan that was shown; 0: it is made, to be shown */
};

struct request_compare {
	const char *was, *is;	/* revisions; is "": the work tree */
	bool base;		/* from the common ancestor of both */
	bool lists;		/* was and is are files with saved lists (compare/savedlist.h) */
	bool packages;		/* which packages are compiled in, too */
};

struct request_mirror {
	const char *target;	/* as struct mirror_options has it */
	unsigned levels;
};

struct request_proxy {
	const struct modver *mods;	/* to be traced: versions may be queries, "" is the selected one, else the latest */
	size_t n_mods;
	bool all;	/* and all that the build list needs and the cache lacks: of a project that has been read */
	bool no_zips;	/* no zip is asked for */
	bool glance;	/* the chain alone, as it is set: nothing is asked */
	int timeout_ms;	/* of one exchange; 0: as for all commands */
};

struct request_modcompare {
	struct modver was, is;	/* versions, queries or "current" */
	const char *file;	/* its diff, too; "" */
	bool diff;		/* the diffs of all files */
};

struct request_record {
	const char *given;	/* a file with an earlier record, to be compared; NULL: none */
};

struct request_export {
	enum graphfile_format format;
	const char *file;
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
/* In one block of memory with all that it borrows: free(3). */
struct request *request_copy(const struct request *r);
/* It has no parameters, or they are those of the part that every project has one of. */
bool request_is_plain(const struct request *r);
/* What is done for it, for people: "reading go.mod files", "explaining example.com/a". Append. */
void request_text(const struct request *r, struct buf *b);

#endif
