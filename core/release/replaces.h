/*
 * replaces.h - the lines of go.mod and go.work that change what is built without asking for a version: what each of them does.
 *
 * One row for each replace, exclude, retract, tool, ignore and godebug line of the main modules, and each replace, godebug and use line
 * of go.work, in the order of the files. What is wrong with a line are its remarks; they become findings. Nothing is fetched: what
 * is not in a cache is unknown. The project's thread; strings in the arena or the project's.
 *
 *	struct replaces r;
 *	struct replaces_input in = { .project = mp, .modload = ml, .graph = mg };
 *	if (!replaces_read(&r, &arena, &in, &e)) ...
 */
#ifndef MODSCOPE_REPLACES_H
#define MODSCOPE_REPLACES_H

#include "base/finding.h"
#include "git/gitplace.h"
#include "graph/modgraph.h"
#include "graph/modload.h"
#include "release/consumer.h"
#include "release/published.h"

enum replaces_verb {
	REPLACES_REPLACE,
	REPLACES_EXCLUDE,
	REPLACES_RETRACT,
	REPLACES_TOOL,
	REPLACES_IGNORE,
	REPLACES_GODEBUG,
	REPLACES_USE,
};
const char *replaces_verb_name(enum replaces_verb verb);	/* "replace" */

/* A remark; kind as in finding.h. */
struct replaces_remark {
	enum finding_severity severity;
	const char *kind, *text, *go_says, *remedy;
};

/* A directory on this machine that takes the place of a module. */
struct replaces_local {
	const char *dir;	/* absolute */
	bool exists;		/* and has a go.mod */
	const char *declares;	/* the module path that its go.mod says; "" */
	struct gitplace git;
	const char *unread;	/* why the repository or the content could not be read; "" */
	struct published published;
	const char *published_path;	/* the module that it is a version of, where published.version is set */
};

struct replaces_row {
	enum replaces_verb verb;
	const char *file;	/* absolute */
	int line;
	const char *main;	/* the module whose go.mod it is; "" for go.work */
	struct modver mod;	/* of a retract line the module and the low version; of tool a package, of ignore and use a directory, of
				 * godebug key and value */
	struct modver to;	/* of a replace line */
	const char *high;	/* of a retract line; else "" */
	const char *note;	/* the rationale of a retract line, the comment of others; "" */
	bool used;		/* it changes something */
	const char *effect;	/* one sentence */
	const char *selected;	/* the version of mod.path that the build list has; "" */
	const char *chain;	/* modules from the main one to this: "main > a@v1.0.0 > b@v1.2.0"; "" */
	struct replaces_local *local;	/* NULL if no directory is meant */
	const char *dependents;	/* the version that a dependent gets; "" if the module is not in its build list; NULL if that is unknown */
	struct replaces_remark *remarks;	/* worst first */
	size_t n_remarks;
	enum finding_severity worst;	/* FINDING_INFO where there are none */
};

struct replaces_input {
	struct modproject *project;
	struct modload *modload;
	const struct modgraph *graph;
	const struct consumer *consumer;	/* NULL if it is not known */
	struct cancel *cancel;
};
struct replaces {
	struct replaces_row *rows;
	size_t n;
};

/* ERR_CANCELLED. */
bool replaces_read(struct replaces *r, struct arena *a, const struct replaces_input *in, struct err *e);
/* The line as go mod edit would write it: "replace example.com/a v1.0.0 => ../a". Append. */
void replaces_text(const struct replaces_row *row, struct buf *b);
void replaces_findings(const struct replaces *r, struct findings *out);

#endif
