#include "graph/modgraph.h"

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

/* Marks all that a requirement on `start` brings with it. */
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

static bool load(struct modload *ml, const struct modgraph_edit *edit, const struct modver *roots,
		 size_t n_roots, struct modgraph **mg, struct err *e)
{
	uint32_t *nodes = xreallocarray(NULL, n_roots + 1, sizeof(*nodes));
	bool ok;

	for (size_t i = 0; i < n_roots; i++)
		nodes[i] = modtab_node(modload_tab(ml), roots[i]);
	ok = modgraph_load(ml, MOD_UNPRUNED, nodes, n_roots, edit, mg, e);
	free(nodes);
	return ok;
}

bool mvs_build_list(struct modload *ml, const struct modver *roots, size_t n_roots,
		    const struct modver **list, size_t *n, struct err *e)
{
	struct modgraph *mg;
	bool ok = load(ml, NULL, roots, n_roots, &mg, e);

	*list = NULL;
	*n = 0;
	if (ok) {
		const uint32_t *nodes = modgraph_build_list(mg, n);
		struct modver *out = arena_alloc(modload_arena(ml), *n * sizeof(*out));

		for (size_t i = 0; i < *n; i++)
			out[i] = modload_tab(ml)->nodes[nodes[i]].mod;
		*list = out;
	}
	modgraph_free(mg);
	return ok;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct modver *)x)->path, ((const struct modver *)y)->path);
}

static size_t reduce(struct modload *ml, struct modgraph *mg, const char *const *base,
		     size_t n_base, struct modver *min)
{
	const struct modtab *t = modload_tab(ml);
	const struct main_module *mains;
	struct postorder p = { .mg = mg };
	uint8_t *have = xcalloc(t->n_nodes, 1);
	const uint32_t *list;
	size_t n, n_min = 0;

	p.seen = xcalloc(t->n_nodes, 1);
	p.out = xreallocarray(NULL, t->n_nodes, sizeof(*p.out));
	modload_mains(ml, &mains);
	p.seen[mains[0].node] = 1; /* the main module's requirements are what is to be found */
	list = modgraph_build_list(mg, &n);
	for (size_t i = 0; i < n; i++)
		visit(&p, list[i]);
	for (size_t i = 0; i < n_base; i++) {
		uint32_t path = modtab_find_path(t, base[i]);
		uint32_t node = path == MODTAB_NONE ? path : modgraph_selected_node(mg, path);

		if (node == MODTAB_NONE || have[node])
			continue;
		min[n_min++] = t->nodes[node].mod;
		have[node] = 2; /* named; what it implies follows below */
	}
	for (size_t i = 0; i < n_min; i++) {
		uint32_t node = modtab_find(t, min[i]);

		have[node] = 0;
		imply(mg, have, node, &p);
	}
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

bool mvs_req_edited(struct modload *ml, const struct modgraph_edit *edit,
		    const struct modver *roots, size_t n_roots, const char *const *base,
		    size_t n_base, const struct modver **min, size_t *n_min, struct err *e)
{
	struct modgraph *mg;
	bool ok = load(ml, edit, roots, n_roots, &mg, e);

	*min = NULL;
	*n_min = 0;
	if (ok) {
		struct modver *out = arena_alloc(modload_arena(ml),
						 (modload_tab(ml)->n_nodes + 1) * sizeof(*out));

		*n_min = reduce(ml, mg, base, n_base, out);
		*min = out;
	}
	modgraph_free(mg);
	return ok;
}

bool mvs_req(struct modload *ml, const struct modver *roots, size_t n_roots,
	     const char *const *base, size_t n_base, const struct modver **min, size_t *n_min,
	     struct err *e)
{
	return mvs_req_edited(ml, NULL, roots, n_roots, base, n_base, min, n_min, e);
}
