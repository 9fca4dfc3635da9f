/*
 * replaces.h - the effect of the lines of go.mod and go.work that change the build without requiring a version.
 *
 * One row for each replace, exclude, retract, tool, ignore and godebug line of the main modules, and each replace, godebug and use line
 * of go.work, in the order of the files. The problems of a line are its remarks, which become findings. Nothing is fetched: what
 * no cache has is unknown. The project's thread; strings in the arena or the project's.
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

/* A directory on this machine that replaces a module. */
struct replaces_local {
	const char *dir;	/* absolute */
	bool exists;		/* and has a go.mod */
	const char *declares;	/* the module path in its go.mod; "" */
	struct gitplace git;
	const char *unread;	/* why the repository or the content could not be read; "" */
	struct published published;
	const char *published_path;	/* the module of published.version, if that is set */
};

struct replaces_row {
	enum replaces_verb verb;
	const char *file;	/* absolute */
	int line;
	const char *main;	/* the module whose go.mod it is; "" for go.work */
	struct modver mod;	/* retract: the module and the low version; tool: a package; ignore and use: a directory;
				 * godebug: key and value */
	struct modver to;	/* of a replace line */
	const char *high;	/* of a retract line; else "" */
	const char *note;	/* the rationale of a retract line, the comment of others; "" */
	bool used;		/* it has an effect */
	const char *effect;	/* one sentence */
	const char *selected;	/* the version of mod.path in the build list; "" */
	const char *chain;	/* modules from the main one to this: "main > a@v1.0.0 > b@v1.2.0"; "" */
	struct replaces_local *local;	/* NULL if it has no directory */
	const char *dependents;	/* a dependent's version; "" if the module is not in its build list; NULL if unknown */
	struct replaces_remark *remarks;	/* worst first */
	size_t n_remarks;
	enum finding_severity worst;	/* FINDING_INFO if there are none */
};

struct replaces_input {
	struct modproject *project;
	struct modload *modload;
	const struct modgraph *graph;
	const struct consumer *consumer;	/* NULL if unknown */
	struct cancel *cancel;
};
struct replaces {
	struct replaces_row *rows;
	size_t n;
};

/* ERR_CANCELLED. */
bool replaces_read(struct replaces *r, struct arena *a, const struct replaces_input *in, struct err *e);
/* Appends the line as go mod edit would write it: "replace example.com/a v1.0.0 => ../a". */
void replaces_text(const struct replaces_row *row, struct buf *b);
void replaces_findings(const struct replaces *r, struct findings *out);

#endif
