#include "graph/modgraph.h"

enum {
	REACHABLE = 1,
	READ = 2,
	FAILED = 4,
	/* | 1 << purpose: modgraph_mark */
	PURPOSE_SHIFT = 4,
};

static void nodes_reserve(struct modgraph *mg, size_t want)
{
	size_t cap = mg->cap_nodes, n;

	if (want <= cap)
		return;
	n = MAX(MAX(want, cap * 2), mg->tab->n_nodes);
	mg->required = xreallocarray(mg->required, n, sizeof(*mg->required));
	mg->n_required = xreallocarray(mg->n_required, n, sizeof(*mg->n_required));
	mg->state = xreallocarray(mg->state, n, sizeof(*mg->state));
	memset(mg->required + cap, 0, (n - cap) * sizeof(*mg->required));
	memset(mg->n_required + cap, 0, (n - cap) * sizeof(*mg->n_required));
	memset(mg->state + cap, 0, n - cap);
	mg->cap_nodes = n;
}

static void paths_reserve(struct modgraph *mg, size_t want)
{
	size_t n;

	if (want <= mg->cap_paths)
		return;
	n = MAX(MAX(want, mg->cap_paths * 2), mg->tab->n_paths);
	mg->selected = xreallocarray(mg->selected, n, sizeof(*mg->selected));
	for (size_t i = mg->cap_paths; i < n; i++)
		mg->selected[i] = MODTAB_NONE;
	mg->cap_paths = n;
}

/* A node seen for the first time may be the highest of its path. */
static void reach(struct modgraph *mg, uint32_t node)
{
	const struct modtab_node *n;
	uint32_t *sel;

	nodes_reserve(mg, (size_t)node + 1);
	if (mg->state[node] & REACHABLE)
		return;
	mg->state[node] |= REACHABLE;
	n = &mg->tab->nodes[node];
	paths_reserve(mg, (size_t)n->path + 1);
	sel = &mg->selected[n->path];
	if (*sel == MODTAB_NONE ? modtab_compare_versions(n->mod.path, "none", n->mod.version) < 0
				: modtab_compare(mg->tab, *sel, node) < 0)
		*sel = node;
}

struct modgraph *modgraph_new(const struct modtab *tab, const uint32_t *roots, size_t n)
{
	struct modgraph *mg = xcalloc(1, sizeof(*mg));

	mg->tab = tab;
	mg->roots = xreallocarray(NULL, n + 1, sizeof(*mg->roots));
	memcpy(mg->roots, roots, n * sizeof(*roots));
	mg->n_roots = n;
	for (size_t i = 0; i < n; i++)
		reach(mg, roots[i]);
	return mg;
}

void modgraph_free(struct modgraph *mg)
{
	if (!mg)
		return;
	free(mg->roots);
	free(mg->required);
	free(mg->n_required);
	free(mg->state);
	free(mg->selected);
	free(mg->build_list);
	free(mg->order);
	free(mg->parent);
	free(mg);
}

void modgraph_require(struct modgraph *mg, uint32_t node, const uint32_t *required, size_t n)
{
	static const uint32_t none[1];

	nodes_reserve(mg, (size_t)node + 1);
	mg->state[node] |= READ;
	mg->required[node] = n ? required : none;
	mg->n_required[node] = (uint32_t)n;
	mg->n_edges += n;
	for (size_t i = 0; i < n; i++)
		reach(mg, required[i]);
}

void modgraph_mark_failed(struct modgraph *mg, uint32_t node)
{
	nodes_reserve(mg, (size_t)node + 1);
	mg->state[node] |= FAILED;
}

bool modgraph_has_failed(const struct modgraph *mg, uint32_t node)
{
	return node < mg->cap_nodes && mg->state[node] & FAILED;
}

uint32_t modgraph_first_failed(const struct modgraph *mg)
{
	size_t n;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		if (mg->state[order[i]] & FAILED)
			return order[i];
	}
	return MODTAB_NONE;
}

bool modgraph_mark(struct modgraph *mg, uint32_t node, unsigned purpose)
{
	uint8_t bit = (uint8_t)(1u << (PURPOSE_SHIFT + purpose));
	bool marked = mg->state[node] & bit;

	mg->state[node] |= bit;
	return !marked;
}

uint32_t modgraph_selected_node(const struct modgraph *mg, uint32_t path)
{
	return path < mg->cap_paths ? mg->selected[path] : MODTAB_NONE;
}

const char *modgraph_selected(const struct modgraph *mg, const char *path)
{
	uint32_t id = modtab_find_path(mg->tab, path);
	uint32_t node = id == MODTAB_NONE ? id : modgraph_selected_node(mg, id);

	return node == MODTAB_NONE ? "none" : mg->tab->nodes[node].mod.version;
}

const uint32_t *modgraph_required(const struct modgraph *mg, uint32_t node, size_t *n)
{
	if (node >= mg->cap_nodes) {
		*n = 0;
		return NULL;
	}
	*n = mg->n_required[node];
	return mg->required[node];
}

bool modgraph_is_read(const struct modgraph *mg, uint32_t node)
{
	return node < mg->cap_nodes && mg->state[node] & READ;
}

bool modgraph_has(const struct modgraph *mg, uint32_t node)
{
	return node < mg->cap_nodes && mg->state[node] & REACHABLE;
}

bool modgraph_is_selected(const struct modgraph *mg, uint32_t node)
{
	return modgraph_has(mg, node) &&
	       modgraph_selected_node(mg, mg->tab->nodes[node].path) == node;
}

size_t modgraph_edge_count(const struct modgraph *mg)
{
	return mg->n_edges;
}

const uint32_t *modgraph_roots(const struct modgraph *mg, size_t *n)
{
	*n = mg->n_roots;
	return mg->roots;
}

struct keyed {
	const struct modtab_node *node;
	uint32_t id;
};

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct keyed *)x)->node->mod.path,
		      ((const struct keyed *)y)->node->mod.path);
}

/* The roots come first, in order; a root whose path is not selected ("none") is omitted. */
static const uint32_t *build_list_make(struct modgraph *mg)
{
	uint8_t *seen = xcalloc(mg->cap_paths, 1);
	struct keyed *rest = xreallocarray(NULL, mg->cap_paths, sizeof(*rest));
	size_t n_rest = 0, n = 0;
	uint32_t *list = xreallocarray(NULL, mg->n_roots + mg->cap_paths, sizeof(*list));

	for (size_t i = 0; i < mg->n_roots; i++) {
		uint32_t path = mg->tab->nodes[mg->roots[i]].path;

		if (seen[path])
			continue;
		seen[path] = 1;
		if (mg->selected[path] != MODTAB_NONE)
			list[n++] = mg->selected[path];
	}
	for (size_t p = 0; p < mg->cap_paths; p++) {
		if (!seen[p] && mg->selected[p] != MODTAB_NONE)
			rest[n_rest++] = (struct keyed){ &mg->tab->nodes[mg->selected[p]],
							 mg->selected[p] };
	}
	qsort(rest, n_rest, sizeof(*rest), by_path);
	for (size_t i = 0; i < n_rest; i++)
		list[n++] = rest[i].id;
	free(seen);
	free(rest);
	mg->n_build_list = n;
	return mg->build_list = list;
}

const uint32_t *modgraph_build_list(const struct modgraph *mg, size_t *n)
{
	const uint32_t *list = mg->build_list ? mg->build_list
					      : build_list_make((struct modgraph *)mg);

	*n = mg->n_build_list;
	return list;
}

static bool is_none(const struct modgraph *mg, uint32_t node)
{
	return str_eq(mg->tab->nodes[node].mod.version, "none");
}

/* Breadth first; `parent` (may be NULL) gets the node that first reached each one, MODTAB_NONE for roots. */
static size_t walk(const struct modgraph *mg, bool skip_none, uint32_t *order, uint32_t *parent)
{
	uint8_t *seen = xcalloc(mg->cap_nodes, 1);
	size_t n = 0;

	for (size_t i = 0; i < mg->n_roots; i++) {
		uint32_t r = mg->roots[i];

		if (seen[r] || (skip_none && is_none(mg, r)))
			continue;
		seen[r] = 1;
		if (parent)
			parent[r] = MODTAB_NONE;
		order[n++] = r;
	}
	for (size_t head = 0; head < n; head++) {
		uint32_t m = order[head];

		for (size_t i = 0; i < mg->n_required[m]; i++) {
			uint32_t r = mg->required[m][i];

			if (seen[r] || (skip_none && is_none(mg, r)))
				continue;
			seen[r] = 1;
			if (parent)
				parent[r] = m;
			order[n++] = r;
		}
	}
	free(seen);
	return n;
}

const uint32_t *modgraph_order(const struct modgraph *mg, size_t *n)
{
	if (!mg->order) {
		struct modgraph *w = (struct modgraph *)mg;

		w->order = xreallocarray(NULL, mg->cap_nodes, sizeof(*w->order));
		w->n_order = walk(mg, true, w->order, NULL);
	}
	*n = mg->n_order;
	return mg->order;
}

static const uint32_t *parents(const struct modgraph *mg)
{
	struct modgraph *w = (struct modgraph *)mg;
	uint32_t *order;

	if (!mg->parent) {
		order = xreallocarray(NULL, mg->cap_nodes, sizeof(*order));
		w->parent = xreallocarray(NULL, mg->cap_nodes, sizeof(*w->parent));
		walk(mg, false, order, w->parent);
		free(order);
	}
	return mg->parent;
}

size_t modgraph_chain(const struct modgraph *mg, uint32_t node, struct arena *a,
		      const uint32_t **chain)
{
	const uint32_t *parent;
	uint32_t *list;
	size_t n = 0;

	*chain = NULL;
	if (!modgraph_has(mg, node))
		return 0;
	parent = parents(mg);
	for (uint32_t m = node; m != MODTAB_NONE; m = parent[m])
		n++;
	*chain = list = arena_alloc(a, n * sizeof(*list));
	for (size_t i = n; i-- > 0; node = parent[node])
		list[i] = node;
	return n;
}
