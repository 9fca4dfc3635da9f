/*
 * whatif.h - "what if": hypothetical changes of what go.mod requires, and the build list that they would make.
 *
 * A step is a value; the command line is the only place where one is written as text (whatif_step_parse), and
 * whatif_step_text is for people only. A computation opens a loader of its own: nothing is touched, and graphs that others
 * hold stay as they are. Results live in the caller's arena; whatif_release frees what does not. Any thread.
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
#include "graph/requirements.h"

struct activity;
struct cancel;
struct goenv;
struct goget_argument;
struct gosum;

enum whatif_kind {
	WHATIF_DROP,		/* go.mod does not require it */
	WHATIF_PIN,		/* go.mod requires this version instead; a query is resolved */
	WHATIF_GET,		/* as go get does: who requires more is lowered or leaves */
	WHATIF_UPGRADE,		/* the same, to the newest version */
	WHATIF_UNREPLACE,	/* its replace lines do not count */
};
struct whatif_step {
	enum whatif_kind kind;
	const char *path;
	const char *version;	/* of WHATIF_PIN and WHATIF_GET; else "" */
};
/* Taken one after the other. */
struct whatif_steps {
	const struct whatif_step *items;
	size_t n;
};

/*
 * MODULE@VERSION pins, MODULE@none drops, MODULE@upgrade upgrades, MODULE@original takes a replacement away; with `get`
 * versions and none are got instead, and a path alone, as go get takes it: the version is then "". ERR_USAGE. Strings are the arena's.
 */
bool whatif_step_parse(struct whatif_step *s, struct arena *a, const char *arg, bool get, struct err *e);
/* "drop", "pin", ... */
const char *whatif_kind_name(enum whatif_kind k);
/* "pin example.com/a v1.2.0". Append. */
void whatif_step_text(const struct whatif_step *s, struct buf *b);
/* The go command that takes the step: "go mod edit -droprequire=example.com/a". Append. */
void whatif_step_command(const struct whatif_step *s, struct buf *b);

struct whatif_options {
	const struct goenv *env;
	bool offline;
	bool own_counts; /* as in source_options */
	struct cancel *cancel;		/* may be NULL */
	struct activity *log;		/* may be NULL */
	const struct modproject_overlay *overlay;	/* of the files (modproject.h); may be NULL */
	/* go get with packages (packages/getload.h); NULL: modules alone, each by its path. */
	bool (*load)(struct modload *ml, struct goget_argument *g, struct err *e);
	struct gosum *learn;		/* gets the hashes that were met on the way (gosum.h); may be NULL */
	struct buf *messages;		/* go's words of an error that is among them (ERR_FORM_TOLD); NULL: the error's text is all */
};

/* What go.mod requires after the steps; strings are the arena's, lists of paths end with NULL. */
struct whatif_roots {
	const struct modver *roots;
	size_t n;
	enum pruning pruning;
	enum pruning loaded;		/* with which the last step, a go get, has loaded the graph: the new go line counts for the next command */
	const char *const *direct, *const *unreplaced;
	struct whatif_steps steps;	/* versions after their queries */
};
bool whatif_roots(struct whatif_roots *out, struct arena *a, const struct whatif_options *o, const struct whatif_steps *steps,
		  struct err *e);

struct whatif_delta {
	const char *path, *before, *after;	/* "": not in the build list */
	struct modver by;		/* who asks for the version afterwards, nearest to the main module; path "" if nobody */
	bool above_pin;			/* a step asked for a lower version, but somebody needs more */
	const struct modver *keepers;	/* of above_pin: all who ask for more than the pin, nearest to the main module first */
	size_t n_keepers;
	struct modver lowered;		/* a get step moved it down, as it would have brought this along; path "" if not */
};
struct whatif {
	struct whatif_steps steps;	/* versions after their queries, also of an upgrade */
	const char *const *commands;	/* go commands that do the same, one after the other */
	size_t n_commands;
	struct whatif_delta *deltas;	/* sorted by path but for what is new */
	size_t n_deltas, n_unchanged;
	size_t n_down, n_up, n_gone, n_new;
	struct err broken;		/* the new graph could not be read whole */
};
/* The build list after the steps, as what differs from the one before: that is sorted by path, a main module has no version. */
bool whatif_compute(struct whatif *w, struct arena *a, const struct whatif_options *o, const struct whatif_steps *steps,
		    const struct modver *before, size_t n_before, struct err *e);
void whatif_release(struct whatif *w);

#endif
