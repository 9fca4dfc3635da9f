/*
 * tidyreason.h - why tidy changes each line, and what it needs from elsewhere.
 *
 * Made from a finished tidy (tidy.h): the packages that were loaded, the graphs before and after, the source files' imports.
 * A cause is a place in a file: the import that makes a line necessary, the line that became superfluous. Undoing all causes of a
 * line makes the line disappear from the diff, as far as the causes are the user's own files. Places in the main
 * module are relative to its directory, those in a dependency are "path@version/go.mod".
 *
 * Everything lives in the given arena. The thread that owns the tidy.
 *
 *	struct tidy_change *c;
 *	size_t n = tidy_changes(t, &arena, &c, &e);		// every line of the diff, context too
 */
#ifndef MODSCOPE_TIDYREASON_H
#define MODSCOPE_TIDYREASON_H

#include "packages/tidy.h"

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
