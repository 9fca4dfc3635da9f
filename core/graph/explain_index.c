#include "graph/explain_impl.h"

static void count_edges(struct explain_graph *x, const uint32_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++)
			x->first[req[j] + 1]++;
	}
	for (size_t i = 0; i < x->n_nodes; i++)
		x->first[i + 1] += x->first[i];
}

static void fill_edges(struct explain_graph *x, const uint32_t *order, size_t n)
{
	uint32_t *next = xreallocarray(NULL, x->n_nodes, sizeof(*next));

	memcpy(next, x->first, x->n_nodes * sizeof(*next));
	x->from = xreallocarray(NULL, x->first[x->n_nodes] + 1, sizeof(*x->from));
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++)
			x->from[next[req[j]]++] = order[i];
	}
	free(next);
}

/* The order is breadth first, so a node's first requirer in it is its parent. */
static void measure(struct explain_graph *x, const uint32_t *order, size_t n)
{
	const uint32_t *roots;
	size_t n_roots;

	for (size_t i = 0; i < x->n_nodes; i++)
		x->depth[i] = x->parent[i] = EXPLAIN_NOWHERE;
	roots = modgraph_roots(x->mg, &n_roots);
	for (size_t i = 0; i < n_roots; i++)
		x->depth[roots[i]] = 0;
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++) {
			if (x->depth[req[j]] != EXPLAIN_NOWHERE)
				continue;
			x->depth[req[j]] = x->depth[order[i]] + 1;
			x->parent[req[j]] = order[i];
		}
	}
}

struct explain_graph *explain_new(struct modload *ml, const struct modgraph *mg)
{
	struct explain_graph *x = xcalloc(1, sizeof(*x));
	const uint32_t *order;
	size_t n;

	x->ml = ml;
	x->mp = modload_project(ml);
	x->tab = modload_tab(ml);
	x->mg = mg;
	x->n_nodes = x->tab->n_nodes;
	x->first = xcalloc(x->n_nodes + 1, sizeof(*x->first));
	x->depth = xreallocarray(NULL, x->n_nodes + 1, sizeof(*x->depth));
	x->parent = xreallocarray(NULL, x->n_nodes + 1, sizeof(*x->parent));
	order = modgraph_order(mg, &n);
	count_edges(x, order, n);
	fill_edges(x, order, n);
	measure(x, order, n);
	return x;
}

void explain_free(struct explain_graph *x)
{
	if (!x)
		return;
	free(x->first);
	free(x->from);
	free(x->depth);
	free(x->parent);
	vec_release(&x->pruned);
	free(x);
}

bool explain_is_main_node(const struct explain_graph *x, uint32_t node)
{
	const struct modver *m = &x->tab->nodes[node].mod;

	return !*m->version && modproject_is_main(x->mp, m->path);
}

const uint32_t *explain_way(const struct explain_graph *x, uint32_t node, struct arena *a,
			    size_t *n)
{
	uint32_t *way;
	size_t i = 0;

	for (uint32_t p = x->parent[node]; p != EXPLAIN_NOWHERE; p = x->parent[p])
		i++;
	way = arena_alloc(a, (i + 1) * sizeof(*way));
	*n = i;
	for (uint32_t p = x->parent[node]; p != EXPLAIN_NOWHERE; p = x->parent[p])
		way[--i] = p;
	return way;
}
