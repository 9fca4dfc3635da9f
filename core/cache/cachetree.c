#include "cache/cachetree.h"

/* A node's children are found while building by looking at the last one only, as entries are sorted. */
struct making {
	const struct cache_report *r;
	VEC(struct cachetree_node) nodes;
};

static uint32_t add_node(struct making *m, uint32_t parent, const char *name, size_t len,
			 uint32_t entry)
{
	vec_push(&m->nodes, (struct cachetree_node){ .name = name,
						     .name_len = (uint32_t)len,
						     .parent = parent,
						     .entry = entry });
	return (uint32_t)m->nodes.n - 1;
}

static bool same_name(const struct cachetree_node *n, const char *name, size_t len)
{
	return n->name_len == len && memcmp(n->name, name, len) == 0;
}

static void sum_up(struct making *m, uint32_t leaf)
{
	const struct cache_entry *e = &m->r->entries[m->nodes.items[leaf].entry];

	for (uint32_t at = leaf;; at = m->nodes.items[at].parent) {
		struct cachetree_node *n = &m->nodes.items[at];

		n->bytes += cache_entry_bytes(e);
		n->entries++;
		n->worst = MAX(n->worst, e->state);
		if (!at)
			break;
	}
}

enum { MAX_DEPTH = 64 };

/* stack[d] is the node of the d-th element of the path before: shared as far as it is equal. */
static void add_entry(struct making *m, uint32_t i, uint32_t *stack, size_t *depth)
{
	const char *p = m->r->entries[i].mod.path;
	size_t d = 0;

	while (*p && d + 1 < MAX_DEPTH) {
		size_t len = strcspn(p, "/");

		d++;
		if (d > *depth || !same_name(&m->nodes.items[stack[d]], p, len)) {
			stack[d] = add_node(m, stack[d - 1], p, len, UINT32_MAX);
			*depth = d;
		}
		p += len + (p[len] == '/');
	}
	*depth = d;
	sum_up(m, add_node(m, stack[d], m->r->entries[i].mod.version,
			   strlen(m->r->entries[i].mod.version), i));
}

struct order_key {
	uint64_t bytes;
	uint32_t parent, node;
};

static int by_parent_and_size(const void *va, const void *vb)
{
	const struct order_key *a = va, *b = vb;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return a->node < b->node ? -1 : 1;
}

static uint32_t *order_children(struct making *m, struct arena *a)
{
	size_t n = m->nodes.n - 1;
	struct order_key *keys = xreallocarray(NULL, n + 1, sizeof(*keys));
	uint32_t *order = arena_alloc(a, (n + 1) * sizeof(*order));

	for (uint32_t i = 0; i < n; i++) {
		const struct cachetree_node *node = &m->nodes.items[i + 1];

		keys[i] = (struct order_key){ node->bytes, node->parent, i + 1 };
	}
	qsort(keys, n, sizeof(*keys), by_parent_and_size);
	for (uint32_t i = 0; i < n; i++) {
		struct cachetree_node *parent = &m->nodes.items[keys[i].parent];

		order[i] = keys[i].node;
		if (!parent->n++)
			parent->first = i;
	}
	free(keys);
	return order;
}

void cachetree_make(struct cachetree *ct, const struct cache_report *r, struct arena *a)
{
	struct making m = { .r = r };
	uint32_t stack[MAX_DEPTH] = { 0 };
	size_t depth = 0;

	add_node(&m, 0, "", 0, UINT32_MAX);
	for (uint32_t i = 0; i < r->n; i++)
		add_entry(&m, i, stack, &depth);
	ct->order = order_children(&m, a);
	ct->n = m.nodes.n;
	ct->nodes = arena_memdup(a, m.nodes.items, ct->n * sizeof(*ct->nodes));
	vec_release(&m.nodes);
}
