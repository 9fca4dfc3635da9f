#include "gofiles/gover.h"
#include "graph/explain_impl.h"
#include "graph/modgraph_load.h"

#define MAX_DROPS 16

/* The requirements dropped in one recomputation. */
struct drop {
	struct modload *ml;
	uint32_t path;
	const uint32_t *nodes;
	size_t n;
};

static bool is_dropped(const struct drop *d, uint32_t node)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->nodes[i] == node)
			return true;
	}
	return false;
}

static bool edit_require(void *ctx, uint32_t node, const uint32_t **require, size_t *n)
{
	const struct drop *d = ctx;
	uint32_t *list;
	size_t kept = 0;

	if (!is_dropped(d, node))
		return false;
	list = arena_alloc(modload_arena(d->ml), *n * sizeof(*list));
	for (size_t i = 0; i < *n; i++) {
		if (modload_tab(d->ml)->nodes[(*require)[i]].path != d->path)
			list[kept++] = (*require)[i];
	}
	*require = list;
	*n = kept;
	return true;
}

/* The main module's requirements are the roots, as in go.mod, so that repair starts where go would start. */
static struct requirements *dropped_roots(struct explain_graph *x, const struct drop *d)
{
	const struct requirements *rs = modload_initial_requirements(x->ml);
	const struct modproject_main *mains;
	VEC(struct modver) roots = { 0 };
	struct requirements *out;
	bool drop_main;

	modproject_mains(x->mp, &mains);
	drop_main = !modproject_gowork_file(x->mp) && is_dropped(d, mains[0].node);
	for (size_t i = 0; i < rs->n_roots; i++) {
		if (!drop_main || x->tab->nodes[rs->root_nodes[i]].path != d->path ||
		    gover_is_toolchain(rs->roots[i].path))
			vec_push(&roots, rs->roots[i]);
	}
	out = requirements_new(x->ml, rs->pruning, roots.items, roots.n, rs->direct);
	vec_release(&roots);
	return out;
}

static struct modver nearest(struct explain_graph *x, const struct modgraph *mg, uint32_t node)
{
	struct arena a = ARENA_INIT;
	const uint32_t *chain;
	size_t n = modgraph_chain(mg, node, &a, &chain);
	struct modver by = { "", "" };

	if (n >= 2)
		by = x->tab->nodes[chain[n - 2]].mod;
	arena_release(&a);
	return by;
}

/* The version selected if none of these nodes required the path, and its requirer then. */
static const char *selected_without(struct explain_graph *x, const char *path,
				    const uint32_t *requirers, size_t n, struct modver *by,
				    struct err *e)
{
	const struct modload_kept *mark = modload_mark(x->ml);
	struct drop d = { x->ml, modtab_path(x->tab, path, strlen(path)), requirers, n };
	struct modgraph_load_edit edit = { .require = edit_require, .ctx = &d };
	struct requirements *rs = requirements_edited(x->ml, dropped_roots(x, &d), &edit);
	const struct modgraph *mg;
	const char *version = NULL;

	*by = (struct modver){ "", "" };
	if (requirements_expand(x->ml, &rs, &mg, e)) {
		uint32_t node = modgraph_selected_node(mg, d.path);

		version = node == MODTAB_NONE ? "none" : x->tab->nodes[node].mod.version;
		if (node != MODTAB_NONE)
			*by = nearest(x, mg, node);
	}
	modload_roll_back(x->ml, mark);
	return version;
}

struct drops {
	struct explain_graph *x;
	struct arena *a;
	const char *path;
	VEC(struct explain_without) out;
};

static void try_drop(struct drops *d, enum explain_drop kind, struct modver requirer,
		     const uint32_t *nodes, size_t n)
{
	struct explain_without w = { .drop = kind, .requirer = requirer };
	struct err e = ERR_INIT;

	w.version = selected_without(d->x, d->path, nodes, n, &w.decider, &e);
	if (!w.version) {
		w.version = "";
		w.failed = arena_strdup(d->a, err_text(&e));
	}
	err_release(&e);
	vec_push(&d->out, w);
}

void explain_without(struct explain_graph *x, struct arena *a, struct explain_answer *out)
{
	struct drops d = { .x = x, .a = a, .path = out->path };
	uint32_t *nodes = xreallocarray(NULL, out->n_requirers + 1, sizeof(*nodes));
	size_t n_main = 0, n = 0, singles = 0;

	if (out->reason == EXPLAIN_IS_MAIN || gover_is_toolchain(out->path)) {
		free(nodes);
		return;
	}
	for (size_t i = 0; i < out->n_requirers; i++) {
		const struct explain_requirer *r = &out->requirers[i];

		if (r->class == EXPLAIN_MAIN || r->class == EXPLAIN_WORKSPACE_MEMBER)
			nodes[n_main++] = r->node;
	}
	if (n_main)
		try_drop(&d, EXPLAIN_DROP_MAIN, (struct modver){ "", "" }, nodes, n_main);
	for (size_t i = 0; i < out->n_requirers; i++) {
		const struct explain_requirer *r = &out->requirers[i];

		if (!r->decides)
			continue;
		nodes[n++] = r->node;
		if (r->class != EXPLAIN_MAIN && singles++ < MAX_DROPS)
			try_drop(&d, EXPLAIN_DROP_REQUIRER, r->mod, &nodes[n - 1], 1);
	}
	if (n > 1)
		try_drop(&d, EXPLAIN_DROP_ALL, (struct modver){ "", "" }, nodes, n);
	out->without = arena_memdup(a, d.out.items, d.out.n * sizeof(*d.out.items));
	out->n_without = d.out.n;
	vec_release(&d.out);
	free(nodes);
}
