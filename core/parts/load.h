/*
 * load.h - how the parts of a snapshot are made: what each needs, and the work that makes it.
 *
 * The interactive program asks for a job (load_job) and gets the part by mail; a command that answers what go cannot (check,
 * explain, whatif, the reasons of tidy) calls load_now on its own thread. Two kinds of commands do without parts and say so:
 * those that print what go prints open the project as go does for that command (project.h: graph, list, why, tidy, verify, vendor),
 * and those of the cache work outside of a project too; their report comes from cachescan_report as ours does.
 *
 * A part's data is one of the structs below; it is complete when it is posted and never changes again. A problem in the data is a
 * finding in the part (load_findings), not an error.
 *
 *	struct load *l = load_new(&(struct load_options){ .dir = "." });
 *	struct snapshot *s = snapshot_new();
 *	if (!load_now(l, &s, REQUEST(PART_GRAPH), &e)) ...
 *	const struct load_graph *g = snapshot_part(s, REQUEST(PART_GRAPH))->data;
 *
 * A loader may be used from any thread; it keeps no answers, only settings and the activity log.
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
	const char **files;		/* go.mod, go.sum, go.work of the project, which may not be there; none in batch */
	size_t n_files;
	struct findings findings;
};

/*
 * PART_GRAPH: the project as it is loaded, and its graph in a form that may be read by any thread at once. Nodes are
 * numbers as in modtab.h; a module is a path, with the version that is selected.
 */
struct load_node {
	const char *path, *version;
	uint32_t module;		/* index into modules */
	uint32_t first, n_requirers;	/* load_graph.requirers[first...]: nodes, each once, ascending */
	uint32_t depth;			/* of the shortest chain from a main module; UINT32_MAX if not in the graph */
	bool selected, read;		/* read: its requirements are in the graph, it is not pruned out */
};
enum load_kind {
	LOAD_MAIN,
	LOAD_DIRECT,	/* required by go.mod without // indirect */
	LOAD_INDIRECT,	/* in go.mod as // indirect */
	LOAD_DEEP,	/* in no main go.mod: comes by other modules' requirements */
	LOAD_LANGUAGE,	/* go and toolchain */
};
struct load_module {
	const char *path, *version;	/* selected; "" for a main module */
	uint32_t node;			/* of the selected version */
	uint32_t asked;			/* distinct modules that require any version of it */
	uint32_t versions;		/* versions of it in the graph */
	uint32_t first;			/* load_graph.by_module[first...]: their nodes, greatest version first */
	uint32_t depth;
	enum load_kind kind;
	const char *file, *short_file;	/* the go.mod with its require line, of the first member that has one; and as messages name it; "" */
	int line;			/* of it; 0 if there is none */
	struct modver replaced;		/* by this; path "" if it is not replaced */
	const char *excluded;		/* versions of it that exclude lines name: "v0.15.0 v0.15.1"; "" */
};
struct load_graph {
	const struct load_env *env;
	struct source *source;
	struct gosum *sums;		/* thread-safe */
	struct modload *ml;		/* only under the lock */
	pthread_mutex_t lock;
	struct cancel *cancel;		/* that the loader and its source look at; NULL in batch */
	struct explain_graph *explainer;	/* made when first needed; under the lock */
	struct requirements *rs;
	const struct modgraph *mg;	/* const functions of requirements.h may be used */
	struct load_node *nodes;
	size_t n_nodes;
	uint32_t *requirers;
	uint32_t *by_module;
	struct load_module *modules;	/* sorted by path; the build list and nothing else */
	size_t n_modules;
	size_t n_listed;		/* of them without go and toolchain, as go list -m all counts */
	size_t n_edges;
	const char *main_path;		/* of the first main module */
	const char *dir;		/* its directory, or go.work's */
	const char *gomod, *gowork;	/* files; gowork NULL outside of a workspace */
	bool vendored;			/* a directory vendor stands in dir */
	const char *go_version, *toolchain;
	size_t n_mains, n_replaced;
	const struct map *replaced;	/* the paths that replace lines name, also of modules outside of the build list */
	const char *messages;		/* what go says on stderr, lines */
	struct err broken;		/* the graph could not be read whole: go's words */
	struct findings findings;
};
/* The module of that path, NULL if the build list has none. */
const struct load_module *load_graph_module(const struct load_graph *g, const char *path);
/* Of those who ask for the selected version the one who decides (decide.h), as a node; UINT32_MAX if nobody asks for it. */
uint32_t load_graph_decider(const struct load_graph *g, const struct load_module *m);
/* The node whose requirement makes `node` part of the graph by the shortest way; UINT32_MAX for a root. */
uint32_t load_graph_parent(const struct load_graph *g, uint32_t node);

/* Node numbers of a shortest chain from a main module to node, both included; returns its length (at most max). */
size_t load_graph_chain(const struct load_graph *g, uint32_t node, uint32_t *chain, size_t max);
/* The module that a node is a version of; NULL if the build list has none. */
const struct load_module *load_graph_module_of(const struct load_graph *g, uint32_t node);
/* Nodes that node requires, in file order. */
const uint32_t *load_graph_required(const struct load_graph *g, uint32_t node, size_t *n);

/* PART_CACHE */
struct cache_report;
struct cachetree;
struct load_cache {
	struct cache_report *report;
	struct cachetree *tree;		/* for the screen; NULL in batch */
	struct findings findings;
};

/* PART_TIDY: what tidy would make of go.mod after its steps. The lines of the diff, file after file, each with its reason once that is known. */
struct load_change {
	bool gosum;			/* of go.sum, else of go.mod */
	char op;			/* as textdiff.h */
	const char *text;
	int old_line, new_line;
	const char *reason;		/* "" if there is none to tell */
	const char *cause_file;		/* where the reason stands; "" */
	int cause_line;
	const char *module;		/* path that the line is about; "" */
	size_t twin;			/* of a require line that changes: the index of its other half; SIZE_MAX */
	const char *becomes;		/* and what changes: "becomes v1.2.0", "// indirect goes"; "" */
};
struct load_tidy {
	struct load_change *changes;
	const struct tidy_change *lines;	/* the same with rules and all causes (packages/tidy.h) */
	size_t n;
	const char *unread;		/* what could not be read, so that reasons may be missing; "" */
	size_t added[2], removed[2];	/* go.mod, go.sum */
	const char *gomod, *gosum;	/* files */
	const char *patch;		/* `git apply` takes it */
	const char *messages;		/* what go says on stderr */
	const struct tidy_need *needs;	/* files that GOMODCACHE lacks: go would fetch them */
	size_t n_needs;
	size_t n_zips, n_others;	/* files that were not fetched, as only a look was asked for (zips) or --offline: the answer is then unknown */
	const char **dirs;		/* of the packages of the main module */
	size_t n_dirs;
	struct err failed;		/* tidy would end with an error: go's words */
	struct findings findings;
};

/* Too little was there to tell what tidy would do. */
bool load_tidy_unknown(const struct load_tidy *t);

/* PART_EXPLAIN */
struct load_requirer {
	struct modver mod;		/* a tool: its package path */
	uint32_t node;			/* of load_graph; UINT32_MAX if it is not in the graph */
	const char *wants;		/* "" for a tool */
	const char *class;		/* "main", "selected", "superseded", "pruned out", ... */
	const char *via;		/* "main > example.com/a > example.com/b"; "" if there is no way */
	const char *file;		/* of a main module's line; "" */
	int line;
	uint32_t depth;			/* 0 if there is no way */
	bool decides, excluded, counts;
};
struct load_without {
	const char *what;		/* "all of them", "go.mod:12", "a/go.mod:5 and b/go.mod:7", or the path of requirer */
	bool all;
	struct modver requirer;
	const char *version;		/* "": it would leave the build list */
	struct modver decider;		/* path "" if there is none */
	const char *failed;		/* go's words if that graph cannot be loaded; else NULL */
};
struct load_explain {
	bool found;			/* false: not in the build list */
	const char *reason;		/* of the closed vocabulary */
	const char *because;		/* "go.mod:57 asks for v0.41.0 (direct); next highest is v0.40.0" */
	const char *runner_up, *go_version, *chain;
	const char *replaced_at;	/* "go.mod:12"; "" */
	struct load_requirer *requirers;	/* by version asked for, highest first, then by depth */
	size_t n_requirers;
	struct load_without *without;
	size_t n_without;
	const char **excludes;
	size_t n_excludes;
	const char *unread;		/* why pruned-out requirers may be missing; "" */
};

/* PART_VERSIONS: what is known of a module of the build list besides the graph, as the caches and file:// proxies tell, or
 * as the proxies say when they are asked (as --offline allows). */
enum load_known {
	LOAD_UNKNOWN,
	LOAD_NO,
	LOAD_YES,
};
struct load_versions {
	bool asked;
	const char *newest, *newest_time;	/* that an upgrade would choose; "" if unknown, or if there is none */
	bool none;			/* who was asked has no version to upgrade to, nor allows the current one */
	const char *listed;		/* no server was asked, but go once kept a list in its cache: when, "2026-11-25"; else "". Newest is
					 * then the greatest that it has, if that is above the current version: there may be newer ones */
	const char *why_unknown;	/* of newest, retracted or deprecated; "" */
	const char *time;		/* of the selected version, RFC 3339; "" */
	enum load_known retracted, deprecated;
	const char *rationale, *deprecation;	/* one line each; "" */
	bool mod, zip, dir;		/* what GOMODCACHE has of it */
	const char *unread;		/* what of GOMODCACHE could not be seen, and why: it may have more; "" */
	bool local;			/* its source is a directory: nothing of it is cached */
};

/* PART_OUTDATED: rows in the order of the build list. Those that have not been asked about yet say so; the part is partial as long
 * as there are any, or as long as kept answers are asked again. */
struct outdated_row;
struct load_outdated {
	const struct outdated_row **rows;
	size_t n;
	size_t n_asked;
	int64_t as_of;			/* of the oldest kept answer; 0: all are new */
	const char *go_version;		/* of the project */
	const char *messages;		/* what go says on stderr */
	struct findings findings;	/* retracted, deprecated; and how many were not asked about */
};

/* PART_HISTORY: rows newest first, each with what the project and the cache have of that version. Partial: without details yet. */
struct history;
struct load_history_row {
	bool selected;
	uint32_t node;			/* of load_graph; UINT32_MAX: its graph does not have this version */
	bool mod, zip, dir;		/* what GOMODCACHE has of it */
};
struct load_history {
	const struct load_graph *graph;	/* NULL outside of a project: no row has a node */
	const struct history *history;	/* versions/history.h */
	struct load_history_row *rows;	/* as many */
};

/* PART_TIMES: as the .info files in the caches say. */
struct load_times {
	const struct load_graph *graph;
	int64_t *times;			/* by index into its modules; seconds since 1970, 0 if unknown */
};

/* PART_PLAN: a change of the cache that was asked for, done: the plan that was shown, carried out. Of a look at the history: the
 * plan that undoes the newest change that stands, which is records[undo]. */
struct execute_result;
struct apply_record;
struct load_act {
	struct plan plan;		/* what was to be done */
	struct execute_result *results;
	size_t n;
	struct apply_record *records;	/* history: newest first */
	size_t n_records;
	size_t undo;			/* n_records if there is nothing to undo */
	struct owncache own;		/* our own cache, as it is or was before it was emptied */
};

/* PART_APPLY: what would be written, and, where a plan was confirmed, has been. */
struct load_apply {
	struct goedit edit;
	struct plan plan;
	struct execute_result *results;
	size_t n;
};

/* PART_EXPORT: the whole graph, written into the file of the request. */
struct load_export {
	size_t bytes;
};

/* PART_IMPORTS: of which modules packages are needed, and by whom. Nothing is fetched for it. */
struct load_import {
	const char *const *chains;	/* of each package that is needed, shortest first: "main/web > prometheus/common/route";
					 * "(test)" stands behind a package whose tests import the next, "(tool)" behind a tool */
	const char *const *packages;	/* their paths, in the same order */
	size_t n_packages;
	size_t n_direct;		/* of them the main modules' own packages and tests import */
	size_t n_tests;			/* of them only tests need */
	bool tool;			/* a tool line names one of them */
};
struct load_imports {
	struct map modules;		/* path -> struct load_import */
	struct map std;			/* paths of packages of the standard library */
	size_t n_absent;		/* modules of which no tree or zip is cached: what they import is not known */
	struct modver absent;		/* the first of them */
};

/* PART_REVISIONS: what can be compared. */
struct load_revisions {
	const struct githistory_name *names;	/* newest first */
	size_t n_names;
	const struct githistory_commit *commits; /* of HEAD, newest first; the first LOAD_REVISIONS_MAX */
	size_t n_commits;
};
#define LOAD_REVISIONS_MAX 2000

/* PART_COMPARE: two revisions of the project. */
struct load_compare {
	const struct githistory_commit *commits; /* that the newer side has and the older has not, newest first */
	size_t n_commits;
	const char *no_commits;	/* why they are not known; NULL */
	const char *was_commit, *is_commit;	/* 40 digits; "" is the work tree */
	struct compare_changes changes;
	struct compare_packages packages;	/* of a request for them */
	const char *platform;			/* for which they are compiled: "linux/amd64" */
	const char *incomplete;			/* why a graph could not be read whole, go's words; "" */
	const char *unloaded;			/* why not all packages could be loaded; "" */
};

/* PART_MODCOMPARE: two versions of a module, and where the project's own files use what was removed or is declared differently. */
struct load_modcompare {
	struct modver asked;			/* the module's path as it is imported; version "" */
	struct modver was, is;			/* of which the files are: of `current`, what replaces it */
	struct modcompare differs;
	bool project;				/* there are files of a project; else nothing is known of uses */
	struct apiuse_place *uses;		/* id: index into differs.api */
	size_t n_uses;
	struct modlog log;			/* the commits between */
	const char *diff;			/* of the files that were asked for; "" */
	size_t diff_len;
};

/* PART_RECORD: the build list with what is recorded of each module. With PART_IMPORTS there, also what is built of it. */
struct modinfo;
struct load_record_module {
	const struct load_module *module;
	const struct modinfo *info;	/* with the hashes of go.sum */
	const char *licence;		/* SPDX expression; "" if unknown */
	const char *no_licence;		/* why */
	bool built, tested, tool;	/* some package of it is compiled in, is needed at all (by tests only if not built), is a tool */
};
struct load_record {
	const struct load_graph *graph;
	struct load_record_module *modules;
	size_t n;
	const char *given;		/* bytes of the file that was named; NULL */
	size_t given_len;
};

/* PART_SINCE: the project at a revision, today's rules applied to it. */
struct load_since {
	const struct findings *graph, *policy;
	struct map modules;		/* "PATH@VERSION" of its build list */
};
/* Whether a finding of today was there then: the same kind and subject; of the module cache, about a module that was in the build
 * list; settings are no part of a revision. What tidy would have changed then is not known. */
bool load_since_has(const struct load_since *s, const struct finding *f);

/* PART_VULNS: known vulnerabilities, as a mirror of the Go vulnerability database tells. */
struct load_vulns {
	struct findings findings;
};

/* PART_POLICY: the rules of .modscope. The policy is kept for its waivers, which are for the findings of all parts. What is
 * retracted and deprecated is taken from PART_OUTDATED where that is there, else it is unknown. */
struct policy;
struct load_policy {
	struct policy *policy;
	struct findings findings;
};

/* PART_REPLACES: what the replace lines and their like do, and what a dependent gets without them. */
struct load_replaces {
	const struct load_graph *graph;
	struct replaces replaces;
	struct foreign_list foreign;
	struct consumer consumer;
	const char *no_consumer;	/* why there is no such list; "" */
	struct dependents dependents;
	struct findings findings;
};

/* PART_REPLACEMENT: what a module's replacement is against what it replaces. */
struct load_replacement {
	struct modver mod, to;
	const char *was_dir, *is_dir;
	struct treediff diff;
	const char *patch;	/* unified diff of all files */
	size_t patch_len;
	bool cut;		/* there is more of it than LOAD_MAX_PATCH */
};
#define LOAD_MAX_PATCH ((size_t)16 << 20)

/* PART_VENDOR: the vendor directory against the modules; an inconsistent one is the error of its job, in go's words. */
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

/* PART_MIRROR: what is there now. */
struct load_mirror {
	size_t n_modules, n_files, n_written;
	int64_t bytes;
	const char *unsure;	/* what could not be had: the first; "" */
};

/* PART_PROXY: what the proxies answer now. */
struct load_trace {
	struct trace trace;
	struct chain_module match;		/* what GONOPROXY and its like say of it */
	struct absence absence;			/* where the version was not found; else without hops */
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
	const char *dir;	/* NULL: where the process is */
	bool offline;
	bool runs_auth;		/* goenv.h */
	bool own_counts;	/* our own cache answers where GOPROXY=off leaves go without: for views, which say so */
	/* What load_now is at, as a line of text; on any thread, one call at a time. May be NULL: jobs have their own progress. */
	void (*progress)(void *ctx, const char *text);
	void *progress_ctx;
};

struct load *load_new(const struct load_options *o);
void load_free(struct load *l);
/* Requests and file operations so far; thread-safe. */
struct activity;
struct activity *load_log(const struct load *l);

/* Parts that must be there before this one is made, in batch as far as they can be had: a set of 1 << id. */
unsigned load_needs(enum request_part id);
/* Fills the spec of the job for a request; s must hold what it needs. The request is borrowed until jobs_start. */
void load_job(struct load *l, const struct snapshot *s, const struct request *r, struct job_spec *spec);
/* Makes a part, and what it needs first, on this thread; *s becomes the snapshot with it. */
bool load_now(struct load *l, struct snapshot **s, const struct request *r, struct err *e);

/* What to watch for the parts in s: files of the project, directories of the cache, with these tags. */
enum load_changed {
	LOAD_CHANGED_PROJECT = 1,	/* go.mod, go.sum, go.work, vendor/modules.txt: everything anew */
	LOAD_CHANGED_CACHE = 2,
	LOAD_CHANGED_SOURCE = 4,	/* .go files of the main modules */
	LOAD_CHANGED_GIT = 8,		/* HEAD, the index or the branch of the project's repository */
};
/* A watch is set up in pieces, as it may be of thousands of directories: begin, then some at a time while that is true. */
struct load_watching {
	struct snapshot *s;	/* held while it lasts; else NULL */
	int part;		/* the one that is looked at */
	size_t at;		/* and how far */
};
void load_watch_begin(struct load_watching *lw, const struct snapshot *s, struct watch *w);
bool load_watch_some(struct load_watching *lw, struct watch *w, size_t n);
void load_watch_release(struct load_watching *lw);

/* Findings of a part, sorted, in its arena; NULL if it has none. */
const struct findings *load_findings(const struct part *p);

#endif
