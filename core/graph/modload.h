/*
 * modload.h - the loader: reads and keeps the go.mod files of dependencies.
 *
 * A loader owns the project (modproject.h), whose replace and exclude lines it applies, and everything built from
 * both: requirements and graphs live as long as it does (modload_keep). modload_open.h creates it.
 * Follows goModSummary and rawGoModSummary of cmd/go/internal/modload/modfile.go.
 *
 * A loader belongs to one thread (it uses others for reading). Once loading is done, many threads may read it,
 * as long as none calls a function whose loader argument is not const.
 * Returned strings live as long as the loader.
 *
 *	const struct modload_summary *s = modload_summary(ml, m, &e);
 */
#ifndef MODSCOPE_MODLOAD_H
#define MODSCOPE_MODLOAD_H

#include "graph/modproject.h"

struct modload;
struct modlooks;
struct requirements;

/* struct modproject_options without the query, plus the loader's own options. */
struct modload_options {
	const struct goenv *env;
	struct source *source;
	enum modproject_command command;
	const char *go_version;
	const char *const *ignore_replace;
	const struct modproject_overlay *overlay;
	bool no_workspace, force_vendor;
	int64_t now; /* seconds since 1970, for tests; 0: the clock's (modindex.h compares ages with it) */
	struct modlooks *looks; /* modlooks.h; NULL: this loader looks for itself */
	struct cancel *cancel;
	struct buf *messages;
	/* Called from time to time on the loading thread; may be NULL. total grows as requirements are found. */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *progress_ctx;
	/* Called when the project is found, before its files are read; may be NULL. */
	void (*found)(struct modload *ml);
};

void modload_free(struct modload *ml); /* NULL is fine */
/* Stops progress and messages: for keeping the loader after the job that opened it. */
void modload_silence(struct modload *ml);

struct modproject *modload_project(const struct modload *ml);
struct modtab *modload_tab(struct modload *ml);
/* Memory for the loader's life. */
struct arena *modload_arena(struct modload *ml);

/* Keeps an object for the loader's life: release is called in reverse order. */
void modload_keep(struct modload *ml, void *object, void (*release)(void *object));
/* Keeps one object until it is taken, or for the loader's life: then release is called. */
void modload_leave(struct modload *ml, void *object, void (*release)(void *object));
/* NULL: there is none. The caller now owns it. */
void *modload_take(struct modload *ml);
/* A mark: modload_roll_back releases all objects kept after it. */
struct modload_kept;
const struct modload_kept *modload_mark(const struct modload *ml);
void modload_roll_back(struct modload *ml, const struct modload_kept *mark);
/* An empty set of paths that lives as long as the loader: the `direct` of requirements.h. */
struct map *modload_new_set(struct modload *ml);
/* Answers of retraction_latest, by path, for the life of the loader. */
struct map *modload_latest_answers(struct modload *ml);

/* LoadModFile: the initial requirements, or after repair those of modload_set_requirements. */
struct requirements *modload_requirements(struct modload *ml);
void modload_set_requirements(struct modload *ml, struct requirements *rs);
/* As in the files, before any repair. */
struct requirements *modload_initial_requirements(struct modload *ml);
void modload_set_initial_requirements(struct modload *ml, struct requirements *rs);

/* The summary of a go.mod file (modFileSummary). */
struct modload_retraction {
	const char *low, *high, *rationale;
};
struct modload_summary {
	struct modver module;	 /* as declared in the file; path "" without a module line */
	const char *go_version;	 /* "" without a go line */
	const char *toolchain;	 /* "" */
	const char *deprecated;	 /* "" */
	bool pruned;		 /* its go version is at least 1.17 */
	const uint32_t *require; /* nodes, in file order, duplicates kept; go@V last if it is at least 1.21 */
	const bool *indirect;	 /* per requirement: // indirect; NULL if unknown */
	size_t n_require;
	const struct modload_retraction *retract;
	size_t n_retract;
	const char *const *ignore; /* ignore directives */
	size_t n_ignore;
};

/* Why loading a go.mod failed: part of go's texts (mvs/errors.go). */
struct modload_failure {
	struct modver actual; /* the module after replacement that the error is about */
	bool too_new;	      /* gover.TooNewError */
	bool module_error;    /* go's error is a module.ModuleError for `actual`: text goes without its "actual: " */
	struct err err;
};

/* goModSummary: m's go.mod with replacement and excludes applied. NULL on failure; modload_failure has the reason.
 * Cached: a second call is a lookup. */
const struct modload_summary *modload_summary(struct modload *ml, struct modver m, struct err *e);
const struct modload_summary *modload_summary_node(struct modload *ml, uint32_t node);
/* Reads the go.mod files of these nodes on several threads, for later calls of modload_summary_node. */
void modload_prefetch(struct modload *ml, const uint32_t *nodes, size_t n);
/* For callers that will read the whole graph, and the trees of these modules: another thread starts to check which of them are in GOMODCACHE, and which go.mod
 * files are unchanged. */
void modload_look_ahead(struct modload *ml, struct modver_list trees);
/* More trees for that thread, after what it was started for, if it still runs: n names below GOMODCACHE, "PATH@VERSION" escaped, copied; once. */
void modload_look_further(struct modload *ml, const char *const *names, size_t n);
/* Ends looking ahead and drops what the source keeps of failures (source_forget_failures): between two steps, while nothing else asks. */
void modload_forget_failures(struct modload *ml);
/* The summary, and that of the file itself (without excludes), if already read; else NULL. */
const struct modload_summary *modload_known_summary(const struct modload *ml, uint32_t node);
const struct modload_summary *modload_known_file(const struct modload *ml, uint32_t node);
/* rawGoModSummary: without replacement and excludes. *too_new (may be NULL): the summary is of a go.mod for a newer Go. */
const struct modload_summary *modload_raw_summary(struct modload *ml, struct modver m, bool *too_new,
					      struct err *e);
/* The failure of the last modload_summary of this node; NULL if it did not fail. */
const struct modload_failure *modload_failure(const struct modload *ml, uint32_t node);
/* Appends the failure as one text: "m: text", "m (replaced by actual): text". */
void modload_failure_text(const struct modload_failure *f, struct modver m, struct buf *out);
/* rawGoVersion: the go line of a module whose go.mod was read, else "". */
const char *modload_raw_go_version(struct modload *ml, struct modver m);
/* The same, reading m's go.mod if needed; "" if that fails. Not for toolchains. */
const char *modload_read_go_version(struct modload *ml, struct modver m);
/* Whether the go.mod of this node, as it is now in GOMODCACHE, was found unchanged: then it was not read. */
bool modload_is_from_cache(const struct modload *ml, uint32_t node);
/* Whether m's go.mod was read, for whatever reason, so that modload_raw_go_version is complete. */
bool modload_was_read(struct modload *ml, struct modver m);

#endif
