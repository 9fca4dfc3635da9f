/*
 * requirements.h - root requirements, the module graph they give, and how roots are repaired.
 *
 * Follows cmd/go/internal/modload/buildlist.go and cmd/go/internal/mvs. A `struct requirements` is immutable but for
 * its graph, which is read at the first call of requirements_graph. Both live in the loader: nothing is freed.
 * The loader's rules on threads hold (modload.h).
 *
 *	struct requirements *rs = modload_requirements(ml);
 *	const struct modgraph *mg;
 *	if (!requirements_expand(ml, &rs, &mg, &e)) ...      // go mod graph, list -m all
 *	version = modgraph_selected(mg, "golang.org/x/net");
 *
 * Invariants: roots are sorted (path bytes, then version) and hold `go`. mg is never NULL; after an error it holds what could
 * be read. Edges keep the order of the go.mod file, duplicates included.
 */
#ifndef MODSCOPE_REQUIREMENTS_H
#define MODSCOPE_REQUIREMENTS_H

#include "graph/modload.h"

enum mod_pruning {
	MOD_PRUNED, /* requirements of dependencies' dependencies at go >= 1.17 are left out */
	MOD_UNPRUNED,
	MOD_WORKSPACE,
};

struct modgraph;
struct modgraph_edit;

struct requirements {
	enum mod_pruning pruning;
	const struct modver *roots;
	const uint32_t *root_nodes;
	size_t n_roots;
	const struct map *direct;	  /* a set of paths: map_has(direct, path) */
	const struct modgraph_edit *edit; /* what-if: changed requirements (modgraph.h); NULL */
	/* the rest is requirements.c's */
	struct map root_versions; /* path -> highest root version */
	struct modgraph *graph;	  /* NULL until loaded */
	struct err graph_err;
	struct requirements *next;
};

enum mod_pruning mod_pruning_for(const char *go_version);

/* newRequirements. `direct` is borrowed and must live as long as the loader; roots are copied and sorted. */
struct requirements *requirements_new(struct modload *ml, enum mod_pruning pruning,
				      const struct modver *roots, size_t n,
				      const struct map *direct);
/* The same roots, direct set and pruning, with requirements changed by `edit`, which must outlive the loader's use of it. */
struct requirements *requirements_edited(struct modload *ml, const struct requirements *rs,
					 const struct modgraph_edit *edit);
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
/* expandGraph: the graph of *rs, whose roots are repaired if some are not at their selected version. */
bool requirements_expand(struct modload *ml, struct requirements **rs, const struct modgraph **mg,
			 struct err *e);

/*
 * updateRoots. `direct` is the new set of direct paths. `use` are the modules outside of the main modules that
 * provide packages marked pkgInAll or pkgIsRoot (duplicates are fine), `add` are modules to be added.
 * With -mod other than mod, what would change is ERR_REFUSED ("updates to go.mod needed").
 */
bool requirements_update(struct modload *ml, const struct map *direct, struct requirements *rs,
			 const struct modver *use, size_t n_use, const struct modver *add,
			 size_t n_add, struct requirements **out, struct err *e);
/* convertPruning. */
bool requirements_convert(struct modload *ml, struct requirements *rs, enum mod_pruning pruning,
			  struct requirements **out, struct err *e);
/* overrideRoots: roots with `replace` in place of those of the same paths. */
struct requirements *requirements_override(struct modload *ml, struct requirements *rs,
					   const struct modver *replace, size_t n);

/* mvs.Req: the least roots that keep the build list of main + roots, with every path of `base` among them. Sorted by path.
 * The list lives as long as the loader. */
bool mvs_req(struct modload *ml, const struct modver *roots, size_t n_roots,
	     const char *const *base, size_t n_base, const struct modver **min, size_t *n_min,
	     struct err *e);
/* mvs.BuildList of the main module with these roots, without pruning; main module first, the rest sorted. */
bool mvs_build_list(struct modload *ml, const struct modver *roots, size_t n_roots,
		    const struct modver **list, size_t *n, struct err *e);

/* The selected version; "none" if no module of this path is in the graph, "" for a main module. */
const char *modgraph_selected(const struct modgraph *mg, const char *path);
/* The nodes that m requires, in file order; NULL with *n 0 if its go.mod was not read (it is pruned out). */
const uint32_t *modgraph_required(const struct modgraph *mg, uint32_t node, size_t *n);
bool modgraph_is_read(const struct modgraph *mg, uint32_t node);
bool modgraph_has(const struct modgraph *mg, uint32_t node); /* reachable, selected or not */
uint32_t modgraph_selected_node(const struct modgraph *mg, uint32_t path); /* MODTAB_NONE if none */
bool modgraph_is_selected(const struct modgraph *mg, uint32_t node);
/* Main modules, then the others sorted; go and toolchain are among them. Nodes. */
const uint32_t *modgraph_build_list(const struct modgraph *mg, size_t *n);
/* WalkBreadthFirst's order: every node once, roots first. */
const uint32_t *modgraph_order(const struct modgraph *mg, size_t *n);
size_t modgraph_edge_count(const struct modgraph *mg);
/* The roots of the graph: the main module, or in a workspace all members with go and toolchain. */
const uint32_t *modgraph_roots(const struct modgraph *mg, size_t *n);
/* FindPath's chain from a root to `node`, both included, in the order of a breadth-first search; 0 if not reachable. */
size_t modgraph_chain(const struct modgraph *mg, uint32_t node, struct arena *a,
		      const uint32_t **chain);

#endif
