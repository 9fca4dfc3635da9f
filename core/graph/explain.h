/*
 * explain.h - why a module is at its version: what requires it, what decides, and what would happen without.
 *
 * An explainer is created once for a loaded graph (one pass over its edges) and then answers for any module in time
 * proportional to its requirers. explain_module only reads the loader, so it may run on any thread while the loader does
 * not change; explain_without reloads graphs and needs exclusive use of the loader, as does the first explain_module with
 * EXPLAIN_PRUNED, which reads go.mod files from the caches (never from the network). Answers live in the caller's arena;
 * their strings belong to the loader.
 *
 *	struct explain_graph *x = explain_new(ml, mg);
 *	struct explain_answer why;
 *	if (!explain_module(x, &arena, "golang.org/x/net", 0, &why)) ...     // not in the build list
 *	explain_without(x, &arena, &why);                                    // counterfactuals
 *	explain_free(x);
 *
 * Reasons are a fixed vocabulary (explain_reason_text). A replacement never decides a version; it is reported separately.
 */
#ifndef MODSCOPE_EXPLAIN_H
#define MODSCOPE_EXPLAIN_H

#include "base/buf.h"
#include "graph/requirements.h"

enum explain_reason {
	EXPLAIN_IS_MAIN,  /* it is a main module */
	EXPLAIN_REQUIRED, /* required by main */
	EXPLAIN_FORCED,	  /* forced by R */
	EXPLAIN_MEMBER,	  /* raised by workspace member W */
	EXPLAIN_ONLY,	  /* only version required */
	EXPLAIN_EXCLUDE,  /* an exclude line changed the selection */
};

enum explain_class {
	EXPLAIN_MAIN,
	EXPLAIN_WORKSPACE_MEMBER,
	EXPLAIN_SELECTED,
	EXPLAIN_SUPERSEDED, /* another version of the requirer is selected; its requirement still counts */
	EXPLAIN_PRUNED_OUT, /* its requirements are not loaded: its requirers are at go >= 1.17 */
	EXPLAIN_TOOL,	    /* a tool line names a package of the module */
};

/* A requirer of the module. */
struct explain_requirer {
	struct modver mod; /* a tool: the package path */
	uint32_t node;	   /* MODTAB_NONE for a tool */
	const char *wants; /* "" for a tool */
	enum explain_class class;
	bool decides;  /* requires the selected version, and the requirement counts */
	bool excluded; /* requires an excluded version: the requirement is ignored */
	bool indirect; /* its line is marked // indirect */
	uint32_t
		depth; /* steps from a main module to the module through this requirer; 0 if there is no path */
	const uint32_t *via; /* path from a main module to the requirer's own requirer */
	size_t n_via;
	const char *file; /* of a main module's line; "" */
	int line;
};

/* An exclude line for the module. */
struct explain_exclude {
	const char *version, *file;
	int line;
	size_t n_ignored; /* requirements ignored because of it */
};

enum explain_drop {
	EXPLAIN_DROP_MAIN,     /* without the requirement in the main module (all members) */
	EXPLAIN_DROP_REQUIRER, /* without one deciding requirement */
	EXPLAIN_DROP_ALL,      /* without all of them */
};
struct explain_without {
	enum explain_drop drop;
	struct modver requirer; /* of EXPLAIN_DROP_REQUIRER */
	const char *
		version; /* that would be selected; "none": the module would not be in the build list */
	struct modver
		decider;    /* its requirer then, nearest to the main module; path "" if none */
	const char *failed; /* go's words if that graph cannot be loaded; NULL */
};

struct explain_answer {
	const char *path, *selected; /* "" for a main module */
	uint32_t node;
	enum explain_reason reason;
	struct modver by;    /* the deciding requirer; path "" if the reason names none */
	const char *by_file; /* file of the deciding line, if in a main module; "" */
	int by_line;
	bool direct;	       /* a main module requires it without // indirect */
	const char *runner_up; /* next highest required version; "" if there is none */
	struct explain_requirer *requirers; /* by required version, highest first, then by depth */
	size_t n_requirers;
	size_t n_versions;     /* distinct versions that count */
	const uint32_t *chain; /* shortest, main module to this one, both included */
	size_t n_chain;
	struct explain_exclude *excludes;
	size_t n_excludes;
	struct modver replaced; /* path "" if not replaced */
	const char *replaced_file;
	int replaced_line;
	const char *go_version;		 /* of its go.mod; "" if not read */
	struct explain_without *without; /* explain_without */
	size_t n_without;
	const char *unread; /* the first unreadable go.mod of a possible pruned-out requirer, and why; "" */
};

enum {
	EXPLAIN_PRUNED = 1, /* include requirers that are pruned out */
};

struct explain_graph;
struct explain_graph *explain_new(struct modload *ml, const struct modgraph *mg);
void explain_free(struct explain_graph *x); /* NULL is fine */

/* False if no version of the module is in the build list. */
bool explain_module(struct explain_graph *x, struct arena *a, const char *path, unsigned flags,
		    struct explain_answer *out);
/* Fills in `without`: each entry is a full recomputation, including root repair. Drops at most 16 single requirers. */
void explain_without(struct explain_graph *x, struct arena *a, struct explain_answer *out);
/* Appends "required by main", "forced by R@v", "raised by workspace member W", "only version asked for", "exclude moved the decision",
 * and "; source replaced by T". */
void explain_reason_text(const struct explain_answer *w, struct buf *out);
/* "main", "workspace member", "selected", "superseded", "pruned out", "tool". */
const char *explain_class_name(enum explain_class c);
/* Appends "go.mod:57 asks for v0.41.0 (direct); next highest is v0.40.0". */
void explain_because(const struct explain_answer *w, struct modload *ml, struct buf *out);

#endif
