/*
 * modload.h - the project as it is loaded: main modules or workspace, replacements, excludes, vendor state.
 *
 * Follows cmd/go/internal/modload (init.go, modfile.go, vendor.go). Opening finds go.mod or go.work as go does, reads
 * and checks them, decides -mod, and makes the initial requirements (requirements.h). What go prints as
 * a fatal error is `e`, in go's words without "go: "; what it merely says on stderr is appended to `messages`,
 * each line as go prints it.
 *
 * A loader belongs to one thread (it uses others for reading). After the answers are taken from it, it may be read by
 * many threads as long as nobody calls a function whose loader argument is not const.
 * Strings that are returned live as long as the loader.
 *
 *	struct modload *ml;
 *	if (!modload_open(&ml, &(struct modload_options){ .env = env, .source = src, .command = MODLOAD_GRAPH }, &e))
 *		...
 *	struct requirements *rs = modload_requirements(ml);
 *	modload_free(ml);
 */
#ifndef MODSCOPE_MODLOAD_H
#define MODSCOPE_MODLOAD_H

#include "base/err.h"
#include "graph/modtab.h"
#include "base/par.h"

struct goenv;
struct gomod;
struct gosum;
struct gowork;
struct source;
struct modload;
struct requirements;

/* Go decides by command name what is read and what is refused (init.go:setDefaultBuildMod). */
enum modload_command {
	MODLOAD_GRAPH, /* go mod graph; also every view that has no go command: never refuses, repairs in memory */
	MODLOAD_LIST, /* go list -m: readonly or vendor, refuses where updates to go.mod are needed */
	MODLOAD_WHY,	/* go mod why */
	MODLOAD_VERIFY, /* go mod verify */
	MODLOAD_TIDY,	/* go mod tidy: never a workspace */
	MODLOAD_VENDOR, /* go mod vendor */
};

enum build_mod {
	BUILD_MOD_MOD,
	BUILD_MOD_READONLY,
	BUILD_MOD_VENDOR,
};

struct modload_options {
	const struct goenv *env; /* borrowed; outlives the loader */
	struct source *source;	 /* borrowed; the loader sets its go.sum (source_set_sums) */
	enum modload_command command;
	const char *go_version; /* tidy -go; NULL or "" is none */
	const char *const *
		ignore_replace; /* what-if: replace lines for these paths do not count; NULL ends it, may be NULL */
	bool force_vendor; /* MODLOAD_LIST: as with -mod=vendor, whatever GOFLAGS says */
	int64_t now; /* seconds since 1970, for tests; 0: the clock's (modindex.h judges ages by it) */
	struct cancel *cancel; /* borrowed, may be NULL */
	struct buf *messages;  /* borrowed, may be NULL */
	/* Called now and then by the thread that loads; may be NULL. total grows as requirements are found. */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *progress_ctx;
};

/* One main module; a workspace has several. */
struct main_module {
	struct modver mod; /* version "" */
	uint32_t node;
	const char *dir;    /* absolute; "" for go.work without modules */
	const char *gomod;  /* the file read: dir/go.mod or -modfile */
	struct gomod *file; /* parsed, as go sees it: versions fixed */
	const char *data;   /* its bytes on disk */
	size_t len;
	bool needs_fix; /* a version was fixed while parsing: go counts the file as changed */
	bool go_added;	/* the go line in `file` was added in memory (tidy, verify) */
	const char *
		go_version; /* of its go line on disk, "" if it has none (see modload_go_version) */
};

bool modload_open(struct modload **out, const struct modload_options *o, struct err *e);
void modload_free(struct modload *ml); /* NULL is fine */

struct modtab *modload_tab(struct modload *ml);
const struct goenv *modload_env(const struct modload *ml);
struct source *modload_source(struct modload *ml);
struct gosum *modload_sums(struct modload *ml);
enum modload_command modload_command(const struct modload *ml);
struct cancel *modload_cancel(const struct modload *ml);
/* Appends to the messages, formatted; no newline is added. */
void modload_message(struct modload *ml, const char *fmt, ...) PRINTF_FMT(2, 3);

/* In the order of go.mod or of go.work's use lines; at least one, except in an empty workspace ("command-line-arguments"). */
size_t modload_mains(const struct modload *ml, const struct main_module **mains);
bool modload_is_main(const struct modload *ml, const char *path);
const struct main_module *modload_main(const struct modload *ml,
				       const char *path); /* NULL if it is none */
/* The main module whose directory holds the current one; NULL if none does (ModContainingCWD). */
const struct main_module *modload_main_of_cwd(const struct modload *ml);
/* False: no go.mod was found, which only `list` tolerates; modload_no_root_error says it in go's words. */
bool modload_has_root(const struct modload *ml);
bool modload_no_root_error(const struct modload *ml, struct err *e);
const char *modload_cwd(const struct modload *ml);
/* findModuleRoot: the directory at or above dir that holds a go.mod; NULL if none does. */
const char *modload_find_root(struct modload *ml, const char *dir);
/* base.ShortPath relative to modload_cwd; lives as long as the loader. */
const char *modload_short(struct modload *ml, const char *path);

const char *modload_gowork_file(
	const struct modload *ml); /* absolute; NULL outside of a workspace */
struct gowork *modload_gowork(const struct modload *ml);
const char *modload_gosum_file(
	const struct modload *ml); /* go.sum, or go.work.sum in a workspace */
/* The go version of the single module or workspace: its go line, else 1.16 or 1.18 (MainModules.GoVersion). */
const char *modload_go_version(const struct modload *ml);
const char *modload_local_version(const struct modload *ml); /* gover.Local: "1.26.8" */
/* Unique, in order of appearance; the key is the tool's package path, the value its main module. */
size_t modload_tools(const struct modload *ml, const char *const **paths);

enum build_mod modload_build_mod(const struct modload *ml);
bool modload_build_mod_explicit(const struct modload *ml);
const char *modload_build_mod_reason(const struct modload *ml); /* "" if there is none */
bool modload_must_have_sums(
	const struct modload *ml); /* init.go:mustHaveSums: a missing line is an error */
/* "updates to go.mod needed..." as this -mod says it; returns false. ERR_REFUSED. */
bool modload_dirty_error(const struct modload *ml, struct err *e);
/* "WHAT requires go >= V (running go L)": gover.TooNewError; returns false. ERR_REFUSED. */
bool modload_too_new(const struct modload *ml, const char *what, const char *go_version,
		     struct err *e);
/* True for an error that go prints without "go: " in front. */
bool modload_err_is_bare(const struct err *e);
/* Keeps the error if it is one at which go ends at once (ERR_FORM_FINAL), as the first of its kind. */
void modload_note_fatal(struct modload *ml, const struct err *e);
/* Reads go.sum, if that has not been done: a malformed one is such an error. */
void modload_read_sums(struct modload *ml);
/* That error: it counts for more than all others; unset if there is none. */
const struct err *modload_fatal(const struct modload *ml);
/* readonly or vendor, and not a workspace: roots may not be changed (mustHaveCompleteRequirements). */
bool modload_must_be_complete(const struct modload *ml);

/* An empty set of paths that lives as long as the loader: the `direct` of requirements.h. */
struct map *modload_new_set(struct modload *ml);
/* LoadModFile: the initial requirements, replaced by modload_set_requirements once they were repaired. */
struct requirements *modload_requirements(struct modload *ml);
void modload_set_requirements(struct modload *ml, struct requirements *rs);

/* replace: where the content of a module comes from (Replacement). path "" if it is not replaced. A directory is as
 * written in go.mod; in a workspace relative to go.work's directory. */
struct modver modload_replacement(struct modload *ml, struct modver m);
struct modver modload_resolve(struct modload *ml,
			      struct modver m); /* the replacement, else m itself */
/* The replacement as written, with the file it stands in: NULL if there is none (replacementFrom). */
const char *modload_replacement_from(struct modload *ml, struct modver m, struct modver *to,
				     const char **dir);
/* Absolute directory of a module or replacement whose version is "" (rawGoModData's rule). */
const char *modload_dir_of(struct modload *ml, struct modver actual);
/* The highest version that a replace line names for path; NULL if none does, "" if only a wildcard (HighestReplaced). */
const char *modload_highest_replaced(const struct modload *ml, const char *path);
/* All paths with a replacement, in no order that matters; entries' values are the versions. */
const struct map *modload_replaced_paths(const struct modload *ml);
/* Excluded by any main module (CheckExclusions). */
bool modload_is_excluded(const struct modload *ml, struct modver m);

/* A go.mod file in short (modFileSummary). */
struct mod_retraction {
	const char *low, *high, *rationale;
};
struct mod_summary {
	struct modver module;	/* as the file declares it; path "" if it has no module line */
	const char *go_version; /* "" if it has no go line */
	const char *toolchain;	/* "" */
	const char *deprecated; /* "" */
	bool pruned;		/* its go version is at least 1.17 */
	const uint32_t *
		require; /* nodes, in file order, duplicates kept; go@V last if it is at least 1.21 */
	const bool *indirect; /* per requirement: // indirect; NULL where nothing is known */
	size_t n_require;
	const struct mod_retraction *retract;
	size_t n_retract;
	const char *const *ignore; /* ignore directives */
	size_t n_ignore;
};

/* How loading a go.mod failed: composes into go's texts (mvs/errors.go). */
struct mod_failure {
	struct modver actual; /* the module after replacement that the error is about */
	bool too_new;	      /* gover.TooNewError */
	bool module_error; /* go's error is a module.ModuleError for `actual`: text goes without its "actual: " */
	struct err err;
};

/* goModSummary: m's go.mod with replacement and excludes applied. NULL on failure; modload_failure tells why.
 * Kept: asking again costs a lookup. */
const struct mod_summary *modload_summary(struct modload *ml, struct modver m, struct err *e);
const struct mod_summary *modload_summary_node(struct modload *ml, uint32_t node);
/* rawGoModSummary: neither replacement nor excludes. On ERR_REFUSED with a summary the module is too new. */
const struct mod_summary *modload_raw_summary(struct modload *ml, struct modver m, bool *too_new,
					      struct err *e);
/* The failure of the last modload_summary of this node; NULL if it did not fail. */
const struct mod_failure *modload_failure(const struct modload *ml, uint32_t node);
/* The failure as one text: "m: text", "m (replaced by actual): text". */
void modload_failure_text(const struct mod_failure *f, struct modver m, struct buf *out);
/* rawGoVersion: the go line of a module whose go.mod was read, else "" . */
const char *modload_raw_go_version(struct modload *ml, struct modver m);

/* Has m's go.mod been read, for whatever reason, so that modload_raw_go_version tells all? */
bool modload_was_read(struct modload *ml, struct modver m);

/* The vendor directory's modules.txt (readVendorList), if -mod=vendor is in force; else NULL. */
struct modulestxt;
const struct modulestxt *modload_vendor(const struct modload *ml);
const char *modload_vendor_dir(struct modload *ml, struct arena *a);

#endif
