/*
 * requirements.h - root requirements, their module graph, and the repair of roots.
 *
 * Follows cmd/go/internal/modload/buildlist.go. A `struct requirements` is immutable except for its graph, which
 * requirements_graph loads on its first call. Both live in the loader and need no freeing.
 * The loader's thread rules apply (modload.h).
 *
 *	struct requirements *rs = modload_requirements(ml);
 *	const struct modgraph *mg;
 *	if (!requirements_expand(ml, &rs, &mg, &e)) ...      // go mod graph, list -m all
 *	version = modgraph_selected(mg, "golang.org/x/net");
 *
 * Invariants: roots are sorted (path bytes, then version) and contain `go`. mg is never NULL; after an error it has the
 * readable part.
 */
#ifndef MODSCOPE_REQUIREMENTS_H
#define MODSCOPE_REQUIREMENTS_H

#include "graph/modgraph.h"
#include "graph/modload.h"
#include "graph/pruning.h"

struct modgraph_load_edit;

struct requirements {
	enum pruning pruning;
	const struct modver *roots;
	const uint32_t *root_nodes;
	size_t n_roots;
	const struct map *direct;	  /* a set of paths: map_has(direct, path) */
	const struct modgraph_load_edit *edit; /* what-if: changed requirements (modgraph_load.h); NULL */
	struct map root_versions;	  /* path -> highest root version */
	/* private to requirements.c */
	struct modgraph *graph; /* NULL until loaded */
	struct err graph_err;
};

/* newRequirements. `direct` is borrowed and must live as long as the loader; roots are copied and sorted. */
struct requirements *requirements_new(struct modload *ml, enum pruning pruning,
				      const struct modver *roots, size_t n,
				      const struct map *direct);
/* The same roots, direct set and pruning, with requirements changed by `edit`, which must live as long as the result is used. */
struct requirements *requirements_edited(struct modload *ml, const struct requirements *rs,
					 const struct modgraph_load_edit *edit);
/* The version of the root with this path: "" for a main module, NULL if it is not a root (rootSelected). */
const char *requirements_root(const struct modload *ml, const struct requirements *rs,
			      const char *path);
bool requirements_is_direct(const struct requirements *rs, const char *path);
const char *requirements_go_version(const struct requirements *rs);
/* The roots of a member as the workspace's graph (ml) reads them from a go.mod: without toolchain, excluded versions and go lines
 * before 1.21. `nodes` has room for rs->n_roots; returns how many it gets. */
size_t requirements_as_member(const struct requirements *rs, struct modload *ml, uint32_t *nodes);
/* Whether a root occurs twice, or is a main module (hasRedundantRoot). */
bool requirements_redundant(const struct modload *ml, const struct requirements *rs);

/* Loads the graph. False on an error in a go.mod (the text has the chain of requirements); *mg is set even then. */
bool requirements_graph(struct modload *ml, struct requirements *rs, const struct modgraph **mg,
			struct err *e);
bool requirements_graph_loaded(const struct requirements *rs);
/* Makes mg the graph of rs, instead of loading go.mod files (initVendor). The loader takes ownership. */
void requirements_set_graph(struct modload *ml, struct requirements *rs, struct modgraph *mg);
/* expandGraph: the graph of *rs, after repairing roots that are not at their selected version. */
bool requirements_expand(struct modload *ml, struct requirements **rs, const struct modgraph **mg,
			 struct err *e);

/* The input of an update of the roots. */
struct requirements_change {
	const struct map *direct; /* the new set of direct paths */
	struct modver_list use;	  /* the modules, other than main modules, that provide packages marked pkgInAll or pkgIsRoot
				   * (duplicates are fine) */
	struct modver_list add;	  /* modules to add */
};
/* updateRoots. With -mod other than mod, a change is ERR_REFUSED ("updates to go.mod needed"). */
bool requirements_update(struct modload *ml, struct requirements *rs,
			 const struct requirements_change *change, struct requirements **out,
			 struct err *e);
/* convertPruning. */
bool requirements_convert(struct modload *ml, struct requirements *rs, enum pruning pruning,
			  struct requirements **out, struct err *e);
/* overrideRoots: `replace` instead of the roots with the same paths. */
struct requirements *requirements_override(struct modload *ml, struct requirements *rs,
					   const struct modver *replace, size_t n);

#endif
