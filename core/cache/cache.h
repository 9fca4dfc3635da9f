/*
 * cache.h - the state of the module cache: every entry, each of its files, and what is wrong with it.
 *
 * An entry is one module version: up to six files in cache/download/PATH/@v and the extracted tree. A report holds
 * the entries of a build list, or all of GOMODCACHE (`mods` NULL), with sizes; with `hash`, zips and trees are hashed and
 * compared with the .ziphash, with each other and with go.sum or the checksum database, whichever knows them. Without
 * it only names, kinds, modes, sizes and the small files are checked. Nothing is written.
 *
 * A file is reported wrong only if that is certain: a recorded hash decides, else two that agree against the third. Otherwise the
 * entry is a mismatch, and nothing in it is proven wrong.
 *
 * What go does with each damage follows cmd/go/internal/modfetch (cache.go, fetch.go) and was checked with go 1.26.8.
 *
 * A report lives in its own arena and is immutable after cache_load; any thread may read it.
 *
 *	struct cache_report *r;
 *	if (!cache_load(&r, &options, mods, n, &e)) ...      // ERR_CANCELLED, or GOMODCACHE cannot be read at all
 *	for (i...) r->entries[i].problems ...
 *	cache_free(r);
 */
#ifndef MODSCOPE_CACHE_H
#define MODSCOPE_CACHE_H

#include "base/finding.h"
#include "zip/hashmemo.h"

/* Ascending: the worst is the greatest. */
enum cache_state {
	CACHE_OK,		/* all checks passed, and go.sum or the checksum database has its hash */
	CACHE_UNVERIFIED,	/* no check failed, but it was not hashed, or neither has its hash */
	CACHE_ABSENT,		/* in the build list, but not in the cache */
	CACHE_LOCKED,		/* in use; not checked */
	CACHE_ORPHAN,		/* files that go ignores, because the rest of the entry is missing */
	CACHE_PARTIAL,		/* downloaded or extracted partially: go would fetch or extract what is missing */
	CACHE_MISMATCH,		/* its hashes disagree and none is known to be right, or all of them differ from the recorded one */
	CACHE_DAMAGED,
	CACHE_STATES,
};

enum cache_part {
	CACHE_INFO,
	CACHE_MOD,
	CACHE_ZIP,
	CACHE_ZIPHASH,
	CACHE_LOCK,
	CACHE_PART_MARK,	/* .partial */
	CACHE_TREE,
	CACHE_FILES,		/* the parts up to here are the files of an entry */
	CACHE_TMP = CACHE_FILES,
	CACHE_LIST,
	CACHE_OTHER,
};

/* How to repair a problem; repair.h turns it into steps. */
enum cache_fix {
	CACHE_FIX_NONE,
	CACHE_FIX_FETCH,	/* quarantine the file, fetch it again */
	CACHE_FIX_REHASH,	/* quarantine the .ziphash, write it from the zip once that is verified */
	CACHE_FIX_EXTRACT,	/* quarantine the tree, extract the zip once that is verified */
	CACHE_FIX_REMOVE,	/* quarantine it; go creates it when needed */
	CACHE_FIX_MODE,		/* chmod */
	CACHE_FIX_LIST,		/* write @v/list from the .mod files */
};

/* What is wrong; cache_kind_name() gives the stable name of each that JSON and findings show. */
enum cache_problem_kind {
	CACHE_KIND_INFO_GARBAGE,
	CACHE_KIND_INFO_KIND,
	CACHE_KIND_INFO_MISSING,
	CACHE_KIND_INFO_TIME,
	CACHE_KIND_INFO_VERSION,
	CACHE_KIND_MOD_GARBAGE,
	CACHE_KIND_MOD_KIND,
	CACHE_KIND_MOD_MISSING,
	CACHE_KIND_MOD_MODIFIED,
	CACHE_KIND_ZIP_BROKEN,
	CACHE_KIND_ZIP_DIRECTORIES,	/* entries for directories count in its hash */
	CACHE_KIND_ZIP_KIND,
	CACHE_KIND_ZIP_MISSING,
	CACHE_KIND_ZIP_MODIFIED,
	CACHE_KIND_ZIP_NAMES,	/* its names are not those that go extracts */
	CACHE_KIND_ZIPHASH_EMPTY,
	CACHE_KIND_ZIPHASH_GARBAGE,
	CACHE_KIND_ZIPHASH_KIND,
	CACHE_KIND_ZIPHASH_MISSING,
	CACHE_KIND_ZIPHASH_WRONG,
	CACHE_KIND_LOCK_HELD,	/* by another process */
	CACHE_KIND_LOCK_KIND,
	CACHE_KIND_LOCK_STALE,
	CACHE_KIND_PARTIAL,
	CACHE_KIND_PARTIAL_KIND,
	CACHE_KIND_TREE_BROKEN,
	CACHE_KIND_TREE_EMPTY,
	CACHE_KIND_TREE_FILE_EXTRA,
	CACHE_KIND_TREE_FILE_KIND,	/* a link or a device in the tree */
	CACHE_KIND_TREE_FILE_MISSING,
	CACHE_KIND_TREE_FILE_MODIFIED,
	CACHE_KIND_TREE_KIND,
	CACHE_KIND_TREE_MISSING,
	CACHE_KIND_TREE_MODIFIED,
	CACHE_KIND_TREE_ORPHAN,
	CACHE_KIND_FORGED,	/* zip, hash and tree agree, but not with the recorded hash */
	CACHE_KIND_MISMATCH,	/* they disagree, and none is known to be right */
	CACHE_KIND_UNREADABLE,
	CACHE_KIND_WRONG_CASE,	/* a name with capital letters, which go never looks for */
	CACHE_KIND_LIST_GARBAGE,
	CACHE_KIND_LIST_KIND,
	CACHE_KIND_TMP_STALE,
	CACHE_KIND_SUMDB_LATEST,
	CACHE_KIND_SUMDB_LOOKUP,
	CACHE_KIND_SUMDB_TILE,
	CACHE_KIND_VCS_BROKEN,
	CACHE_KIND_VCS_INFO,
	CACHE_KIND_VCS_LOCK,
	CACHE_KIND_VCS_OBJECT,
	CACHE_KIND_VCS_REFS,
};

struct cache_problem {
	enum cache_part part;
	enum finding_severity severity;
	enum cache_fix fix;
	enum cache_problem_kind kind;
	const char *file;	/* the exact file, absolute */
	const char *problem;	/* one line */
	const char *expected, *found;	/* "" if there is nothing to compare */
	const char *go_says;
	const char *remedy;
};

enum cache_voucher {
	CACHE_NOBODY,
	CACHE_GOSUM,
	CACHE_SUMDB,
};

/* One file of an entry, as lstat saw it. */
struct cache_file {
	uint32_t mode;		/* st_mode; 0 if it is absent */
	int64_t size;
	int64_t mtime;
};

struct cache_entry {
	struct modver mod;
	enum cache_state state;
	enum cache_voucher voucher;	/* of the zip's hash, with `hash` */
	bool used;			/* in the given build list */
	bool hashed;
	struct cache_file files[CACHE_FILES];
	int tree_errno;			/* why lstat of the tree failed, so that it may or may not exist; else 0 */
	int download_errno;		/* the same of its files in cache/download */
	uint64_t download_bytes;	/* of the files in cache/download */
	uint64_t tree_bytes, tree_files;
	uint64_t tree_writable;		/* files with a write bit: go extracts none, and does not check */
	const char *sum;		/* h1 of the content if it was hashed and is consistent, else "" */
	struct cache_problem *problems;	/* worst first */
	size_t n_problems;
};

/* In the order in which a report lists them. */
enum cache_other_kind {
	CACHE_OTHER_LIST,	/* an @v/list with problems */
	CACHE_OTHER_STRAY,	/* a name that go does not create */
	CACHE_OTHER_SUMDB,
	CACHE_OTHER_TMP,
	CACHE_OTHER_VCS,
};

/* What is not a module version: the vcs cache, the sumdb cache, temporary files, strays. */
struct cache_other {
	enum cache_other_kind kind;
	const char *file;	/* absolute */
	const char *about;	/* the repository's URL, the database's name; "" */
	uint64_t bytes, n_files;
	size_t n_proven, n_unproven;	/* files of a checksum database that were proven, and that could not be */
	const char *unproven;		/* why not; "" */
	bool has_info;			/* vcs: HASH.info exists */
	const char *text;		/* list: its content; NULL if it cannot be read */
	const char *const *versions;	/* list: those that have a .mod, sorted */
	size_t n_versions;
	struct cache_problem *problems;
	size_t n_problems;
};

struct cache_report {
	struct arena arena;		/* of all but the entries */
	const char *root;
	struct cache_entry *entries;	/* sorted by path, then by semantic version */
	size_t n;
	struct cache_other *others;	/* sorted by kind, file */
	size_t n_others;
	size_t states[CACHE_STATES];	/* how many entries are in each */
	uint64_t bytes, n_files;	/* of everything that was walked */
	uint64_t n_writable;		/* writable files in trees, total */
	size_t n_writable_trees;
	bool whole;			/* the whole cache, not a build list */
	bool hashed;
};

/* Looks up hashes. sum returns the h1 of m's zip (or of its go.mod) that go.sum or the checksum database has; "" and
 * CACHE_NOBODY if neither does. Called from many threads. */
struct cache_trust {
	enum cache_voucher (*sum)(void *ctx, struct modver m, bool gomod, const char **sum);
	void *ctx;
	const char *gosum_name;		/* go.sum's name in messages: its path, shortened */
	const char *sumdb_name;
};

struct cache_options {
	const char *root;		/* GOMODCACHE, absolute */
	struct hashmemo *memo;		/* borrowed; needed with hash */
	const struct cache_trust *trust;	/* NULL: no hashes are known */
	bool hash;
	bool full;			/* hash again even what memo has */
	bool own_lock;			/* the caller holds the locks: check locked entries too */
	bool sizes;			/* walk the trees of a build list too (a whole cache is always walked) */
	bool wanted_only;		/* of a build list: look at no file of another version; these are missing in the sums then */
	unsigned threads;		/* 0: one per processor */
	struct cancel *cancel;
	/* From any thread, after each entry; may be NULL. */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *ctx;
	/* For cached checksum databases: GOSUMDB, and GOPATH/pkg/sumdb. NULL: nothing can be proven. */
	const char *gosumdb, *sumdb_config;
	/* With mods NULL: marks entries as used. Sorted by path and version as strings; may be NULL. */
	const struct modver *used;
	size_t n_used;
};

bool cache_load(struct cache_report **out, const struct cache_options *o, const struct modver *mods, size_t n,
		struct err *e);
/* Checks one repository of the vcs cache or one checksum database again; it is the only row of the report's others. */
bool cache_load_other(struct cache_report **out, const struct cache_options *o, enum cache_other_kind kind,
		      const char *file, struct err *e);
/* For entries whose files have not changed since `known`, takes over its state and problems instead of "not hashed". */
void cache_take_known(struct cache_report *r, const struct cache_report *known);
void cache_free(struct cache_report *r);

static inline uint64_t cache_entry_bytes(const struct cache_entry *entry)
{
	return entry->download_bytes + entry->tree_bytes;
}

/* NULL if the report has no such entry. */
const struct cache_entry *cache_find(const struct cache_report *r, struct modver m);
/* The first version of a path. */
const struct cache_entry *cache_find_path(const struct cache_report *r, const char *path);
/* "3 files of 2 modules may be written to"; "" if none are writable. */
const char *cache_writable_note(const struct cache_report *r, struct arena *a);
/* Adds a finding for each FINDING_WARNING and FINDING_ERROR problem; its subject is path@version, or the file. Writable files are not
 * problems, but make one FINDING_INFO for the whole cache. */
void cache_findings(const struct cache_report *r, struct findings *fs);
const char *cache_kind_name(enum cache_problem_kind kind);	/* "cache/info-garbage" */
const char *cache_other_kind_name(enum cache_other_kind kind);	/* "vcs", "stray", ... */
const char *cache_state_name(enum cache_state state);		/* "ok", "damaged", ... */
const char *cache_part_name(enum cache_part part);		/* "info", "mod", "zip", ... "tree" */
/* The number of other versions of the entry's path in the report. */
size_t cache_other_versions(const struct cache_report *r, const struct cache_entry *entry);

#endif
