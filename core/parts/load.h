/*
 * load.h - makes the parts of a snapshot, with the parts that each needs.
 *
 * The interactive program starts a job (load_job) and gets the part by mail; a command whose answer go does not have (check,
 * explain, whatif, the reasons of tidy) calls load_now on its own thread. Two kinds of commands work without parts:
 * those that print go's output open the project as go does for that command (project.h: graph, list, why, tidy, verify, vendor),
 * and those of the cache also work outside a project; both get their report from cachescan_report.
 *
 * A part's data is one of the structs below; it is complete when posted and never changes. A problem in the data is a
 * finding in the part (load_findings), not an error.
 *
 *	struct load *l = load_new(&(struct load_options){ .dir = "." });
 *	struct snapshot *s = snapshot_new();
 *	if (!load_now(l, &s, REQUEST(PART_GRAPH), &e)) ...
 *	const struct load_graph *g = snapshot_part(s, REQUEST(PART_GRAPH))->data;
 *
 * A loader may be used on any thread; it keeps only settings, the activity log and, until a job reads the settings anew, what servers
 * have answered, so that no two parts ask for the same; no results.
 */
#ifndef MODSCOPE_LOAD_H
#define MODSCOPE_LOAD_H

#include <pthread.h>

#include "base/err.h"
#include "base/finding.h"
#include "base/map.h"
#include "cache/owncache.h"
#include "change/plan.h"
#include "compare/apiuse.h"
#include "compare/compare_packages.h"
#include "compare/modcompare.h"
#include "compare/modlog.h"
#include "compare/modorigin.h"
#include "git/githistory.h"
#include "offline/absence.h"
#include "offline/chain.h"
#include "offline/levels.h"
#include "offline/trace.h"
#include "packages/goedit.h"
#include "packages/vendor.h"
#include "parts/job.h"
#include "parts/snapshot.h"
#include "parts/watch.h"
#include "release/checklist.h"
#include "release/dependents.h"
#include "release/foreign.h"
#include "release/treediff.h"

struct explain_graph;
struct http_once;
struct goenv;
struct goenv_note;
struct gosum;
struct modgraph;
struct modload;
struct requirements;
struct source;
struct tidy_change;
struct tidy_need;

/* PART_ENV */
struct load_env {
	struct goenv *env;
	struct goenv_note *notes;
	size_t n_notes;
	const char **files;		/* go.mod, go.sum, go.work of the project, those of replacements, settings; possibly missing; none in batch */
	size_t n_files;
	const char **above;		/* go.mod and go.work files that would be used instead if they existed */
	size_t n_above;
	bool rootless;			/* there is no go.mod here or above, and no go.work; always false in batch */
	struct findings findings;
};

/*
 * * PART_GRAPH: the loaded project, and its graph in a form that any number of threads may read. Nodes are
 * numbers as in modtab.h; a module is a path with its selected version.
 */
struct load_node {
	const char *path, *version;
	uint32_t module;		/* index into modules */
	uint32_t first, n_requirers;	/* load_graph.requirers[first...]: nodes, each once, ascending */
	uint32_t depth;			/* of the shortest chain from a main module; UINT32_MAX if not in the graph */
	bool selected, read;		/* read: its requirements are in the graph, not pruned out */
};
enum load_kind {
	LOAD_MAIN,
	LOAD_DIRECT,	/* required by go.mod without // indirect */
	LOAD_INDIRECT,	/* in go.mod as // indirect */
	LOAD_DEEP,	/* in no main go.mod: required only by other modules */
	LOAD_LANGUAGE,	/* go and toolchain */
};
struct load_module {
	const char *path, *version;	/* selected; "" for a main module */
	uint32_t node;			/* of the selected version */
	uint32_t asked;			/* distinct modules that require any version of it */
	uint32_t versions;		/* versions of it in the graph */
	uint32_t first;			/* load_graph.by_module[first...]: their nodes, highest version first */
	uint32_t depth;
	enum load_kind kind;
	const char *file, *short_file;	/* the go.mod with its require line, of the first member that has one, and its name in messages; "" */
	int line;			/* of that line; 0 if there is none */
	struct modver replaced;		/* by this; path "" if not replaced */
	const char *excluded;		/* its excluded versions: "v0.15.0 v0.15.1"; "" */
};
struct load_graph {
	const struct load_env *env;
	struct source *source;
	struct gosum *sums;		/* thread-safe */
	struct modload *ml;		/* only with the lock held */
	pthread_mutex_t lock;
	struct cancel *cancel;		/* the flag of the loader and its source; NULL in batch */
	struct explain_graph *explainer;	/* created on first use, with the lock held */
	struct requirements *rs;
	const struct modgraph *mg;	/* const functions of requirements.h may be used */
	struct load_node *nodes;
	size_t n_nodes;
	uint32_t *requirers;
	uint32_t *by_module;
	struct load_module *modules;	/* sorted by path; exactly the build list */
	size_t n_modules;
	size_t n_listed;		/* of these without go and toolchain, as in go list -m all */
	size_t n_edges;
	const char *main_path;		/* of the first main module */
	const char *dir;		/* its directory, or go.work's */
	const char *gomod, *gowork;	/* files; gowork NULL outside a workspace */
	bool vendored;			/* dir has a directory vendor */
	const char *go_version, *toolchain;
	size_t n_mains, n_replaced;
	const struct map *replaced;	/* the paths in replace lines, even of modules outside the build list */
	const char *messages;		/* go's stderr, lines */
	struct err broken;		/* why the graph is incomplete, in go's words */
	struct findings findings;
};
/* The module with that path; NULL if it is not in the build list. */
const struct load_module *load_graph_module(const struct load_graph *g, const char *path);
/* The node whose requirement decides the selected version (decide.h); UINT32_MAX if nothing requires it. */
uint32_t load_graph_decider(const struct load_graph *g, const struct load_module *m);
/* The parent of `node` on the shortest chain from a root; UINT32_MAX for a root. */
uint32_t load_graph_parent(const struct load_graph *g, uint32_t node);

/* Node numbers of a shortest chain from a main module to node, both included. Returns its length, at most max. */
size_t load_graph_chain(const struct load_graph *g, uint32_t node, uint32_t *chain, size_t max);
/* The module of a node; NULL if it is not in the build list. */
const struct load_module *load_graph_module_of(const struct load_graph *g, uint32_t node);
/* The nodes that `node` requires, in file order. */
const uint32_t *load_graph_required(const struct load_graph *g, uint32_t node, size_t *n);

/* PART_CACHE */
struct cache_report;
struct cachetree;
struct load_cache {
	struct cache_report *report;	/* NULL if the request is brief */
	struct cachetree *tree;		/* for the screen; NULL in batch */
	struct findings findings;
};

/* PART_TIDY: what tidy would change after the steps: the lines of the diff, file by file, each with its reason. */
struct load_change {
	bool gosum;			/* in go.sum, else in go.mod */
	char op;			/* as in textdiff.h */
	const char *text;
	int old_line, new_line;
	const char *reason;		/* "" if there is none */
	const char *cause_file;		/* file of the cause; "" */
	int cause_line;
	const char *module;		/* the line's module path; "" */
	size_t twin;			/* for a changed require line: the index of its other half; SIZE_MAX */
	const char *becomes;		/* and its change: "becomes v1.2.0", "// indirect goes"; "" */
};
struct load_tidy {
	struct load_change *changes;
	const struct tidy_change *lines;	/* the same with rules and all causes (packages/tidy.h) */
	size_t n;
	const char *unread;		/* an unreadable file, so that reasons may be missing; "" */
	size_t added[2], removed[2];	/* go.mod, go.sum */
	const char *gomod, *gosum;	/* files */
	const char *patch;		/* for `git apply` */
	const char *messages;		/* go's stderr */
	bool nowhere;			/* the root of a workspace without go.mod: there is nothing to tidy here */
	const struct tidy_need *needs;	/* files that GOMODCACHE lacks: go would fetch them */
	size_t n_needs;
	size_t n_zips, n_others;	/* files not fetched because the user only views (zips) or because of --offline: the answer is then unknown */
	const char **dirs;		/* of the main module and of the packages used in replacements' directories; none in batch */
	size_t n_dirs;
	const char **linked;		/* the Go files there that have other names too, by which they may be changed */
	size_t n_linked;
	struct err failed;		/* tidy would fail: go's words */
	struct findings findings;
};

/* Whether files are missing that decide what tidy would do. */
bool load_tidy_unknown(const struct load_tidy *t);

/* PART_EXPLAIN */
struct load_requirer {
	struct modver mod;		/* a tool: its package path */
	uint32_t node;			/* of load_graph; UINT32_MAX if not in the graph */
	const char *wants;		/* "" for a tool */
	const char *class;		/* "main", "selected", "superseded", "pruned out", ... */
	const char *via;		/* "main > example.com/a > example.com/b"; "" if there is no path */
	const char *file;		/* of a main module's line; "" */
	int line;
	uint32_t depth;			/* 0 if there is no path */
	bool decides, excluded, counts;
};
struct load_without {
	const char *what;		/* "all of them", "go.mod:12", "a/go.mod:5 and b/go.mod:7", or the path of requirer */
	bool all;
	struct modver requirer;
	const char *version;		/* "": it would not be in the build list */
	struct modver decider;		/* path "" if there is none */
	const char *failed;		/* go's words if that graph cannot be loaded; else NULL */
};
struct load_explain {
	bool found;			/* false: not in the build list */
	const char *reason;		/* of a fixed vocabulary */
	const char *because;		/* "go.mod:57 asks for v0.41.0 (direct); next highest is v0.40.0" */
	const char *runner_up, *go_version, *chain;
	const char *replaced_at;	/* "go.mod:12"; "" */
	struct load_requirer *requirers;	/* by required version, highest first, then by depth */
	size_t n_requirers;
	struct load_without *without;
	size_t n_without;
	const char **excludes;
	size_t n_excludes;
	const char *unread;		/* why pruned-out requirers may be missing; "" */
};

/* PART_VERSIONS: facts about a module of the build list beyond the graph, from the caches and file:// proxies, or
 * from the proxies if they are asked (and --offline is not set). */
enum load_known {
	LOAD_UNKNOWN,
	LOAD_NO,
	LOAD_YES,
};
struct load_versions {
	bool asked;
	const char *newest, *newest_time;	/* chosen by an upgrade; "" if unknown, or if there is none */
	bool none;			/* there is no version to upgrade to, and the current one is not allowed */
	const char *listed;		/* no server was asked, but go's cache has a list: its date, "2026-11-25"; else "". `newest` is
					 * then its highest version, if above the current one; there may be newer ones */
	const char *why_unknown;	/* why newest, retracted or deprecated is unknown; "" */
	const char *time;		/* of the selected version, RFC 3339; "" */
	enum load_known retracted, deprecated;
	const char *rationale, *deprecation;	/* one line each; "" */
	bool mod, zip, dir;		/* what GOMODCACHE has of it */
	const char *unread;		/* an unreadable part of GOMODCACHE, and why: it may have more; "" */
	bool local;			/* replaced by a directory: not cached */
	const struct modorigin *origin;	/* of the selected version, or what replaces it; NULL */
	const struct modorigin *newer;	/* of `newest`, compared with it; NULL */
};

/* PART_OUTDATED: rows in the order of the build list. Rows not requested yet are marked; the part is partial while
 * there are any, or while kept answers are being renewed. */
struct outdated_row;
struct load_outdated {
	const struct outdated_row **rows;
	size_t n;
	size_t n_asked;
	int64_t as_of;			/* time of the oldest kept answer; 0: all are new */
	int cooldown;			/* days, as requested */
	const char *go_version;		/* of the project */
	const char *messages;		/* what go says on stderr */
	const char *incomplete;		/* why modules of the build list may have no row; "" if they all have */
	struct findings findings;	/* retracted, deprecated, and how many are unknown */
};

/* PART_HISTORY: rows newest first, each with the project's and the cache's data about the version. Partial: without details yet. */
struct history;
struct load_history_row {
	bool selected;
	uint32_t node;			/* of load_graph; UINT32_MAX: not in its graph */
	bool mod, zip, dir;		/* what GOMODCACHE has of it */
};
struct load_history {
	const struct load_graph *graph;	/* NULL outside a project: no row has a node */
	const struct history *history;	/* versions/history.h */
	struct load_history_row *rows;	/* the same number */
	const struct modorigin *origins; /* the same number; NULL: not requested, or not read yet */
	const char *not_fetched;	/* why the repository could not be fetched; "" */
	const char *unread;	/* the first of its files in GOMODCACHE that could not be looked at, and why; "" */
};

/* PART_TIMES: from the .info files in the caches. */
struct load_times {
	const struct load_graph *graph;
	int64_t *times;			/* by index into its modules; seconds since 1970, 0 if unknown */
};

/* PART_PLAN: a requested change of the cache, done: the plan shown and its results. For REQUEST_HISTORY: the
 * plan that undoes the newest change not undone, which is records[undo]. */
struct execute_result;
struct apply_record;
struct load_act {
	struct plan plan;		/* the plan executed */
	struct execute_result *results;
	size_t n;
	struct apply_record *records;	/* history: newest first */
	size_t n_records;
	size_t undo;			/* n_records if there is nothing to undo */
	struct owncache own;		/* our own cache, as it is or was before being emptied */
};

/* PART_APPLY: what would be written, or was, if the plan was confirmed. */
struct load_apply {
	struct goedit edit;
	struct plan plan;
	struct execute_result *results;
	size_t n;
};

/* PART_EXPORT: the whole graph or the dependency set, written to the file of the request. */
struct load_export {
	size_t bytes;
};

/* PART_IMPORTS: the modules whose packages are needed, and their importers. Nothing is fetched. */
struct load_import {
	const char *const *chains;	/* for each needed package, shortest first: "main/web > prometheus/common/route";
					 * "(test)" follows a package whose tests import the next, "(tool)" a tool */
	const char *const *packages;	/* their paths, in the same order */
	size_t n_packages;
	size_t n_direct;		/* imported by the main modules' own packages and tests */
	size_t n_tests;			/* needed only by tests */
	bool tool;			/* one of them is in a tool line */
};
struct load_imports {
	struct map modules;		/* path -> struct load_import */
	struct map std;			/* paths of packages of the standard library */
	size_t n_absent;		/* modules without a cached tree or zip: their imports are unknown */
	struct modver absent;		/* the first of them */
	struct map unread;		/* path of such a module -> chain of imports to a package that can only be in it */
};

/* PART_REVISIONS: the revisions to choose from. */
struct load_revisions {
	const struct githistory_name *names;	/* newest first */
	size_t n_names;
	const struct githistory_commit *commits; /* of HEAD, newest first; the first LOAD_REVISIONS_MAX */
	size_t n_commits;
};
#define LOAD_REVISIONS_MAX 2000

/* PART_COMPARE: two revisions of the project. */
struct load_compare {
	const struct githistory_commit *commits; /* on the newer side only, newest first */
	size_t n_commits;
	const char *no_commits;	/* why they are unknown; NULL */
	const char *was_commit, *is_commit;	/* 40 digits; "" is the work tree */
	struct compare_changes changes;
	struct compare_packages packages;	/* if requested */
	const char *platform;			/* that they are compiled for: "linux/amd64" */
	const char *incomplete;			/* why a graph is incomplete: "REVISION: go's words"; then changes may be missing or not real; "" */
	const char *unloaded;			/* why some packages could not be loaded; "" */
};

/* PART_MODCOMPARE: two versions of a module, and the uses of removed or changed identifiers in the project's own files. */
struct load_modcompare {
	struct modver asked;			/* the module's import path; version "" */
	struct modver was, is;			/* whose files are compared: for `current`, its replacement */
	struct modcompare differs;
	bool project;				/* there is a project; otherwise uses are unknown */
	struct apiuse_place *uses;		/* id: index into differs.api */
	size_t n_uses;
	const char *unread;			/* the first of the project's files that could not be read, and why; "" */
	struct modlog log;			/* the commits between */
	const char *diff;			/* of the requested files; "" */
	size_t diff_len;
};

/* PART_RECORD: the build list with the recorded facts of each module; given PART_IMPORTS, also what is built of it. */
struct modinfo;
struct load_record_module {
	const struct load_module *module;
	const struct modinfo *info;	/* with the hashes of go.sum */
	const char *licence;		/* SPDX expression; "" if unknown */
	const char *no_licence;		/* why */
	bool built, tested, tool;	/* a package of it is compiled in; is needed (only by tests if not built); is a tool */
};
struct load_record {
	const struct load_graph *graph;
	struct load_record_module *modules;
	size_t n;
	const char *given;		/* bytes of the given file; NULL */
	size_t given_len;
};

/* PART_SINCE: the project at a revision, with today's rules. */
struct load_since {
	const struct findings *then[6];	/* of its parts that could be made */
	size_t n_then;
	const struct load_replaces *replaces;	/* NULL: not known, as why_not says */
	const struct load_tidy *tidy;	/* the same */
	const char *why_not;		/* "" */
	const char *root;		/* subjects that are files begin with it */
	struct map modules;		/* "PATH@VERSION" of its build list */
	struct map lines;		/* "+text" and "-text" that tidy would have changed in go.sum */
};
/* Whether a finding of today was there then: the same kind and subject; of the module cache, vulnerabilities and versions, about a module
 * that was in the build list; of go.sum, if tidy (of today) changes no line that it would not have changed then (NULL: not known).
 * What other directories and tags are like is no part of a revision: of these it counts whether the line stood there. Settings are
 * none either. Uncommitted changes are always new. */
bool load_since_has(const struct load_since *s, const struct finding *f, const struct load_tidy *today);

/* PART_VULNS: known vulnerabilities, from a mirror of the Go vulnerability database. */
struct load_vulns {
	struct findings findings;
};

/* PART_POLICY: the rules of .modscope. The policy is kept for its waivers, which apply to the findings of all parts. Retractions
 * and deprecations come from PART_OUTDATED; without it they are unknown. */
struct policy;
struct load_policy {
	struct policy *policy;
	struct findings findings;
};

/* PART_REPLACES: the effect of replace and similar lines, and what a dependent gets without them. */
struct load_replaces {
	const struct load_graph *graph;
	struct replaces replaces;
	struct foreign_list foreign;
	struct consumer consumer;
	const char *no_consumer;	/* why there is no such list; "" */
	struct dependents dependents;
	struct findings findings;
};

/* Where a file stands in the patch, and its lines. len 0: it was cut off. */
struct load_replacement_file {
	size_t at, len, added, removed;
};

/* PART_REPLACEMENT: a module's replacement compared with the original. */
struct load_replacement {
	struct modver mod, to;
	const char *was_dir, *is_dir;
	struct treediff diff;
	struct load_replacement_file *files;	/* for each of diff.files */
	const char *patch;	/* unified diff of all files */
	size_t patch_len;
	bool cut;		/* cut off at LOAD_MAX_PATCH */
};
#define LOAD_MAX_PATCH ((size_t)16 << 20)

/* PART_VENDOR: the vendor directory compared with the modules; if modules.txt is inconsistent, the job fails in go's words. */
struct load_vendored {
	struct vendor_report report;
	struct findings findings;
};

/* PART_RELEASE: struct checklist (release/checklist.h). */

/* PART_WHATIF: struct whatif (graph/whatif.h). */

struct load;
/* PART_OFFLINE: what works without the network. */
struct load_offline {
	struct levels *levels;
};

/* PART_MIRROR: the mirror's contents now. */
struct load_mirror {
	size_t n_modules, n_files, n_written;
	int64_t bytes;
	const char *unsure;	/* the first unavailable file, and why; "" */
};

/* PART_PROXY: the proxies' answers now. */
struct load_trace {
	struct trace trace;
	struct chain_module match;		/* which of GONOPROXY and similar settings apply to it */
	struct absence absence;			/* if the version was not found; else without hops */
};
struct load_proxy {
	const struct load_env *env;
	const char *list;			/* GOPROXY without credentials */
	struct chain_pattern list_from;		/* where it is set */
	const char *auth;			/* GOAUTH without credentials */
	struct chain *chain;
	struct load_trace *traces;
	size_t n;
};

struct load_options {
	const char *dir;	/* NULL: the current directory */
	bool offline;
	bool runs_auth;		/* goenv.h */
	bool one_look;		/* modlooks.h: for a run that ends with its answer */
	bool own_counts;	/* our own cache answers where GOPROXY=off leaves go without: for views, which say so */
	/* What load_now is at, as a line of text; on any thread, one call at a time. May be NULL: jobs have their own progress. */
	void (*progress)(void *ctx, const char *text);
	void *progress_ctx;
	struct http_once *once;	/* of a loader that uses this one, whose answers count here too; NULL: this one has its own. Borrowed */
};

struct load *load_new(const struct load_options *o);
void load_free(struct load *l);
/* Requests and file operations so far; thread-safe. */
struct activity;
struct activity *load_log(const struct load *l);

/* Parts that this one needs, a set of 1 << id; in batch, as far as they are available. */
unsigned load_needs(enum request_part id);
/* Fills the spec of the job for a request; s must have the parts it needs. The request is borrowed until jobs_start. */
void load_job(struct load *l, const struct snapshot *s, const struct request *r, struct job_spec *spec);
/* Makes the needed parts, then a part, on this thread; *s becomes the snapshot with them. */
bool load_now(struct load *l, struct snapshot **s, const struct request *r, struct err *e);

/* What to watch for the parts in s: files of the project, directories of the cache, with these tags. */
enum load_changed {
	LOAD_CHANGED_PROJECT = 1,	/* go.mod, go.sum, go.work, vendor/modules.txt: reload everything */
	LOAD_CHANGED_CACHE = 2,
	LOAD_CHANGED_SOURCE = 4,	/* .go files of the main modules */
	LOAD_CHANGED_GIT = 8,		/* HEAD, the index or the branch of the project's repository */
	LOAD_CHANGED_VENDOR = 16,	/* vendored files */
};
/* A watch may have thousands of directories, so it is set up in pieces: load_watch_begin, then load_watch_some while it returns true. */
struct load_watching {
	struct snapshot *s;	/* held during set-up; else NULL */
	int part;		/* the current one */
	size_t at;		/* and the position in it */
};
void load_watch_begin(struct load_watching *lw, const struct snapshot *s, struct watch *w);
bool load_watch_some(struct load_watching *lw, struct watch *w, size_t n);
void load_watch_release(struct load_watching *lw);

/* Findings of a part, sorted, in its arena; NULL if it has none. */
const struct findings *load_findings(const struct part *p);

#endif
