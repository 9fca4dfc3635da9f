/*
 * goedit.h - go.mod and go.sum as go's own commands would leave them, and the plan that writes them.
 *
 * Steps of a what-if are go commands, one after the other: `go mod edit` for a requirement or replacement that is changed, `go get`
 * for a version that is got; then, if asked for, `go mod tidy`. Each takes the texts that the one before has left. Nothing is
 * written before goedit_run, which carries out the plan of goedit_plan (change/plan.h): it is refused if a file is no longer as it
 * was read, or where nothing may be written; the old files are kept for undo. go.work gets the go line that go get gives it.
 *
 * Follows cmd/go/internal/modget (runGet, checkPackageProblems), modload (commitRequirements, keepSums) and modcmd/edit.go.
 *
 *	struct goedit g;
 *	if (goedit_make(&g, &o, &steps, false, &e) && goedit_plan(&plan, &g, &o, &e)) ...
 *	goedit_run(&plan, &g, &o, arena, &results, &n, &e);
 *	goedit_release(&g);
 *
 * One thread. go's words on stderr are in the messages.
 */
#ifndef MODSCOPE_GOEDIT_H
#define MODSCOPE_GOEDIT_H

#include "base/buf.h"
#include "change/execute.h"
#include "graph/whatif.h"

struct goedit_options {
	const struct goenv *env;
	bool offline;
	struct cancel *cancel;		/* may be NULL */
	struct activity *log;		/* may be NULL */
	const char *go, *compat;	/* of tidy, as tidy.h; may be NULL */
	bool allow_errors;
};

struct goedit_file {
	const char *path;		/* absolute */
	const char *name;		/* "go.mod", "go.sum", "go.work" */
	bool there;
	struct buf before, after;
};
struct goedit {
	struct arena arena;
	struct goedit_file gomod, gosum, gowork;	/* gowork.path NULL: it stays as it is */
	const char *command;		/* "go get example.com/a@v1.2.0 && go mod tidy" */
	struct buf messages;
};

/* Initializes g also where it fails, in go's words. */
bool goedit_make(struct goedit *g, const struct goedit_options *o, const struct whatif_steps *steps, bool tidy, struct err *e);
void goedit_release(struct goedit *g);
/* The files that change, in the order in which they are written; `files` has room for 3. */
size_t goedit_changed(const struct goedit *g, const struct goedit_file **files);
/* Unified, as go prints it: current/go.mod, new/go.mod. */
void goedit_diff(const struct goedit_file *f, struct buf *out);

/* Initializes p in any case. ERR_REFUSED where a file or its directory must not be written. */
bool goedit_plan(struct plan *p, const struct goedit *g, const struct goedit_options *o, struct err *e);
/* Carries it out. False: nothing was begun. */
bool goedit_run(const struct plan *p, const struct goedit *g, const struct goedit_options *o, struct arena *a,
		struct execute_result **results, size_t *n, struct err *e);

#endif
