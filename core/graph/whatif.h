/*
 * whatif.h - "what if": hypothetical changes to go.mod's requirements, and the resulting build list.
 *
 * A step is a value; only the command line writes one as text (whatif_step_parse), and
 * whatif_step_text is for display only. A computation opens its own loader: it writes nothing and leaves existing
 * graphs alone. Results live in the caller's arena; whatif_release frees the rest. Any thread.
 *
 *	struct whatif w;
 *	if (!whatif_compute(&w, arena, &options, &steps, before, n, e)) ...	// a step that cannot be taken: go's words
 *	whatif_release(&w);
 *
 * WHATIF_GET follows cmd/go/internal/modget, the others `go mod edit` with the next load of the module graph.
 */
#ifndef MODSCOPE_WHATIF_H
#define MODSCOPE_WHATIF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "graph/goget.h"

struct activity;
struct http_once;
struct cancel;
struct goenv;
struct goget_command;
struct gosum;

enum whatif_kind {
	WHATIF_DROP,		/* go.mod does not require it */
	WHATIF_PIN,		/* go.mod requires this version instead; a query is resolved */
	WHATIF_GET,		/* like go get: modules that require more are lowered or dropped */
	WHATIF_UPGRADE,		/* the same, to the newest version */
	WHATIF_UNREPLACE,	/* ignore its replace lines */
};
struct whatif_step {
	enum whatif_kind kind;
	const char *path;
	const char *version;	/* of WHATIF_PIN and WHATIF_GET; else "" */
	bool joined;		/* WHATIF_GET after another: one more argument of the same go get */
};
/* Taken in order; those of one go get together. */
struct whatif_steps {
	const struct whatif_step *items;
	size_t n;
};

/*
 * MODULE@VERSION pins, MODULE@none drops, MODULE@upgrade upgrades, MODULE@original removes a replacement; with `get`
 * versions and none become WHATIF_GET, and so does a path without a version, as in go get: the version is then "". ERR_USAGE. The arena owns the strings.
 */
bool whatif_step_parse(struct whatif_step *s, struct arena *a, const char *arg, bool get, struct err *e);
/* The same for all arguments of a command line; with `get` consecutive WHATIF_GET are joined, and checked as go get checks
 * its arguments: one line of the error for each that is wrong. */
bool whatif_steps_parse(struct whatif_steps *s, struct arena *a, const char *const *args, size_t n, bool get, struct err *e);
/* Whether s, given with `get` after the other one, is one more argument of the same go get. */
bool whatif_step_joins(const struct whatif_step *s, const struct whatif_step *before);
/* The number of steps from the i-th on that are one command. */
size_t whatif_steps_together(const struct whatif_steps *s, size_t i);
/* "drop", "pin", ... */
const char *whatif_kind_name(enum whatif_kind k);
/* Appends "pin example.com/a v1.2.0". */
void whatif_step_text(const struct whatif_step *s, struct buf *b);
/* Appends the go commands that take the steps: "go mod edit -droprequire=example.com/a && go get example.com/b@v1.2.0 example.com/c". */
void whatif_steps_command(const struct whatif_steps *s, struct buf *b);

struct whatif_options {
	const struct goenv *env;
	bool offline;
	bool own_counts; /* as in source_options */
	struct cancel *cancel;		/* may be NULL */
	struct activity *log;		/* may be NULL */
	struct http_once *once;		/* source.h; may be NULL */
	const struct modproject_overlay *overlay;	/* over the files (modproject.h); may be NULL */
	/* go get (packages/getload.h); NULL if no step is one. */
	bool (*load)(struct modload *ml, struct goget_command *g, struct err *e);
	struct gosum *learn;		/* gets the hashes computed on the way (gosum.h); may be NULL */
	struct buf *messages;		/* go's messages, including an ERR_FORM_TOLD error; NULL: only the error's text */
};

/* What go.mod requires after the steps. The arena owns the strings; lists of paths are NULL-terminated. */
struct whatif_roots {
	const struct modver *roots;
	size_t n;
	enum pruning pruning;
	enum pruning loaded;		/* the one in effect when the last step, a go get, loaded the graph; a new go line takes effect with the next command */
	struct goget_read read;		/* by that step */
	const char *said;		/* what go get prints on the way, its warnings too */
	const char *const *direct, *const *unreplaced;
	struct whatif_steps steps;	/* versions after their queries */
};
bool whatif_roots(struct whatif_roots *out, struct arena *a, const struct whatif_options *o, const struct whatif_steps *steps,
		  struct err *e);

struct whatif_delta {
	const char *path, *before, *after;	/* "": not in the build list */
	struct modver by;		/* its requirer afterwards, nearest to the main module; path "" if none */
	bool above_pin;			/* a step asked for a lower version, but another module requires more */
	const struct modver *keepers;	/* of above_pin: all that require more than the pin, nearest to the main module first */
	size_t n_keepers;
	struct modver lowered;		/* a get step lowered it because it would have pulled this in; path "" if not */
};
struct whatif {
	struct whatif_steps steps;	/* versions after their queries, including upgrades */
	const char *const *commands;	/* equivalent go commands, in order */
	size_t n_commands;
	const char *warnings;		/* go get's about the modules that it is asked for, deprecated or retracted: a line each; "" */
	struct whatif_delta *deltas;	/* sorted by path, new modules last */
	size_t n_deltas, n_unchanged;
	size_t n_down, n_up, n_gone, n_new;
	struct err broken;		/* why the new graph is incomplete */
};
/* The changes to the build list after the steps. `before` is sorted by path; a main module has no version. */
bool whatif_compute(struct whatif *w, struct arena *a, const struct whatif_options *o, const struct whatif_steps *steps,
		    const struct modver *before, size_t n_before, struct err *e);
void whatif_release(struct whatif *w);

#endif
