/*
 * requirements.h - root requirements, the module graph they give, and how roots are repaired.
 *
 * Follows cmd/go/internal/modload/buildlist.go. A `struct requirements` is immutable but for its graph, which is read at
 * the first call of requirements_graph. Both live in the loader: nothing is freed.
 * The loader's rules on threads hold (modload.h).
 *
 *	struct requirements *rs = modload_requirements(ml);
 *	const struct modgraph *mg;
 *	if (!requirements_expand(ml, &rs, &mg, &e)) ...      // go mod graph, list -m all
 *	version = modgraph_selected(mg, "golang.org/x/net");
 *
 * Invariants: roots are sorted (path bytes, then version) and hold `go`. mg is never NULL; after an error it holds what could
 * be read.
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
	/* the rest is requirements.c's */
	struct modgraph *graph; /* NULL until loaded */
	struct err graph_err;
};

/* newRequirements. `direct` is borrowed and must live as long as the loader; roots are copied and sorted. */
struct requirements *requirements_new(struct modload *ml, enum pruning pruning,
				      const struct modver *roots, size_t n,
				      const struct map *direct);
/* The same roots, direct set and pruning, with requirements changed by `edit`, which must outlive the loader's use of it. */
struct requirements *requirements_edited(struct modload *ml, const struct requirements *rs,
					 const struct modgraph_load_edit *edit);
/* The version of the root with this path: "" for a main module, NULL if it is no root (rootSelected). */
const char *requirements_root(const struct modload *ml, const struct requirements *rs,
			      const char *path);
bool requirements_is_direct(const struct requirements *rs, const char *path);
const char *requirements_go_version(const struct requirements *rs);
/* A root occurs twice, or is a main module (hasRedundantRoot). */
bool requirements_redundant(const struct modload *ml, const struct requirements *rs);

/* Loads the graph. False on an error of a go.mod (the text holds the chain of requirements); *mg is set all the same. */
bool requirements_graph(struct modload *ml, struct requirements *rs, const struct modgraph **mg,
			struct err *e);
bool requirements_graph_loaded(const struct requirements *rs);
/* This graph is the one of rs, whatever go.mod files say (initVendor). The loader keeps it. */
void requirements_set_graph(struct modload *ml, struct requirements *rs, struct modgraph *mg);
/* expandGraph: the graph of *rs, whose roots are repaired if some are not at their selected version. */
bool requirements_expand(struct modload *ml, struct requirements **rs, const struct modgraph **mg,
			 struct err *e);

/* What an update of the roots is about. */
struct requirements_change {
	const struct map *direct; /* the new set of direct paths */
	struct modver_list use;	  /* the modules outside of the main modules that provide packages marked pkgInAll or pkgIsRoot
				   * (duplicates are fine) */
	struct modver_list add;	  /* modules to be added */
};
/* updateRoots. With -mod other than mod, what would change is ERR_REFUSED ("updates to go.mod needed"). */
bool requirements_update(struct modload *ml, struct requirements *rs,
			 const struct requirements_change *change, struct requirements **out,
			 struct err *e);
/* convertPruning. */
bool requirements_convert(struct modload *ml, struct requirements *rs, enum pruning pruning,
			  struct requirements **out, struct err *e);
/* overrideRoots: roots with `replace` in place of those of the same paths. */
struct requirements *requirements_override(struct modload *ml, struct requirements *rs,
					   const struct modver *replace, size_t n);

#endif
