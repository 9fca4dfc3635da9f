#include "graph/disqualify.h"

enum { NO_EDGE = -1 };

struct disqualify_node {
	uint32_t why[2];  /* by enum pruning; MODTAB_NONE: not disqualified */
	long first, last; /* its first edge: to a requirer */
};
struct disqualify_edge {
	uint32_t from;
	long next;
};
struct disqualify_item {
	uint32_t node, reason;
	enum pruning from;
};

void disqualify_release(struct disqualify *t)
{
	vec_release(&t->nodes);
	vec_release(&t->edges);
	vec_release(&t->stack);
}

static struct disqualify_node *node_of(struct disqualify *t, uint32_t node)
{
	while (t->nodes.n <= node)
		vec_push(&t->nodes, (struct disqualify_node){
					    { MODTAB_NONE, MODTAB_NONE }, NO_EDGE, NO_EDGE });
	return &t->nodes.items[node];
}

static bool is_root(const struct disqualify *t, uint32_t node, enum pruning *pruning)
{
	if (node >= t->n_roots || !t->roots[node])
		return false;
	*pruning = (enum pruning)(t->roots[node] - 1);
	return true;
}

/* Queues the requirers of a node in the order of a recursion. */
static void push_requirers(struct disqualify *t, uint32_t node, enum pruning from)
{
	size_t begin = t->stack.n;

	for (long i = t->nodes.items[node].first; i != NO_EDGE; i = t->edges.items[i].next)
		vec_push(&t->stack, (struct disqualify_item){ t->edges.items[i].from, node, from });
	for (size_t i = begin, k = t->stack.n; i + 1 < k; i++) {
		struct disqualify_item swap = t->stack.items[i];

		t->stack.items[i] = t->stack.items[--k];
		t->stack.items[k] = swap;
	}
}

static void propagate(struct disqualify *t, struct disqualify_item it)
{
	struct disqualify_node *n = node_of(t, it.node);
	enum pruning own = PRUNING_PRUNED;
	bool root = is_root(t, it.node, &own);

	if (n->why[it.from] != MODTAB_NONE)
		return;
	n->why[it.from] = it.reason;
	/* the pruned graph is a subgraph of the unpruned one */
	if (it.from == PRUNING_PRUNED && n->why[PRUNING_UNPRUNED] == MODTAB_NONE)
		n->why[PRUNING_UNPRUNED] = it.reason;
	/* a root that is always unpruned passes its reason on to every graph that contains it */
	if (it.from == PRUNING_UNPRUNED && root && own == PRUNING_UNPRUNED)
		n->why[PRUNING_PRUNED] = it.reason;
	if (root && (it.from == PRUNING_PRUNED || own == PRUNING_UNPRUNED)) {
		push_requirers(t, it.node, PRUNING_PRUNED);
		n->first = n->last = NO_EDGE;
		return;
	}
	push_requirers(t, it.node, PRUNING_UNPRUNED);
	if (!root)
		n->first = n->last = NO_EDGE;
}

void disqualify_node(struct disqualify *t, uint32_t node, enum pruning from, uint32_t reason)
{
	vec_push(&t->stack, (struct disqualify_item){ node, reason, from });
	while (t->stack.n)
		propagate(t, t->stack.items[--t->stack.n]);
}

static void add_edge(struct disqualify *t, uint32_t from, uint32_t to)
{
	struct disqualify_node *n = node_of(t, to);
	long edge = (long)t->edges.n;

	vec_push(&t->edges, (struct disqualify_edge){ from, NO_EDGE });
	if (n->last == NO_EDGE)
		n->first = edge;
	else
		t->edges.items[n->last].next = edge;
	n->last = edge;
}

bool disqualify_require(struct disqualify *t, uint32_t node, uint32_t required)
{
	enum pruning own;

	if (is_root(t, required, &own) && disqualify_is_out(t, required, own)) {
		disqualify_node(t, node, PRUNING_PRUNED, required);
		return false;
	}
	if (disqualify_is_out(t, required, PRUNING_UNPRUNED)) {
		disqualify_node(t, node, PRUNING_UNPRUNED, required);
		if (!is_root(t, node, &own))
			return false;
	}
	add_edge(t, node, required);
	return true;
}

bool disqualify_is_out(const struct disqualify *t, uint32_t node, enum pruning pruning)
{
	return node < t->nodes.n && t->nodes.items[node].why[pruning] != MODTAB_NONE;
}

size_t disqualify_path(const struct disqualify *t, uint32_t node, enum pruning pruning,
		       uint32_t **path, bool *unreadable)
{
	VEC(uint32_t) list = { 0 };

	*unreadable = false;
	for (;;) {
		enum pruning own;
		uint32_t why;

		if (is_root(t, node, &own) && own == PRUNING_UNPRUNED)
			pruning = PRUNING_UNPRUNED;
		if (!disqualify_is_out(t, node, pruning))
			break;
		why = t->nodes.items[node].why[pruning];
		vec_push(&list, node);
		*unreadable = why == DISQUALIFY_UNREADABLE;
		if (*unreadable || why == node)
			break;
		node = why;
	}
	*path = list.items;
	return list.n;
}
