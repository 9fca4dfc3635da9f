#include "graph/mvs.h"

struct postorder {
	const struct modgraph *mg;
	uint8_t *seen;
	uint32_t *out;
	size_t n;
	/* explicit stack: requirement chains may be as long as the graph */
	VEC(struct frame {
		uint32_t node;
		uint32_t next;
	}) stack;
};

static void visit(struct postorder *p, uint32_t start)
{
	if (p->seen[start])
		return;
	p->seen[start] = 1;
	vec_push(&p->stack, (struct frame){ start, 0 });
	while (p->stack.n) {
		struct frame *f = &p->stack.items[p->stack.n - 1];
		size_t n;
		const uint32_t *reqs = modgraph_required(p->mg, f->node, &n);
		uint32_t next;

		while (f->next < n && p->seen[reqs[f->next]])
			f->next++;
		if (f->next == n) {
			p->out[p->n++] = f->node;
			p->stack.n--;
			continue;
		}
		next = reqs[f->next]; /* f is gone when the stack grows */
		p->seen[next] = 1;
		vec_push(&p->stack, (struct frame){ next, 0 });
	}
}

/* Marks everything that a requirement on `start` implies. */
static void imply(const struct modgraph *mg, uint8_t *have, uint32_t start, struct postorder *p)
{
	if (have[start])
		return;
	have[start] = 1;
	vec_push(&p->stack, (struct frame){ start, 0 });
	while (p->stack.n) {
		uint32_t node = p->stack.items[--p->stack.n].node;
		size_t n;
		const uint32_t *reqs = modgraph_required(mg, node, &n);

		for (size_t i = 0; i < n; i++) {
			if (!have[reqs[i]]) {
				have[reqs[i]] = 1;
				vec_push(&p->stack, (struct frame){ reqs[i], 0 });
			}
		}
	}
}

static bool load(struct modload *ml, const struct modgraph_load_edit *edit,
		 struct modver_list roots, struct modgraph **mg, struct err *e)
{
	uint32_t *nodes = xreallocarray(NULL, roots.n + 1, sizeof(*nodes));
	bool ok;

	for (size_t i = 0; i < roots.n; i++)
		nodes[i] = modtab_node(modload_tab(ml), roots.items[i]);
	ok = modgraph_load(ml, PRUNING_UNPRUNED, nodes, roots.n, edit, mg, e);
	free(nodes);
	return ok;
}

bool mvs_build_list(struct modload *ml, struct modver_list roots, struct modver_list *list,
		    struct err *e)
{
	struct modgraph *mg;
	bool ok = load(ml, NULL, roots, &mg, e);

	*list = (struct modver_list){ 0 };
	if (ok) {
		const uint32_t *nodes = modgraph_build_list(mg, &list->n);
		struct modver *out = arena_alloc(modload_arena(ml), list->n * sizeof(*out));

		for (size_t i = 0; i < list->n; i++)
			out[i] = modload_tab(ml)->nodes[nodes[i]].mod;
		list->items = out;
	}
	modgraph_free(mg);
	return ok;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct modver *)x)->path, ((const struct modver *)y)->path);
}

/* Every node of the build list after its requirements. */
static void order_nodes(struct postorder *p, const struct modtab *t, uint32_t main)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(p->mg, &n);

	p->seen = xcalloc(t->n_nodes, 1);
	p->out = xreallocarray(NULL, t->n_nodes, sizeof(*p->out));
	p->seen[main] = 1; /* the main module's requirements are to be computed */
	for (size_t i = 0; i < n; i++)
		visit(p, list[i]);
}

/* The selected versions of the paths that must be roots, and everything that they imply. */
static size_t take_base(struct postorder *p, const struct modtab *t, const char *const *base,
			size_t n_base, uint8_t *have, struct modver *min)
{
	size_t n = 0;

	for (size_t i = 0; i < n_base; i++) {
		uint32_t path = modtab_find_path(t, base[i]);
		uint32_t node = path == MODTAB_NONE ? path : modgraph_selected_node(p->mg, path);

		if (node == MODTAB_NONE || have[node])
			continue;
		min[n++] = t->nodes[node].mod;
		have[node] = 1; /* a given root; what it implies follows below */
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t node = modtab_find(t, min[i]);

		have[node] = 0;
		imply(p->mg, have, node, p);
	}
	return n;
}

static size_t reduce(struct modload *ml, struct modgraph *mg, const char *const *base,
		     size_t n_base, struct modver *min)
{
	const struct modtab *t = modload_tab(ml);
	const struct modproject_main *mains;
	struct postorder p = { .mg = mg };
	uint8_t *have = xcalloc(t->n_nodes, 1);
	size_t n_min;

	modproject_mains(modload_project(ml), &mains);
	order_nodes(&p, t, mains[0].node);
	n_min = take_base(&p, t, base, n_base, have, min);
	for (size_t i = p.n; i-- > 0;) {
		uint32_t node = p.out[i];

		if (have[node] || modgraph_selected_node(mg, t->nodes[node].path) != node)
			continue;
		min[n_min++] = t->nodes[node].mod;
		imply(mg, have, node, &p);
	}
	qsort(min, n_min, sizeof(*min), by_path);
	free(have);
	free(p.seen);
	free(p.out);
	vec_release(&p.stack);
	return n_min;
}

bool mvs_req(struct modload *ml, const struct modgraph_load_edit *edit, struct modver_list roots,
	     const char *const *base, size_t n_base, struct modver_list *min, struct err *e)
{
	struct modgraph *mg;
	bool ok = load(ml, edit, roots, &mg, e);

	*min = (struct modver_list){ 0 };
	if (ok) {
		struct modver *out = arena_alloc(modload_arena(ml),
						 (modload_tab(ml)->n_nodes + 1) * sizeof(*out));

		min->n = reduce(ml, mg, base, n_base, out);
		min->items = out;
	}
	modgraph_free(mg);
	return ok;
}
