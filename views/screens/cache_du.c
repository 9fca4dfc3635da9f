#include "screens/cache_du.h"

#include "gauge.h"
#include "screens/cache_doc.h"

static const struct cache_du *of(const void *ctx)
{
	return ctx;
}

void cache_du_refresh(struct cache_du *du, const struct cache_report *r, const struct cachetree *ct)
{
	du->r = r;
	du->ct = ct;
	tree_refresh(&du->tree);
}

static size_t du_children(void *ctx, uint64_t node)
{
	const struct cache_du *du = of(ctx);

	return du->ct ? du->ct->nodes[node == TREE_ROOT ? 0 : node].n : 0;
}

static uint64_t du_child(void *ctx, uint64_t node, size_t i)
{
	const struct cache_du *du = of(ctx);

	return du->ct->order[du->ct->nodes[node == TREE_ROOT ? 0 : node].first + i];
}

static uint64_t du_key(void *ctx, uint64_t node)
{
	const struct cachetree_node *n = &of(ctx)->ct->nodes[node];

	return hash_bytes(n->name, n->name_len, 9) | 1;
}

enum { COLUMN_NAME, COLUMN_SIZE, COLUMN_BAR, COLUMN_ENTRIES, COLUMN_STATE };

static void du_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct cache_du *du = of(ctx);
	const struct cachetree_node *n = &du->ct->nodes[at->node];
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
		gauge_add(out, STYLE_QUIET, 10, n->bytes, du->ct->nodes[n->parent].bytes);
		break;
	case COLUMN_ENTRIES:
		if (n->entry == UINT32_MAX)
			line_addf(out, STYLE_QUIET, "%u", n->entries);
		break;
	default:
		if (n->worst > CACHE_ABSENT || n->worst == CACHE_OK) {
			line_glyph(out, cache_doc_style(n->worst), cache_doc_glyph(n->worst));
			line_addf(out, cache_doc_style(n->worst), " %s",
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

void cache_du_init(struct cache_du *du)
{
	tree_init(&du->tree, &tree_ops, du, columns, ARRAY_LEN(columns));
	du->tree.list.header = true;
}

void cache_du_release(struct cache_du *du)
{
	tree_release(&du->tree);
}

const struct cache_entry *cache_du_entry(const struct cache_du *du)
{
	const struct tree_place *at = tree_at(&du->tree);
	uint32_t entry;

	if (!at || !du->ct || at->node >= du->ct->n)
		return NULL;
	entry = du->ct->nodes[at->node].entry;
	return entry == UINT32_MAX ? NULL : &du->r->entries[entry];
}

void cache_du_doc(const struct cache_du *du, struct doc *d)
{
	const struct tree_place *at = tree_at(&du->tree);
	const struct cachetree_node *n;
	struct buf b = BUF_INIT;

	if (!at || !du->ct || at->node >= du->ct->n)
		return;
	n = &du->ct->nodes[at->node];
	doc_heading_line(d);
	doc_addn(d, STYLE_STRONG, n->name, n->name_len);
	gauge_bytes(&b, n->bytes);
	doc_field(d, "size");
	doc_add(d, STYLE_NORMAL, b.data);
	doc_field(d, "entries");
	doc_addf(d, STYLE_NORMAL, "%u", n->entries);
	doc_field(d, "worst");
	doc_add(d, cache_doc_style(n->worst), cache_state_name(n->worst));
	buf_release(&b);
}
