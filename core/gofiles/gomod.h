/*
 * gomod.h - go.mod: parsed with meaning, edited, and written back with its comments.
 *
 * Follows golang.org/x/mod/modfile (rule.go). Strict parsing is for main modules, lax parsing for dependencies: there
 * unknown and main-module-only statements are ignored. A parsed file lives in the caller's arena; edits take more of it.
 * One thread at a time. Positions and texts of errors are go's ("go.mod:5:2: require x: version ..."); one err holds all errors of a
 * file, a line each. Entries dropped by an edit have an empty path (key, low) and no line until gomod_cleanup.
 * For thousands of dependencies' files there is gomod_summary.h.
 *
 *	struct gomod *f;
 *	if (!gomod_parse(&f, &arena, &(struct gomod_options){ .name = "go.mod" }, data, len, &e))
 *		...
 *	gomod_add_go(f, "1.26.8");
 *	gomod_cleanup(f);
 *	gomod_format(&buf, f);
 */
#ifndef MODSCOPE_GOMOD_H
#define MODSCOPE_GOMOD_H

#include "gofiles/modsyntax.h"

struct gomod_require {
	struct modver mod;
	bool indirect;
	struct modsyntax_line *line;
};
struct gomod_exclude {
	struct modver mod;
	struct modsyntax_line *line;
};
struct gomod_replace {
	struct modver from;	/* version "" is any */
	struct modver to;	/* version "": path is a directory */
	struct modsyntax_line *line;
};
struct gomod_retract {
	const char *low, *high;
	const char *rationale;
	struct modsyntax_line *line;
};
struct gomod_godebug {
	const char *key, *value;
	struct modsyntax_line *line;
};
/* A tool or ignore line. */
struct gomod_path {
	const char *path;
	struct modsyntax_line *line;
};

/* Grown in the arena, as ARENA_VEC. */
struct gomod_replaces {
	struct gomod_replace *items;
	size_t n, cap;
};
struct gomod_paths {
	struct gomod_path *items;
	size_t n, cap;
};
struct gomod_godebugs {
	struct gomod_godebug *items;
	size_t n, cap;
};

struct gomod {
	struct arena *arena;			/* borrowed */
	struct modsyntax syntax;
	const char *module;			/* "" if there is no module line */
	const char *deprecated;			/* "" if it is not */
	struct modsyntax_line *module_line;	/* NULL if there is none */
	const char *go;				/* "" if there is no go line */
	struct modsyntax_line *go_line;
	const char *toolchain;			/* "" if there is no toolchain line; always in lax mode */
	struct modsyntax_line *toolchain_line;
	ARENA_VEC(struct gomod_require) require;
	ARENA_VEC(struct gomod_exclude) exclude;
	struct gomod_replaces replace;
	ARENA_VEC(struct gomod_retract) retract;
	struct gomod_godebugs godebug;
	struct gomod_paths tool;
	struct gomod_paths ignore;
};

/* Makes versions canonical while a main module's file is parsed (modload.fixVersion). Canonical versions are only
 * checked; `query` resolves all others ("v1.5", "master"). It sets *resolved (kept by reference: from the arena) or
 * fails. If go's error is a module.ModuleError, e holds its inner text ("invalid version: ..." without "PATH@VERSION: ") and *inner is set:
 * then the file's message names the directive and the path. */
struct gomod_fixer {
	bool (*query)(void *ctx, const char *path, const char *version, const char **resolved, bool *inner, struct err *e);
	void *ctx;
	bool fixed;	/* out: some version differs from the file */
};

struct gomod_options {
	const char *name;			/* as shown in positions */
	const char *long_name;			/* absolute, for messages that go does not shorten; NULL is name */
	bool lax;
	struct gomod_fixer *fixer;		/* NULL: versions are made canonical without a query (v1.5 is v1.5.0) */
	struct modsyntax_errors *errors;	/* out, may be NULL: each message */
};

/* ERR_SYNTAX, ERR_LIMIT. data is borrowed only during the call. */
bool gomod_parse(struct gomod **out, struct arena *a, const struct gomod_options *o, const char *data, size_t len,
		 struct err *e);
void gomod_format(struct buf *b, const struct gomod *f);

/* ^([1-9]\d*)\.(0|[1-9]\d*)(\.(0|[1-9]\d*))?([a-z]+\d+)?$ */
bool gomod_go_version_ok(const char *v, size_t len);
/* The version that lax parsing reads from a malformed one: ^v?(([1-9]\d*)\.(0|[1-9]\d*))([^\d].*)$ : the first group. NULL if
 * v is not of that form. */
const char *gomod_lax_go_version(struct arena *a, const char *v);
bool gomod_toolchain_ok(const char *name);	/* "default" or "go1", "go1.…" */

/* Edits, as tidy and `go mod edit` make them. Strings that are kept are copied. Errors are go's (ERR_SYNTAX). */
bool gomod_add_go(struct gomod *f, const char *version, struct err *e);
bool gomod_add_toolchain(struct gomod *f, const char *name, struct err *e);
void gomod_drop_toolchain(struct gomod *f);
/* Sets the requirements to exactly these, one per path; their `line` is ignored. Blocks are
 * sorted and duplicates removed: of exclude, tool and ignore the first is kept, of replace the last. */
void gomod_set_require(struct gomod *f, const struct gomod_require *req, size_t n);
/* The same, with direct and indirect ones in blocks of their own (go 1.17 and newer). */
void gomod_set_require_separate_indirect(struct gomod *f, const struct gomod_require *req, size_t n);
void gomod_drop_replace(struct gomod *f, struct modver from);
/* As `go mod edit -require` and `-droprequire`: an existing line keeps its comments, a new one is direct. */
void gomod_add_require(struct gomod *f, const char *path, const char *version);
void gomod_drop_require(struct gomod *f, const char *path);
/* Each block sorted, without duplicates, as `go mod edit` leaves it. */
void gomod_sort_blocks(struct gomod *f);
/* Call after edits: removes dropped entries. */
void gomod_cleanup(struct gomod *f);

#endif
