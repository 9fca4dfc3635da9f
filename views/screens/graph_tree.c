#include "screens/graph_tree.h"

#include "texts/describe.h"

static const struct graph_tree *of(const void *ctx)
{
	return ctx;
}

uint64_t graph_tree_key(const struct load_graph *g, uint32_t node)
{
	const struct load_node *n = &g->nodes[node];

	return hash_bytes(n->version, strlen(n->version), hash_bytes(n->path, strlen(n->path), 7)) |
	       1;
}

/* The tree of requirements: nodes are node numbers. */

static size_t tree_children(void *ctx, uint64_t node)
{
	const struct load_graph *g = of(ctx)->g;
	size_t n = 0;

	if (g && node == TREE_ROOT)
		modgraph_roots(g->mg, &n);
	else if (g)
		load_graph_required(g, (uint32_t)node, &n);
	return n;
}

static uint64_t tree_child(void *ctx, uint64_t node, size_t i)
{
	const struct load_graph *g = of(ctx)->g;
	size_t n;

	if (node == TREE_ROOT)
		return modgraph_roots(g->mg, &n)[i];
	return load_graph_required(g, (uint32_t)node, &n)[i];
}

static uint64_t tree_key(void *ctx, uint64_t node)
{
	return graph_tree_key(of(ctx)->g, (uint32_t)node);
}

/* Nodes of a filtered tree: shown, and shown with children. */
enum { KEEP = 1, KEEP_BELOW = 2 };

bool graph_tree_busy(const struct graph_tree *s)
{
	return s->keep && s->keep_at < s->g->n_modules;
}

/* Only the shortest of the paths to a match is shown. */
static bool tree_keep(void *ctx, uint64_t parent, uint64_t node)
{
	const struct graph_tree *s = of(ctx);

	if (!s->keep || graph_tree_busy(s))
		return true;
	return s->keep[node] &&
	       (parent == TREE_ROOT || load_graph_parent(s->g, (uint32_t)node) == parent);
}

static bool tree_leaf(void *ctx, uint64_t node)
{
	const struct graph_tree *s = of(ctx);

	if (!s->keep || graph_tree_busy(s))
		return tree_children(ctx, node) == 0;
	return !(s->keep[node] & KEEP_BELOW);
}

void graph_tree_asked(const struct load_graph *g, uint32_t node, struct line *out)
{
	const struct load_node *n = &g->nodes[node];

	describe_line_version(out, n->selected ? STYLE_NORMAL : STYLE_QUIET, n->version);
}

/* "v0.110.8 → v0.112.1": the required version, and the selected one if different. */
static void cell_versions(const struct load_graph *g, uint32_t node, struct line *out)
{
	const struct load_module *m = load_graph_module_of(g, node);

	graph_tree_asked(g, node, out);
	if (g->nodes[node].selected || !m)
		return;
	line_add(out, STYLE_NORMAL, " ");
	line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
	line_add(out, STYLE_NORMAL, " ");
	describe_line_version(out, STYLE_STRONG, m->version);
}

static void cell_selected(const struct load_graph *g, uint32_t node, struct line *out)
{
	if (g->nodes[node].selected && g->nodes[node].version[0])
		line_glyph(out, STYLE_GOOD, GLYPH_ON);
}

/* Facts are about the selected version. */
static void cell_marks(const struct graph_tree *s, uint32_t node, struct line *out)
{
	const struct load_node *n = &s->g->nodes[node];

	if (n->selected && n->module != UINT32_MAX)
		module_facts_line(s->facts, n->module, out);
	if (!n->read && n->depth) {
		line_add(out, STYLE_QUIET, out->text.len ? ", " : "");
		/* where a file could not be read, it may be this one */
		line_add(out, STYLE_QUIET, err_is_set(&s->g->broken) ? "not read" : "pruned");
	}
}

static void tree_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct load_graph *g = of(ctx)->g;
	uint32_t node = (uint32_t)at->node;

	switch (column) {
	case GRAPH_TREE_MODULE:
		line_add(out, g->nodes[node].selected ? STYLE_NORMAL : STYLE_QUIET,
			 g->nodes[node].path);
		break;
	case GRAPH_TREE_ASKED: cell_versions(g, node, out); break;
	case GRAPH_TREE_SELECTED: cell_selected(g, node, out); break;
	default: cell_marks(of(ctx), node, out);
	}
}

static const struct tree_ops tree_ops = {
	.children = tree_children,
	.child = tree_child,
	.key = tree_key,
	.keep = tree_keep,
	.leaf = tree_leaf,
	.cell = tree_cell,
};

static const struct list_column tree_columns[] = {
	{ .id = "module",
	  .title = "module",
	  .min = 34,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "decides", .title = "", .min = 1, .max = 1 },
	{ .id = "versions", .title = "asks for", .min = 20, .max = 99, .whole = true },
	{ .id = "marks", .title = "", .min = 12, .max = 60, .priority = 2, .cut = CUT_END },
};

void graph_tree_init(struct graph_tree *t, const struct module_facts *facts)
{
	t->facts = facts;
	tree_init(&t->tree, &tree_ops, t, tree_columns, ARRAY_LEN(tree_columns));
	t->tree.list.header = true;
	fuzzy_set(&t->filter, "");
}

void graph_tree_release(struct graph_tree *t)
{
	tree_release(&t->tree);
	free(t->keep);
}

/* A filtered tree shows the matches, each on a shortest chain from a main module, computed in slices. */
static void begin_keep(struct graph_tree *s)
{
	free(s->keep);
	s->keep = NULL;
	s->n_matches = 0;
	s->keep_at = 0;
	if (!fuzzy_empty(&s->filter) && s->g)
		s->keep = xcalloc(s->g->n_nodes + 1, 1);
}

/* Goes up the chain to a node that is already kept. */
static void keep_chain(struct graph_tree *s, uint32_t node)
{
	unsigned below = 0;

	for (; node != UINT32_MAX && !s->keep[node]; node = load_graph_parent(s->g, node)) {
		s->keep[node] = (uint8_t)(KEEP | below);
		below = KEEP_BELOW;
	}
	if (node != UINT32_MAX)
		s->keep[node] |= (uint8_t)below;
}

enum { KEEP_SLICE = 8000, UNFOLD_MAX = 500 };

/* Matches the path or the facts. */
static bool is_match(const struct graph_tree *s, size_t module)
{
	struct buf b = BUF_INIT;
	bool yes;

	buf_addstr(&b, s->g->modules[module].path);
	module_facts_words(s->facts, module, &b);
	yes = fuzzy_match(&s->filter, b.data, b.len);
	buf_release(&b);
	return yes;
}

/* From the root the cursor goes to the first match, so that the next action applies to it. */
static void go_to_match(struct graph_tree *s)
{
	struct list *l = &s->tree.list;

	for (size_t row = 0; row < list_count(l); row++) {
		const struct load_module *m =
			load_graph_module_of(s->g, (uint32_t)tree_place(&s->tree, row)->node);

		if (m && is_match(s, (size_t)(m - s->g->modules))) {
			list_go(l, row);
			return;
		}
	}
}

static void unfold_matches(struct graph_tree *s)
{
	tree_refresh(&s->tree);
	for (size_t row = list_count(&s->tree.list); row-- > 0;)
		if (tree_place(&s->tree, row)->depth == 0)
			tree_unfold_below(&s->tree, row, 16, UNFOLD_MAX, true);
	go_to_match(s);
}

/* The selected version or, if nothing requires it, the highest required one. */
static uint32_t node_in_graph(const struct load_graph *g, const struct load_module *m)
{
	uint32_t node = m->node;

	for (uint32_t i = 0; i < m->versions && g->nodes[node].depth == UINT32_MAX; i++)
		node = g->by_module[m->first + i];
	return node;
}

bool graph_tree_work(struct graph_tree *s)
{
	uint32_t end;

	if (!graph_tree_busy(s))
		return false;
	end = s->keep_at + MIN(KEEP_SLICE, (uint32_t)s->g->n_modules - s->keep_at);
	for (; s->keep_at < end; s->keep_at++) {
		if (!is_match(s, s->keep_at))
			continue;
		keep_chain(s, node_in_graph(s->g, &s->g->modules[s->keep_at]));
		s->n_matches++;
	}
	if (!graph_tree_busy(s))
		unfold_matches(s);
	return graph_tree_busy(s);
}

void graph_tree_filter(struct graph_tree *s, const char *text)
{
	fuzzy_set(&s->filter, text);
	begin_keep(s);
	if (!graph_tree_work(s) && !s->keep)
		tree_refresh(&s->tree);
}

static void unfold_first(struct graph_tree *s)
{
	if (list_count(&s->tree.list) && tree_place(&s->tree, 0)->depth == 0 &&
	    !tree_place(&s->tree, 0)->open)
		tree_unfold(&s->tree, 0);
}

void graph_tree_set(struct graph_tree *s, const struct load_graph *g)
{
	s->g = g;
	begin_keep(s);
	tree_refresh(&s->tree);
	unfold_first(s);
}

bool graph_tree_go(struct graph_tree *s, uint32_t node)
{
	uint32_t chain[256];
	uint64_t keys[256];
	size_t n = load_graph_chain(s->g, node, chain, ARRAY_LEN(chain));

	for (size_t i = 0; i < n; i++)
		keys[i] = graph_tree_key(s->g, chain[i]);
	return n && tree_go_path(&s->tree, keys, n);
}
