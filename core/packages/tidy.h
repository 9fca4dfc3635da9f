/*
 * tidy.h - what `go mod tidy` would change: go.mod and go.sum before and after, as `go mod tidy -diff` compares them.
 *
 * Follows cmd/go/internal/modload (LoadPackages, keepSums, checkTidyCompatibility, UpdateGoModFromReqs). Nothing is written
 * but to the program's own cache. The modload must have been opened with MODPROJECT_TIDY and the same go_version; its parsed go.mod is
 * edited, so it can be used for one tidy only.
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
	const char *const *drop_replace;	/* what-if: paths whose replace lines go; NULL ends it, may be NULL */
	bool leaves;		/* gosum_left is wanted too */
};

struct tidy {
	struct pkgload *load;
	struct buf gomod_before, gomod_after;
	struct buf gosum_before, gosum_after;
	struct buf gosum_left;		/* with `leaves`: what tidy leaves, not sorted where it has nothing to add or drop */
	bool changed;
	struct requirements *initial;	/* as go.mod had it */
	struct requirements *final;
	struct requirements *compat;	/* as the older go sees it; NULL if its graph is the same kind */
	const char *compat_version;
	const char *asked_go;		/* -go; NULL if it was not given */
	/* what go.sum keeps, by node of the modload's table: TIDY_KEEP_* */
	uint8_t *keep;
	size_t n_keep;
	struct arena arena;
};

enum tidy_keep {
	TIDY_KEEP_MOD = 1,
	TIDY_KEEP_ZIP = 2,
	TIDY_KEEP_COMPAT = 4,	/* only the older go's graph needs it */
};

/* The value of -go and -compat: a Go version that is not newer than `local`. ERR_USAGE in the flag's words. */
bool tidy_check_version(const char *value, const char *local, struct err *e);
/* *out is set in any case (it holds the packages that were loaded); false as above. */
bool tidy_run(struct tidy **out, struct modload *ml, const struct tidy_options *o, struct err *e);
/* UpdateGoModFromReqs: the go line, the toolchain line and the requirements of f become those of rs. `local` is the newest go version
 * that may be written. */
bool tidy_update_gomod(struct gomod *f, const struct requirements *rs, const char *local, struct err *e);
void tidy_diff(const struct tidy *t, struct buf *out);
void tidy_free(struct tidy *t);	/* before modload_free; NULL is fine */

/*
 * Why tidy changes each line, and what it needs from elsewhere: made from a finished tidy, its packages, the graphs before and after and the
 * imports in the source files. A cause is a place in a file: the import that makes a line necessary, the line that is no longer needed. If all
 * causes of a line go, the line goes from the diff, as far as the causes are the user's own files. Places in the main module
 * are relative to its directory, those in a dependency are "path@version/go.mod". Everything is in the given arena.
 *
 *	struct tidy_change *c;
 *	size_t n = tidy_changes(t, &arena, &c, &e);		// every line of the diff, context too
 */
enum tidy_rule {
	TIDY_CONTEXT,		/* no change */
	TIDY_IMPORTED,		/* a package or test of the main module imports from it */
	TIDY_TOOL,		/* a tool line names a package of it */
	TIDY_INDIRECT,		/* a dependency needs a package of it */
	TIDY_TESTED,		/* tests of a dependency need it at this version */
	TIDY_UNUSED,		/* no package of it is needed */
	TIDY_IMPLIED,		/* another requirement says the same */
	TIDY_VERSION,		/* another version is selected */
	TIDY_MARK,		/* the // indirect mark */
	TIDY_EXCLUDED,
	TIDY_LAYOUT,		/* blocks, order, duplicates, blank lines */
	TIDY_GO_LINE,
	TIDY_TOOLCHAIN,
	TIDY_SUM_GOMOD,		/* go.sum: its go.mod is read */
	TIDY_SUM_ZIP,		/* go.sum: its packages are used, or looked for */
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
	int old_line, new_line;	/* in the texts that are compared */
	struct modver mod;	/* what the line is about; path "" if it is no module */
	enum tidy_rule rule;
	const char *reason;	/* one sentence without a full stop; "" for context */
	const struct tidy_cause *causes;
	size_t n_causes;
};
/* `e` (may be NULL) is set to what could not be read any more: reasons and causes may then lack what stands there. */
size_t tidy_changes(struct tidy *t, struct arena *a, struct tidy_change **changes, struct err *e);
const char *tidy_rule_name(enum tidy_rule rule);	/* "imported", for --json */

/* A file that go would have to fetch, as GOMODCACHE lacks it. */
struct tidy_need {
	struct modver mod;	/* after replacement */
	const char *what;	/* "mod", "zip", "list", "latest", "info" */
	const char *who;	/* who asks for it: an import path, a requirement */
	bool fetched;		/* we have it now (in the program's own cache) */
};
/* None means: tidy works with GOPROXY=off. Sorted by module, then what. */
size_t tidy_needs(struct tidy *t, struct arena *a, struct tidy_need **needs);

#endif
