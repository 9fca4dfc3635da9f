#include "screens/graph_inverted.h"

#include "screens/graph_tree.h"
#include "texts/describe.h"

static const struct graph_inverted *of(const void *ctx)
{
	return ctx;
}

/* A place in the tree: `requirer` asks for `wanted`. */
static uint64_t place(uint32_t wanted, uint32_t requirer)
{
	return (uint64_t)wanted << 32 | requirer;
}

/* The inverted tree: below its module are the requirers of any version of it, below them theirs. */

static size_t requirers_of_path(const struct load_graph *g, const char *path)
{
	const struct load_module *m = load_graph_module(g, path);

	return m ? m->asked : 0;
}

static uint64_t requirer_of_path(const struct load_graph *g, const char *path, size_t k)
{
	const struct load_module *m = load_graph_module(g, path);

	for (uint32_t i = 0; m && i < m->versions; i++) {
		uint32_t node = g->by_module[m->first + i];

		if (k < g->nodes[node].n_requirers)
			return place(node, g->requirers[g->nodes[node].first + k]);
		k -= g->nodes[node].n_requirers;
	}
	return place(0, 0);
}

/* Parents first: the root is the module itself. */
#define INVERTED_TOP (UINT64_MAX - 1)

static size_t inverted_children(void *ctx, uint64_t node)
{
	const struct graph_inverted *s = of(ctx);

	if (!s->g || !s->path)
		return 0;
	if (node == TREE_ROOT)
		return 1;
	if (node == INVERTED_TOP)
		return requirers_of_path(s->g, s->path);
	return s->g->nodes[(uint32_t)node].n_requirers;
}

static uint64_t inverted_child(void *ctx, uint64_t node, size_t i)
{
	const struct graph_inverted *s = of(ctx);
	uint32_t at = (uint32_t)node;

	if (node == TREE_ROOT)
		return INVERTED_TOP;
	if (node == INVERTED_TOP)
		return requirer_of_path(s->g, s->path, i);
	return place(at, s->g->requirers[s->g->nodes[at].first + i]);
}

static uint64_t inverted_key(void *ctx, uint64_t node)
{
	const struct load_graph *g = of(ctx)->g;

	if (node == INVERTED_TOP)
		return 3;
	return graph_tree_key(g, (uint32_t)node) * 31 + graph_tree_key(g, (uint32_t)(node >> 32));
}

static void inverted_top_cell(const struct graph_inverted *s, unsigned column, struct line *out)
{
	const struct load_module *m = load_graph_module(s->g, s->path);

	if (column == GRAPH_TREE_MODULE)
		line_add(out, STYLE_STRONG, s->path);
	else if (column == GRAPH_TREE_ASKED && m)
		describe_line_version(out, STYLE_STRONG, m->version);
}

static void inverted_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct graph_inverted *s = of(ctx);
	uint32_t wanted = (uint32_t)(at->node >> 32), requirer = (uint32_t)at->node;
	const struct load_node *n;

	if (at->node == INVERTED_TOP) {
		inverted_top_cell(s, column, out);
		return;
	}
	n = &s->g->nodes[requirer];
	if (column == GRAPH_TREE_MODULE) {
		line_add(out, n->selected ? STYLE_NORMAL : STYLE_QUIET, n->path);
		if (n->version[0])
			line_addf(out, STYLE_QUIET, "@%s", n->version);
	} else if (column == GRAPH_TREE_ASKED) {
		line_add(out, STYLE_QUIET, "wants ");
		graph_tree_asked(s->g, wanted, out);
	} else if (column == GRAPH_TREE_SELECTED) {
		if (s->g->nodes[wanted].selected)
			line_glyph(out, STYLE_GOOD, GLYPH_ON);
	} else if (!n->selected) {
		line_add(out, STYLE_QUIET, "superseded");
	}
}

static const struct tree_ops inverted_ops = {
	.children = inverted_children,
	.child = inverted_child,
	.key = inverted_key,
	.cell = inverted_cell,
};

static const struct list_column inverted_columns[] = {
	{ .id = "module",
	  .title = "is asked for by",
	  .min = 34,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "decides", .title = "", .min = 1, .max = 1 },
	{ .id = "wanted", .title = "", .min = 12, .max = 54, .whole = true },
	{ .id = "state", .title = "", .min = 10, .max = 10, .priority = 2 },
};

/* Requirers are not filtered: the cursor goes to the next match among unfolded rows. */
struct inverted_search {
	struct graph_inverted *s;
	struct fuzzy f;
};

static bool inverted_matches(void *ctx, size_t row)
{
	struct inverted_search *q = ctx;
	const struct tree_place *at = tree_place(&q->s->tree, row);
	const char *path = at->node == INVERTED_TOP ? q->s->path
						    : q->s->g->nodes[(uint32_t)at->node].path;

	return fuzzy_match(&q->f, path, strlen(path));
}

void graph_inverted_search(struct graph_inverted *s, const char *text)
{
	struct inverted_search q = { .s = s };

	fuzzy_set(&q.f, text);
	if (!fuzzy_empty(&q.f))
		list_search(&s->tree.list, 1, inverted_matches, &q);
}

void graph_inverted_init(struct graph_inverted *s)
{
	tree_init(&s->tree, &inverted_ops, s, inverted_columns, ARRAY_LEN(inverted_columns));
	s->tree.list.header = true;
}

void graph_inverted_release(struct graph_inverted *s)
{
	tree_release(&s->tree);
	free(s->path);
}

void graph_inverted_set(struct graph_inverted *s, const struct load_graph *g)
{
	s->g = g;
	tree_refresh(&s->tree);
}

void graph_inverted_start(struct graph_inverted *s, const char *path)
{
	char *copy = xstrdup(path);

	free(s->path);
	s->path = copy;
	tree_fold_all(&s->tree);
	tree_refresh(&s->tree);
	list_move(&s->tree.list, LIST_TOP);
	tree_unfold(&s->tree, 0);
}

uint32_t graph_inverted_at(const struct graph_inverted *s, uint64_t node)
{
	const struct load_module *m;

	if (node != INVERTED_TOP)
		return (uint32_t)node;
	m = load_graph_module(s->g, s->path);
	return m ? m->node : UINT32_MAX;
}
