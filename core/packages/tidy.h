/*
 * tidy.h - what `go mod tidy` would change: go.mod and go.sum before and after, as `go mod tidy -diff` compares them.
 *
 * Follows cmd/go/internal/modload (LoadPackages, keepSums, checkTidyCompatibility, UpdateGoModFromReqs). Writes
 * only to the program's own cache. The modload must have been opened with MODPROJECT_TIDY and the same go_version; its parsed go.mod is
 * edited, so it can be used for only one tidy.
 *
 *	struct tidy *t;
 *	if (!tidy_run(&t, ml, &(struct tidy_options){ 0 }, &e))	// go exits with status 1: its words are in the messages
 *		...
 *	tidy_diff(t, &out);						// go's stdout
 *	status = t->changed;
 *	tidy_free(t);
 *
 * "Before" of go.mod is the file as go prints it after reading (formatted, versions fixed, a missing go line added);
 * "before" of go.sum are the bytes on disk.
 */
#ifndef MODSCOPE_TIDY_H
#define MODSCOPE_TIDY_H

#include "base/buf.h"
#include "packages/pkgload.h"

struct tidy_options {
	const char *go;		/* -go; NULL or "" is none */
	const char *compat;	/* -compat */
	bool allow_errors;	/* -e */
	const char *const *drop_replace;	/* what-if: paths whose replace lines to drop; NULL-terminated, may be NULL */
	bool leaves;		/* fill gosum_left */
};

struct tidy {
	struct pkgload *load;
	struct buf gomod_before, gomod_after;
	struct buf gosum_before, gosum_after;
	struct buf gosum_left;		/* with `leaves`: go.sum as tidy writes it, unsorted if there is nothing to add or drop */
	bool changed;
	struct requirements *initial;	/* as in go.mod */
	struct requirements *final;
	struct requirements *compat;	/* as an older go sees it; NULL if its graph is of the same kind */
	const char *compat_version;
	const char *asked_go;		/* -go; NULL if not given */
	/* what go.sum keeps, by node of the modload's table: TIDY_KEEP_* bits */
	uint8_t *keep;
	size_t n_keep;
	struct arena arena;
};

enum tidy_keep {
	TIDY_KEEP_MOD = 1,
	TIDY_KEEP_ZIP = 2,
	TIDY_KEEP_COMPAT = 4,	/* only an older go's graph needs it */
};

/* The value of -go and -compat: a Go version that is not newer than `local`. ERR_USAGE in the flag's words. */
bool tidy_check_version(const char *value, const char *local, struct err *e);
/* *out is always set (it has the loaded packages); false as above. */
bool tidy_run(struct tidy **out, struct modload *ml, const struct tidy_options *o, struct err *e);
/* UpdateGoModFromReqs: sets the go line, toolchain line and requirements of f from rs; no newer go line than mp's go version. */
bool tidy_update_gomod(struct gomod *f, const struct requirements *rs, const struct modproject *mp, struct err *e);
void tidy_diff(const struct tidy *t, struct buf *out);
/* After a failure, how many lines go.sum lacks for what was loaded; path and version of the first one in *first. */
size_t tidy_missing_sums(struct tidy *t, struct modver *first);
void tidy_free(struct tidy *t);	/* before modload_free; NULL is fine */

/*
 * * Why tidy changes each line, and which files it must fetch, derived from a finished tidy, its packages, the graphs before and after, and the
 * imports in source files. A cause is a place in a file: the import that makes a line necessary, the line that is no longer needed. Removing all
 * causes of a line removes it from the diff, if the causes are in the user's own files. Places in the main module
 * are relative to its directory, those in a dependency are "path@version/go.mod". Everything is in the given arena.
 *
 *	struct tidy_change *c;
 *	size_t n = tidy_changes(t, &arena, &c, &e);		// every line of the diff, including context
 */
enum tidy_rule {
	TIDY_CONTEXT,		/* no change */
	TIDY_IMPORTED,		/* a package or test of the main module imports a package of it */
	TIDY_TOOL,		/* a tool line names a package of it */
	TIDY_INDIRECT,		/* a dependency needs a package of it */
	TIDY_TESTED,		/* tests of a dependency need it at this version */
	TIDY_UNUSED,		/* no package of it is needed */
	TIDY_IMPLIED,		/* another requirement implies it */
	TIDY_VERSION,		/* another version is selected */
	TIDY_MARK,		/* the // indirect mark */
	TIDY_EXCLUDED,
	TIDY_LAYOUT,		/* blocks, order, duplicates, blank lines */
	TIDY_GO_LINE,
	TIDY_TOOLCHAIN,
	TIDY_SUM_GOMOD,		/* go.sum: its go.mod is read */
	TIDY_SUM_ZIP,		/* go.sum: its packages are used or searched for */
	TIDY_SUM_COMPAT,	/* go.sum: only an older go needs it */
	TIDY_SUM_UNUSED,	/* go.sum: nothing needs it */
	TIDY_SUM_ORDER,		/* go.sum: sorted, duplicates dropped */
};

struct tidy_cause {
	const char *file;
	int line;	/* 1-based; 0: the file as a whole */
};

struct tidy_change {
	bool gosum;
	char op;		/* ' ', '-', '+', '@' */
	const char *text;
	int old_line, new_line;	/* in the compared texts */
	struct modver mod;	/* the line's module; path "" if it has none */
	enum tidy_rule rule;
	const char *reason;	/* one sentence without a period; "" for context */
	const struct tidy_cause *causes;
	size_t n_causes;
};
/* `e` (may be NULL) is set if a file can no longer be read: reasons and causes from it may then be missing. */
size_t tidy_changes(struct tidy *t, struct arena *a, struct tidy_change **changes, struct err *e);
const char *tidy_rule_name(enum tidy_rule rule);	/* "imported", for --json */

/* A file that go would have to fetch because GOMODCACHE lacks it. */
struct tidy_need {
	struct modver mod;	/* after replacement */
	const char *what;	/* "mod", "zip", "list", "latest", "info" */
	const char *who;	/* what needs it: an import path, a requirement */
	bool fetched;		/* it is now in the program's own cache */
};
/* Sorted by module, then what; returns their number. If 0, tidy works with GOPROXY=off. */
size_t tidy_needs(struct tidy *t, struct arena *a, struct tidy_need **needs);

#endif
