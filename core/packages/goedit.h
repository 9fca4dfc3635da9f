/*
 * goedit.h - go.mod and go.sum as go's commands would write them, and the plan that writes them.
 *
 * The steps of a what-if are go commands, run in order: `go mod edit` for a changed requirement or replacement, `go get`
 * for a WHATIF_GET; then, if requested, `go mod tidy`. Each starts from the texts of the one before. Nothing is
 * written before goedit_run, which executes the plan of goedit_plan (change/plan.h): it refuses if a file has changed since it
 * was read, or is not writable; the old files are kept for undo. go.work gets the go line that go get gives it.
 *
 * Follows cmd/go/internal/modget (runGet, checkPackageProblems), modload (commitRequirements, keepSums) and modcmd/edit.go.
 *
 *	struct goedit g;
 *	if (goedit_make(&g, &o, &steps, false, &e) && goedit_plan(&plan, &g, &o, &e)) ...
 *	goedit_run(&plan, &g, &o, arena, &results, &n, &e);
 *	goedit_release(&g);
 *
 * One thread. go's stderr is in the messages.
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
	struct http_once *once;		/* source.h; may be NULL */
	const char *go, *compat;	/* tidy's flags (tidy.h); may be NULL */
	bool allow_errors;
};

struct goedit_file {
	const char *path;		/* absolute */
	const char *name;		/* "go.mod", "go.sum", "go.work" */
	bool there;
	bool in_overlay;		/* -overlay has another, which is read; it is not written */
	struct buf before, after;
};
struct goedit {
	struct arena arena;
	struct goedit_file gomod, gosum, gowork;	/* gowork.path NULL: unchanged */
	const char *command;		/* "go get example.com/a@v1.2.0 && go mod tidy" */
	struct buf messages;
};

/* Initializes g even if it fails, in go's words. */
bool goedit_make(struct goedit *g, const struct goedit_options *o, const struct whatif_steps *steps, bool tidy, struct err *e);
void goedit_release(struct goedit *g);
/* The files that change, in write order; `files` must have room for 3. Returns their number. */
size_t goedit_changed(const struct goedit *g, const struct goedit_file **files);
/* Appends a unified diff in go's form: current/go.mod, new/go.mod. */
void goedit_diff(const struct goedit_file *f, struct buf *out);

/* Always initializes p. ERR_REFUSED if a file or its directory is not writable. */
bool goedit_plan(struct plan *p, const struct goedit *g, const struct goedit_options *o, struct err *e);
/* Executes the plan. False: nothing was started. */
bool goedit_run(const struct plan *p, const struct goedit *g, const struct goedit_options *o, struct arena *a,
		struct execute_result **results, size_t *n, struct err *e);

#endif
