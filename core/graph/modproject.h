/*
 * modproject.h - the project, as its own files and settings describe it.
 *
 * Main modules (go.mod) or workspace (go.work), replace, exclude and tool lines, go.sum, the vendor directory, -mod and
 * -modfile, and the effective Go version. Follows the parts of cmd/go/internal/modload (init.go, modfile.go, vendor.go)
 * that read no go.mod of a dependency; modload.h, which owns a project, reads those.
 *
 * Errors are go's fatal errors, in go's words without "go: "; its other output on stderr is appended to
 * `messages`, each line as go prints it. Returned strings live as long as the project.
 *
 * A project belongs to one thread. Once it is read, any number of threads may call functions that take a const project.
 *
 *	struct modproject *mp = modproject_new(&(struct modproject_options){ .env = env, .source = src });
 *	if (!modproject_find(mp, &e) || !modproject_read(mp, &e)) ...
 *	n = modproject_mains(mp, &mains);
 *	modproject_free(mp);
 */
#ifndef MODSCOPE_MODPROJECT_H
#define MODSCOPE_MODPROJECT_H

#include "base/err.h"
#include "base/par.h"
#include "graph/modtab.h"

struct goenv;
struct gomod;
struct gosum;
struct gowork;
struct modproject;
struct modulestxt;
struct source;

/* In go, the command decides what is read and what is refused (init.go:setDefaultBuildMod). */
enum modproject_command {
	MODPROJECT_GRAPH,	/* go mod graph; also views without a go command: never refuses, repairs in memory */
	MODPROJECT_LIST,	/* go list -m: readonly or vendor, refuses where updates to go.mod are needed */
	MODPROJECT_WHY,	/* go mod why */
	MODPROJECT_VERIFY, /* go mod verify */
	MODPROJECT_TIDY,	/* go mod tidy: never a workspace */
	MODPROJECT_VENDOR, /* go mod vendor */
};

enum modproject_build_mod {
	MODPROJECT_MOD_MOD,
	MODPROJECT_MOD_READONLY,
	MODPROJECT_MOD_VENDOR,
};

/* Texts used instead of the files: the results of earlier steps of a change. Not in a workspace. */
struct modproject_overlay {
	const struct buf *gomod, *gosum;
};

struct modproject_options {
	const struct goenv *env; /* borrowed; outlives the project */
	struct source *source;	 /* borrowed; the project sets its go.sum (source_set_sums) */
	enum modproject_command command;
	const char *go_version;		   /* tidy -go; NULL or "" is none */
	const char *const *ignore_replace; /* what-if: ignore replace lines for these paths; NULL-terminated, may be NULL */
	const struct modproject_overlay *overlay; /* borrowed, may be NULL */
	bool no_workspace;		   /* as with GOWORK=off */
	bool force_vendor;		   /* MODPROJECT_LIST: as with -mod=vendor, whatever GOFLAGS says */
	struct cancel *cancel;		   /* borrowed, may be NULL */
	struct buf *messages;		   /* borrowed, may be NULL */
	/* Resolves a non-canonical version in a main module's go.mod, such as a branch: gomod_fixer.query. */
	bool (*query)(void *ctx, const char *path, const char *version, const char **resolved, bool *inner,
		      struct err *e);
	void *query_ctx;
};

/* One main module; a workspace has several. */
struct modproject_main {
	struct modver mod; /* version "" */
	uint32_t node;
	const char *dir;	/* absolute; "" for go.work without modules */
	const char *gomod;	/* the file read: dir/go.mod or -modfile */
	const char *gomod_name;	/* as go names it: -modfile as given */
	struct gomod *file;	/* parsed, as go sees it: versions fixed; NULL for "command-line-arguments" */
	const struct gomod *listed; /* of the use line; differs from `file` if a later member has the same path: go then knows only that one */
	const char *data;	/* its bytes on disk */
	size_t len;
	bool needs_fix;		/* a version was fixed while parsing: go considers the file changed */
	bool go_added;		/* the go line in `file` was added in memory (tidy, verify) */
	const char *go_version; /* of its go line on disk, "" without one (see modproject_go_version) */
};

struct modproject *modproject_new(const struct modproject_options *o);
void modproject_free(struct modproject *mp); /* NULL is fine */
/* Init: checks the settings, finds go.mod or go.work, selects the toolchain. Adds nothing to the table. */
bool modproject_find(struct modproject *mp, struct err *e);
/* The go.mod or go.work found; NULL if there is none. */
const char *modproject_root_file(const struct modproject *mp);
/* loadModFile: reads and checks the files, decides -mod. */
bool modproject_read(struct modproject *mp, struct err *e);
/* With -mod=vendor: reads vendor/modules.txt and checks it against go.mod (readVendorList, checkVendorConsistency). */
bool modproject_read_vendor(struct modproject *mp, struct err *e);

struct modtab *modproject_tab(struct modproject *mp);
/* Memory for the project's life. */
struct arena *modproject_arena(struct modproject *mp);
const struct goenv *modproject_env(const struct modproject *mp);
struct source *modproject_source(struct modproject *mp);
struct gosum *modproject_sums(struct modproject *mp);
enum modproject_command modproject_command(const struct modproject *mp);
struct cancel *modproject_cancel(const struct modproject *mp);
struct buf *modproject_messages(const struct modproject *mp); /* NULL: discarded */
/* Discards messages from now on. */
void modproject_silence(struct modproject *mp);
/* Appends to the messages, formatted; no newline is added. */
void modproject_message(struct modproject *mp, const char *fmt, ...) PRINTF_FMT(2, 3);
/* Appends go.sum's new warnings (gosum_take_warnings). */
void modproject_tell_sums(struct modproject *mp);
/*
 * * Errors after which go continues (base.Errorf): go prints them and exits with status 1, after its answer or
 * wherever it calls base.ExitIfErrors. Each is in the messages once. *n of them, in order of occurrence.
 */
struct modproject_error {
	const char *text;	/* as go prints it, without "go: " */
	struct modver mod;	/* the subject */
	const char *file;	/* where the error is */
	const char *remedy;
};
const struct modproject_error *modproject_errors(const struct modproject *mp, size_t *n);
/* go would be done by now: later errors are not go's. */
void modproject_answered(struct modproject *mp);
/* True if there are any: *e becomes the first, which is already in the messages. */
bool modproject_exits(const struct modproject *mp, struct err *e);

/* In the order of go.work's use lines; at least one: "command-line-arguments" if there is no main module. */
size_t modproject_mains(const struct modproject *mp, const struct modproject_main **mains);
bool modproject_is_main(const struct modproject *mp, const char *path);
const struct modproject_main *modproject_main(const struct modproject *mp, const char *path); /* NULL if path is not one */
/* False: no go.mod was found, which only `list` tolerates; modproject_no_root_error sets go's error. */
bool modproject_has_root(const struct modproject *mp);
bool modproject_no_root_error(const struct modproject *mp, struct err *e);
/* Adds a go line to the main module's parsed file, in memory; false if that fails. */
bool modproject_add_go(struct modproject *mp, const char *version, struct err *e);
const char *modproject_cwd(const struct modproject *mp);
/* findModuleRoot: the nearest directory at or above dir with a go.mod; NULL if there is none. */
const char *modproject_find_root(struct modproject *mp, const char *dir);
/* base.ShortPath relative to modproject_cwd. */
const char *modproject_short(struct modproject *mp, const char *path);

const char *modproject_gowork_file(const struct modproject *mp); /* absolute; NULL outside a workspace */
struct gowork *modproject_gowork(const struct modproject *mp);
const char *modproject_gosum_file(const struct modproject *mp); /* go.sum, or go.work.sum in a workspace */
/* The go version of the single module or workspace: its go line, else 1.16 or 1.18 (MainModules.GoVersion). */
const char *modproject_go_version(const struct modproject *mp);
const char *modproject_local_version(const struct modproject *mp); /* gover.Local: "1.26.8" */
/* tidy's -go, else the local version: what go writes into a go.mod without a go line. */
const char *modproject_new_go_version(const struct modproject *mp);
/* Package paths of tool lines: unique, in order of appearance. */
size_t modproject_tools(const struct modproject *mp, const char *const **paths);

enum modproject_build_mod modproject_build_mod(const struct modproject *mp);
const char *modproject_build_mod_reason(const struct modproject *mp); /* "" if there is none */
/* init.go:mustHaveSums: a missing line in go.sum is an error. */
bool modproject_must_have_sums(const struct modproject *mp);
/* readonly or vendor, and not a workspace: roots may not be changed (mustHaveCompleteRequirements). */
bool modproject_must_be_complete(const struct modproject *mp);
/* Sets "updates to go.mod needed...", worded for this -mod; ERR_REFUSED. Always returns false. */
bool modproject_dirty_error(const struct modproject *mp, struct err *e);
/* The version of golang.org/toolchain for the toolchain of that name ("go1.25.1") on this machine. */
const char *modproject_toolchain_version(struct arena *a, const char *name);
/* Sets "WHAT requires go >= V (running go L)" (gover.TooNewError); ERR_REFUSED. Always returns false. */
bool modproject_too_new(const struct modproject *mp, const char *what, const char *go_version, struct err *e);

/* Keeps the first error at which go exits at once (ERR_FORM_FINAL); ignores others. */
void modproject_note_fatal(struct modproject *mp, const struct err *e);
/* That error, which takes precedence over all others; unset if there is none. */
const struct err *modproject_fatal(const struct modproject *mp);
/* Reads go.sum unless already read: a malformed one is such an error. */
void modproject_read_sums(struct modproject *mp);

/* replace: the source of a module's content (Replacement). path "" if not replaced. A directory is as
 * written in go.mod; in a workspace, relative to go.work's directory. */
struct modver modproject_replacement(struct modproject *mp, struct modver m);
struct modver modproject_resolve(struct modproject *mp, struct modver m); /* the replacement, else m itself */
/* The file with the replacement, which *to gets as written; NULL if there is none (replacementFrom). */
const char *modproject_replacement_from(struct modproject *mp, struct modver m, struct modver *to,
					const char **dir);
/* Absolute directory of a module or replacement whose version is "" (rawGoModData's rule). */
const char *modproject_dir_of(struct modproject *mp, struct modver actual);
bool modproject_any_replace(const struct modproject *mp);
bool modproject_any_member_replace(const struct modproject *mp); /* in a go.mod, not only in go.work */
/* The highest version of path in a replace line; NULL if there is none, "" if only a wildcard (HighestReplaced). */
const char *modproject_highest_replaced(const struct modproject *mp, const char *path);
/* The versions of path in replace lines of go.mod files, duplicates included. Returns their number; `versions` may be
 * NULL, else must have room for all. */
size_t modproject_replaced_versions(const struct modproject *mp, const char *path, const char **versions);
/* All paths with a replacement, unordered; entries' values are the versions. */
const struct map *modproject_replaced_paths(const struct modproject *mp);
/* Whether any main module excludes m (CheckExclusions). */
bool modproject_is_excluded(const struct modproject *mp, struct modver m);
bool modproject_any_exclude(const struct modproject *mp);
bool modproject_node_is_excluded(const struct modproject *mp, uint32_t node);

/* vendor/modules.txt if -mod=vendor is in effect, else NULL. */
const struct modulestxt *modproject_vendor(const struct modproject *mp);
const char *modproject_vendor_dir(struct modproject *mp, struct arena *a);

#endif
