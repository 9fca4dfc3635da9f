#include "gauge.h"
#include "view_cache.h"

/* The root is node 0, "" ; a node's children are found while building by looking at the last one only, as entries are sorted. */

static struct cache_du *of(void *ctx)
{
	return &((struct cache_view *)((struct view *)ctx)->state)->du;
}

static uint32_t add_node(struct cache_du *du, uint32_t parent, const char *name, size_t len,
			 uint32_t entry)
{
	vec_push(&du->nodes, (struct cache_du_node){ .name = name,
						     .name_len = (uint32_t)len,
						     .parent = parent,
						     .entry = entry });
	return (uint32_t)du->nodes.n - 1;
}

static bool same_name(const struct cache_du_node *n, const char *name, size_t len)
{
	return n->name_len == len && memcmp(n->name, name, len) == 0;
}

static void sum_up(struct cache_du *du, uint32_t leaf)
{
	const struct cache_entry *e = &du->r->entries[du->nodes.items[leaf].entry];

	for (uint32_t at = leaf;; at = du->nodes.items[at].parent) {
		struct cache_du_node *n = &du->nodes.items[at];

		n->bytes += cache_entry_bytes(e);
		n->entries++;
		n->worst = MAX(n->worst, e->state);
		if (!at)
			break;
	}
}

enum { MAX_DEPTH = 64 };

/* stack[d] is the node of the d-th element of the path before: shared as far as it is equal. */
static void add_entry(struct cache_du *du, uint32_t i, uint32_t *stack, size_t *depth)
{
	const char *p = du->r->entries[i].mod.path;
	size_t d = 0;

	while (*p && d + 1 < MAX_DEPTH) {
		size_t len = strcspn(p, "/");

		d++;
		if (d > *depth || !same_name(&du->nodes.items[stack[d]], p, len)) {
			stack[d] = add_node(du, stack[d - 1], p, len, UINT32_MAX);
			*depth = d;
		}
		p += len + (p[len] == '/');
	}
	*depth = d;
	sum_up(du, add_node(du, stack[d], du->r->entries[i].mod.version,
			    strlen(du->r->entries[i].mod.version), i));
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

static void order_children(struct cache_du *du)
{
	size_t n = du->nodes.n - 1;
	struct order_key *keys = xreallocarray(NULL, n + 1, sizeof(*keys));

	for (uint32_t i = 0; i < n; i++) {
		const struct cache_du_node *node = &du->nodes.items[i + 1];

		keys[i] = (struct order_key){ node->bytes, node->parent, i + 1 };
	}
	qsort(keys, n, sizeof(*keys), by_parent_and_size);
	free(du->order);
	du->order = xreallocarray(NULL, n + 1, sizeof(*du->order));
	for (uint32_t i = 0; i < n; i++) {
		struct cache_du_node *parent = &du->nodes.items[keys[i].parent];

		du->order[i] = keys[i].node;
		if (!parent->n++)
			parent->first = i;
	}
	free(keys);
}

void cache_du_refresh(struct cache_du *du, const struct cache_report *r)
{
	uint32_t stack[MAX_DEPTH] = { 0 };
	size_t depth = 0;

	du->r = r;
	du->nodes.n = 0;
	add_node(du, 0, "", 0, UINT32_MAX);
	for (uint32_t i = 0; i < r->n; i++)
		add_entry(du, i, stack, &depth);
	order_children(du);
	tree_refresh(&du->tree);
}

static size_t du_children(void *ctx, uint64_t node)
{
	const struct cache_du *du = of(ctx);

	if (!du->nodes.n)
		return 0;
	return du->nodes.items[node == TREE_ROOT ? 0 : node].n;
}

static uint64_t du_child(void *ctx, uint64_t node, size_t i)
{
	const struct cache_du *du = of(ctx);

	return du->order[du->nodes.items[node == TREE_ROOT ? 0 : node].first + i];
}

static uint64_t du_key(void *ctx, uint64_t node)
{
	const struct cache_du_node *n = &of(ctx)->nodes.items[node];

	return hash_bytes(n->name, n->name_len, 9) | 1;
}

enum { COLUMN_NAME, COLUMN_SIZE, COLUMN_BAR, COLUMN_ENTRIES, COLUMN_STATE };

static void du_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct cache_du *du = of(ctx);
	const struct cache_du_node *n = &du->nodes.items[at->node];
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_NAME:
		if (n->entry != UINT32_MAX)
			line_add(out, STYLE_QUIET, "@");
		line_addn(out, STYLE_NORMAL, n->name, n->name_len);
		break;
	case COLUMN_SIZE:
		gauge_bytes(&b, n->bytes);
		line_add(out, STYLE_NORMAL, b.data);
		break;
	case COLUMN_BAR:
		gauge_add(out, STYLE_QUIET, 10, n->bytes, du->nodes.items[n->parent].bytes);
		break;
	case COLUMN_ENTRIES:
		if (n->entry == UINT32_MAX)
			line_addf(out, STYLE_QUIET, "%u", n->entries);
		break;
	default:
		if (n->worst > CACHE_ABSENT || n->worst == CACHE_OK) {
			line_glyph(out, cache_state_style(n->worst), cache_state_glyph(n->worst));
			line_addf(out, cache_state_style(n->worst), " %s",
				  cache_state_name(n->worst));
		}
	}
	buf_release(&b);
}

static const struct tree_ops tree_ops = {
	.children = du_children, .child = du_child, .key = du_key, .cell = du_cell
};

static const struct list_column columns[] = {
	{ .id = "name", .title = "path", .min = 24, .flex = 1, .match = true, .cut = CUT_MIDDLE },
	{ .id = "size", .title = "size", .min = 9, .right = true },
	{ .id = "share", .title = "of its parent", .min = 13, .priority = 2 },
	{ .id = "entries", .title = "entries", .min = 7, .right = true, .priority = 3 },
	{ .id = "state", .title = "worst", .min = 10, .priority = 1 },
};

void cache_du_init(struct cache_du *du, struct view *v)
{
	tree_init(&du->tree, &tree_ops, v, columns, ARRAY_LEN(columns));
	du->tree.list.header = true;
}

void cache_du_release(struct cache_du *du)
{
	tree_release(&du->tree);
	vec_release(&du->nodes);
	free(du->order);
}

const struct cache_entry *cache_du_entry(const struct cache_du *du)
{
	const struct tree_place *at = tree_at(&du->tree);
	uint32_t entry;

	if (!at || at->node >= du->nodes.n)
		return NULL;
	entry = du->nodes.items[at->node].entry;
	return entry == UINT32_MAX ? NULL : &du->r->entries[entry];
}

void cache_du_doc(const struct cache_du *du, struct doc *d)
{
	const struct tree_place *at = tree_at(&du->tree);
	const struct cache_du_node *n;
	struct buf b = BUF_INIT;

	if (!at || at->node >= du->nodes.n)
		return;
	n = &du->nodes.items[at->node];
	doc_heading_line(d);
	doc_addn(d, STYLE_STRONG, n->name, n->name_len);
	gauge_bytes(&b, n->bytes);
	doc_field(d, "size");
	doc_add(d, STYLE_NORMAL, b.data);
	doc_field(d, "entries");
	doc_addf(d, STYLE_NORMAL, "%u", n->entries);
	doc_field(d, "worst");
	doc_add(d, cache_state_style(n->worst), cache_state_name(n->worst));
	buf_release(&b);
}
