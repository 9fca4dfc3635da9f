#include "screens/view_graph.h"

#include "cache/cache.h"
#include "gofiles/semver.h"
#include "gauge.h"

static struct graph_view *state(void *v)
{
	return graph_state(v);
}

const struct load_module *graph_module_of(const struct load_graph *g, uint32_t node)
{
	uint32_t m = node < g->n_nodes ? g->nodes[node].module : UINT32_MAX;

	return m == UINT32_MAX ? NULL : &g->modules[m];
}

static uint64_t hash_node(const struct load_graph *g, uint32_t node)
{
	const struct load_node *n = &g->nodes[node];

	return hash_bytes(n->version, strlen(n->version), hash_bytes(n->path, strlen(n->path), 7)) |
	       1;
}

size_t graph_chain(const struct load_graph *g, uint32_t node, uint32_t *chain, size_t max)
{
	size_t n = 0;

	if (g->nodes[node].depth == UINT32_MAX)
		return 0;
	for (; node != UINT32_MAX && n < max; node = load_graph_parent(g, node))
		chain[n++] = node;
	for (size_t i = 0; i < n / 2; i++) {
		uint32_t t = chain[i];

		chain[i] = chain[n - 1 - i];
		chain[n - 1 - i] = t;
	}
	return n;
}

/* The tree of requirements: nodes are node numbers. */

static size_t tree_children(void *ctx, uint64_t node)
{
	const struct load_graph *g = state(ctx)->g;
	size_t n = 0;

	if (g && node == TREE_ROOT)
		modgraph_roots(g->mg, &n);
	else if (g)
		load_graph_required(g, (uint32_t)node, &n);
	return n;
}

static uint64_t tree_child(void *ctx, uint64_t node, size_t i)
{
	const struct load_graph *g = state(ctx)->g;
	size_t n;

	if (node == TREE_ROOT)
		return modgraph_roots(g->mg, &n)[i];
	return load_graph_required(g, (uint32_t)node, &n)[i];
}

static uint64_t tree_key(void *ctx, uint64_t node)
{
	return hash_node(state(ctx)->g, (uint32_t)node);
}

/* Of a filtered tree: a place of it, and one with places below. */
enum { KEEP = 1, KEEP_BELOW = 2 };

static bool keep_busy(const struct graph_view *s)
{
	return s->keep && s->keep_at < s->g->n_modules;
}

/* Of the many ways to a match only the shortest is shown. */
static bool tree_keep(void *ctx, uint64_t parent, uint64_t node)
{
	const struct graph_view *s = state(ctx);

	if (!s->keep || keep_busy(s))
		return true;
	return s->keep[node] &&
	       (parent == TREE_ROOT || load_graph_parent(s->g, (uint32_t)node) == parent);
}

static bool tree_leaf(void *ctx, uint64_t node)
{
	const struct graph_view *s = state(ctx);

	if (!s->keep || keep_busy(s))
		return tree_children(ctx, node) == 0;
	return !(s->keep[node] & KEEP_BELOW);
}

static void cell_asked(const struct load_graph *g, uint32_t node, struct line *out)
{
	const struct load_node *n = &g->nodes[node];

	line_version(out, n->selected ? STYLE_NORMAL : STYLE_QUIET, n->version);
}

/* "v0.110.8 → v0.112.1": what is asked for, and what is selected where that is another version. */
static void cell_versions(const struct load_graph *g, uint32_t node, struct line *out)
{
	const struct load_module *m = graph_module_of(g, node);

	cell_asked(g, node, out);
	if (g->nodes[node].selected || !m)
		return;
	line_add(out, STYLE_NORMAL, " ");
	line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
	line_add(out, STYLE_NORMAL, " ");
	line_version(out, STYLE_STRONG, m->version);
}

static void cell_selected(const struct load_graph *g, uint32_t node, struct line *out)
{
	if (g->nodes[node].selected && g->nodes[node].version[0])
		line_glyph(out, STYLE_GOOD, GLYPH_ON);
}

static void cell_marks(const struct load_graph *g, uint32_t node, struct line *out)
{
	const struct load_module *m = graph_module_of(g, node);

	if (m && m->replaced.path[0])
		line_add(out, STYLE_ATTENTION, "replaced");
	else if (!g->nodes[node].read && g->nodes[node].depth)
		line_add(out, STYLE_QUIET, "pruned");
}

enum { TREE_MODULE, TREE_SELECTED, TREE_ASKED, TREE_MARKS };

static void tree_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct load_graph *g = state(ctx)->g;
	uint32_t node = (uint32_t)at->node;

	switch (column) {
	case TREE_MODULE:
		line_add(out, g->nodes[node].selected ? STYLE_NORMAL : STYLE_QUIET,
			 g->nodes[node].path);
		break;
	case TREE_ASKED: cell_versions(g, node, out); break;
	case TREE_SELECTED: cell_selected(g, node, out); break;
	default: cell_marks(g, node, out);
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
	{ .id = "marks", .title = "", .min = 8, .max = 8, .priority = 2 },
};

/* The inverted tree: below its module stand all who ask for any version of it, below them those who ask for them. */

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
			return inverted_node(node, g->requirers[g->nodes[node].first + k]);
		k -= g->nodes[node].n_requirers;
	}
	return inverted_node(0, 0);
}

/* Parents first: the root is the module itself. */
#define INVERTED_TOP (UINT64_MAX - 1)

static size_t inverted_children(void *ctx, uint64_t node)
{
	const struct graph_view *s = state(ctx);

	if (!s->g || !s->inverted_path)
		return 0;
	if (node == TREE_ROOT)
		return 1;
	if (node == INVERTED_TOP)
		return requirers_of_path(s->g, s->inverted_path);
	return s->g->nodes[(uint32_t)node].n_requirers;
}

static uint64_t inverted_child(void *ctx, uint64_t node, size_t i)
{
	const struct graph_view *s = state(ctx);
	uint32_t at = (uint32_t)node;

	if (node == TREE_ROOT)
		return INVERTED_TOP;
	if (node == INVERTED_TOP)
		return requirer_of_path(s->g, s->inverted_path, i);
	return inverted_node(at, s->g->requirers[s->g->nodes[at].first + i]);
}

static uint64_t inverted_key(void *ctx, uint64_t node)
{
	const struct load_graph *g = state(ctx)->g;

	if (node == INVERTED_TOP)
		return 3;
	return hash_node(g, (uint32_t)node) * 31 + hash_node(g, (uint32_t)(node >> 32));
}

static void inverted_top_cell(const struct graph_view *s, unsigned column, struct line *out)
{
	const struct load_module *m = load_graph_module(s->g, s->inverted_path);

	if (column == TREE_MODULE)
		line_add(out, STYLE_STRONG, s->inverted_path);
	else if (column == TREE_ASKED && m)
		line_version(out, STYLE_STRONG, m->version);
}

static void inverted_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	const struct graph_view *s = state(ctx);
	uint32_t wanted = (uint32_t)(at->node >> 32), requirer = (uint32_t)at->node;
	const struct load_node *n;

	if (at->node == INVERTED_TOP) {
		inverted_top_cell(s, column, out);
		return;
	}
	n = &s->g->nodes[requirer];
	if (column == TREE_MODULE) {
		line_add(out, n->selected ? STYLE_NORMAL : STYLE_QUIET, n->path);
		if (n->version[0])
			line_addf(out, STYLE_QUIET, "@%s", n->version);
	} else if (column == TREE_ASKED) {
		line_add(out, STYLE_QUIET, "wants ");
		cell_asked(s->g, wanted, out);
	} else if (column == TREE_SELECTED) {
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

/* The table: one row a module of the build list. */

static size_t table_count(void *ctx)
{
	const struct load_graph *g = state(ctx)->g;

	return g ? g->n_modules : 0;
}

static uint64_t table_key(void *ctx, size_t row)
{
	const char *path = state(ctx)->g->modules[row].path;

	return hash_bytes(path, strlen(path), 5) | 1;
}

enum {
	TABLE_MODULE,
	TABLE_VERSION,
	TABLE_ASKED,
	TABLE_DEPTH,
	TABLE_SIZE,
	TABLE_AGE,
	TABLE_KIND,
	TABLE_VERSIONS,
	TABLE_MARKS
};

static void cell_size(const struct graph_view *s, size_t row, struct line *out)
{
	struct buf b = BUF_INIT;

	if (!s->sizes || !s->sizes[row])
		return;
	gauge_bytes(&b, s->sizes[row]);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

static void cell_age(struct view *v, size_t row, struct line *out)
{
	const struct graph_view *s = state(v);
	struct buf b = BUF_INIT;

	if (!s->times || !s->times[row])
		return;
	gauge_age(&b, app_time(v->app) - s->times[row]);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

static void table_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct load_module *m = &state(ctx)->g->modules[row];

	switch (column) {
	case TABLE_MODULE:
		line_add(out,
			 m->kind == LOAD_DIRECT || m->kind == LOAD_MAIN ? STYLE_STRONG
									: STYLE_NORMAL,
			 m->path);
		break;
	case TABLE_VERSION: line_version(out, STYLE_NORMAL, m->version); break;
	case TABLE_KIND:
		line_add(out, m->kind == LOAD_DEEP ? STYLE_QUIET : STYLE_NORMAL,
			 kind_name(m->kind));
		break;
	case TABLE_ASKED: line_addf(out, STYLE_NORMAL, "%u", m->asked); break;
	case TABLE_VERSIONS:
		line_addf(out, m->versions > 1 ? STYLE_NORMAL : STYLE_QUIET, "%u", m->versions);
		break;
	case TABLE_DEPTH: line_addf(out, STYLE_QUIET, "%u", m->depth); break;
	case TABLE_SIZE: cell_size(state(ctx), row, out); break;
	case TABLE_AGE: cell_age(ctx, row, out); break;
	default:
		if (m->replaced.path[0])
			line_addf(out, STYLE_ATTENTION, "replaced by %s", m->replaced.path);
	}
}

static const char *table_text(void *ctx, size_t row, size_t *len)
{
	const char *path = state(ctx)->g->modules[row].path;

	*len = strlen(path);
	return path;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_sizes(const struct graph_view *s, size_t a, size_t b)
{
	uint64_t x = s->sizes ? s->sizes[a] : 0, y = s->sizes ? s->sizes[b] : 0;

	return x > y ? -1 : x < y;
}

/* The oldest first; what is unknown last. */
static int compare_times(const struct graph_view *s, size_t a, size_t b)
{
	int64_t x = s->times ? s->times[a] : 0, y = s->times ? s->times[b] : 0;

	if (!x || !y)
		return !x - !y;
	return x < y ? -1 : x > y;
}

/* The most first, where more is worth more attention. */
static int table_compare(void *ctx, size_t ra, size_t rb, unsigned column)
{
	const struct load_module *a = &state(ctx)->g->modules[ra], *b = &state(ctx)->g->modules[rb];

	switch (column) {
	case TABLE_MODULE: return strcmp(a->path, b->path);
	case TABLE_VERSION: return semver_order(a->version, b->version);
	case TABLE_KIND: return compare_numbers(a->kind, b->kind);
	case TABLE_ASKED: return compare_numbers(b->asked, a->asked);
	case TABLE_VERSIONS: return compare_numbers(b->versions, a->versions);
	case TABLE_DEPTH: return compare_numbers(a->depth, b->depth);
	case TABLE_SIZE: return compare_sizes(state(ctx), ra, rb);
	case TABLE_AGE: return compare_times(state(ctx), ra, rb);
	default: return strcmp(b->replaced.path, a->replaced.path);
	}
}

static const struct list_ops table_ops = { .count = table_count,
					   .key = table_key,
					   .cell = table_cell };
static const struct rows_ops table_rows = { table_count, table_text, table_compare };

static const struct list_column table_columns[] = {
	{ .id = "module",
	  .title = "module",
	  .min = 30,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "selected", .title = "selected", .min = 8, .max = 48, .whole = true },
	{ .id = "asked", .title = "asked by", .min = 8, .max = 8, .right = true, .priority = 1 },
	{ .id = "depth", .title = "depth", .min = 5, .max = 5, .right = true, .priority = 4 },
	{ .id = "size", .title = "size", .min = 9, .max = 9, .right = true, .priority = 2 },
	{ .id = "age", .title = "age", .min = 5, .max = 6, .right = true, .priority = 3 },
	{ .id = "kind", .title = "kind", .min = 8, .max = 8, .priority = 5 },
	{ .id = "versions", .title = "versions", .min = 8, .max = 8, .right = true, .priority = 7 },
	{ .id = "marks", .title = "marks", .min = 8, .max = 42, .priority = 6, .cut = CUT_END },
};

/* The view */

static void use_mode(struct view *v, enum graph_mode mode)
{
	struct graph_view *s = state(v);

	s->mode = mode;
	v->tree = mode == GRAPH_TREE ? &s->tree : mode == GRAPH_INVERTED ? &s->inverted : NULL;
	v->list = mode == GRAPH_TABLE ? &s->table : &v->tree->list;
	v->rows = mode == GRAPH_TABLE ? &s->rows : NULL;
	view_touch(v);
}

static void graph_open(struct view *v)
{
	struct graph_view *s = state(v);

	tree_init(&s->tree, &tree_ops, v, tree_columns, ARRAY_LEN(tree_columns));
	tree_init(&s->inverted, &inverted_ops, v, inverted_columns, ARRAY_LEN(inverted_columns));
	list_init(&s->table, &table_ops, v, table_columns, ARRAY_LEN(table_columns));
	rows_init(&s->rows, &table_rows, v);
	s->table.rows = &s->rows;
	s->table.header = s->tree.list.header = s->inverted.list.header = true;
	fuzzy_set(&s->filter, "");
	boxgraph_init(&s->box);
	use_mode(v, GRAPH_TREE);
}

static void graph_release(struct view *v)
{
	struct graph_view *s = state(v);

	tree_release(&s->tree);
	tree_release(&s->inverted);
	list_release(&s->table);
	rows_release(&s->rows);
	boxgraph_release(&s->box);
	free(s->keep);
	free(s->inverted_path);
	free(s->drawn_title);
	free(s->sizes);
	part_unref(s->times_part);
	part_unref(s->sized);
	part_unref(s->part);
}

/* A filtered tree shows the matches, each on a shortest chain from a main module. Found out in slices. */
static void begin_keep(struct graph_view *s)
{
	free(s->keep);
	s->keep = NULL;
	s->n_matches = 0;
	s->keep_at = 0;
	if (!fuzzy_empty(&s->filter) && s->g)
		s->keep = xcalloc(s->g->n_nodes + 1, 1);
}

/* Up the chain until a node that is kept already. */
static void keep_chain(struct graph_view *s, uint32_t node)
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

static void unfold_matches(struct graph_view *s)
{
	tree_refresh(&s->tree);
	for (size_t row = list_count(&s->tree.list); row-- > 0;)
		if (tree_place(&s->tree, row)->depth == 0)
			tree_unfold_below(&s->tree, row, 16, UNFOLD_MAX, true);
}

/* The selected version, unless nobody asks for it: the greatest that somebody asks for. */
static uint32_t node_in_graph(const struct load_graph *g, const struct load_module *m)
{
	uint32_t node = m->node;

	for (uint32_t i = 0; i < m->versions && g->nodes[node].depth == UINT32_MAX; i++)
		node = g->by_module[m->first + i];
	return node;
}

static bool work_keep(struct graph_view *s)
{
	uint32_t end;

	if (!keep_busy(s))
		return false;
	end = s->keep_at + MIN(KEEP_SLICE, (uint32_t)s->g->n_modules - s->keep_at);
	for (; s->keep_at < end; s->keep_at++) {
		const struct load_module *m = &s->g->modules[s->keep_at];

		if (!fuzzy_match(&s->filter, m->path, strlen(m->path)))
			continue;
		keep_chain(s, node_in_graph(s->g, m));
		s->n_matches++;
	}
	if (!keep_busy(s))
		unfold_matches(s);
	return keep_busy(s);
}

/* Who asks is not filtered: the cursor goes to the next match among what is unfolded. */
struct inverted_search {
	struct graph_view *s;
	struct fuzzy f;
};

static bool inverted_matches(void *ctx, size_t row)
{
	struct inverted_search *q = ctx;
	const struct tree_place *at = tree_place(&q->s->inverted, row);
	const char *path = at->node == INVERTED_TOP ? q->s->inverted_path
						    : q->s->g->nodes[(uint32_t)at->node].path;

	return fuzzy_match(&q->f, path, strlen(path));
}

static void find_inverted(struct graph_view *s, const char *text)
{
	struct inverted_search q = { .s = s };

	fuzzy_set(&q.f, text);
	if (!fuzzy_empty(&q.f))
		list_search(&s->inverted.list, 1, inverted_matches, &q);
}

static void graph_filter(struct view *v, const char *text)
{
	struct graph_view *s = state(v);

	if (s->mode == GRAPH_INVERTED) {
		find_inverted(s, text);
		return;
	}
	fuzzy_set(&s->filter, text);
	begin_keep(s);
	if (!work_keep(s) && !s->keep)
		tree_refresh(&s->tree);
}

static bool graph_work(struct view *v)
{
	bool more;

	if (!keep_busy(state(v)))
		return false;
	more = work_keep(state(v));
	if (!more)
		view_touch(v);
	return more;
}

static void unfold_first(struct graph_view *s)
{
	if (list_count(&s->tree.list) && tree_place(&s->tree, 0)->depth == 0 &&
	    !tree_place(&s->tree, 0)->open)
		tree_unfold(&s->tree, 0);
}

static uint64_t bytes_of(const struct cache_entry *en)
{
	return en->download_bytes + en->tree_bytes;
}

static int by_path(const void *path, const void *entry)
{
	return strcmp(path, ((const struct cache_entry *)entry)->mod.path);
}

/* Entries and modules are both sorted by path; a replaced module's bytes are those of what replaces it. */
static void take_sizes(struct graph_view *s, const struct cache_report *c)
{
	size_t at = 0;

	free(s->sizes);
	s->sizes = xcalloc(s->g->n_modules + 1, sizeof(*s->sizes));
	for (size_t i = 0; i < s->g->n_modules; i++) {
		const struct load_module *m = &s->g->modules[i];
		const struct cache_entry *en;

		while (at < c->n && strcmp(c->entries[at].mod.path, m->path) < 0)
			at++;
		en = m->replaced.path[0] ? bsearch(m->replaced.path, c->entries, c->n,
						   sizeof(*c->entries), by_path)
		     : at < c->n && str_eq(c->entries[at].mod.path, m->path) ? &c->entries[at]
									     : NULL;
		if (en)
			s->sizes[i] = bytes_of(en);
	}
}

/* The columns of the table that other parts know; only when such a part is new. */
static void take_columns(struct view *v)
{
	struct graph_view *s = state(v);
	struct part *times = snapshot_part(app_snapshot(v->app), REQUEST(PART_TIMES));
	struct part *cache = best_cache_part(app_snapshot(v->app));
	const struct load_times *t = times ? times->data : NULL;
	bool changed = false;

	if (t && t->graph == s->g && times != s->times_part) {
		part_unref(s->times_part);
		s->times_part = part_ref(times);
		s->times = t->times;
		changed = true;
	}
	if (s->g && cache && cache != s->sized) {
		part_unref(s->sized);
		s->sized = part_ref(cache);
		take_sizes(s, ((const struct load_cache *)cache->data)->report);
		changed = true;
	}
	if (changed)
		rows_refresh(&s->rows);
}

static void want_columns(struct view *v)
{
	app_want(v->app, REQUEST(PART_TIMES));
	app_want(v->app, REQUEST(PART_CACHE));
}

static void graph_refresh(struct view *v)
{
	struct graph_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_GRAPH));

	if (!p || p == s->part) {
		take_columns(v);
		return;
	}
	part_unref(s->part);
	s->part = part_ref(p);
	s->g = p->data;
	s->times = NULL;
	part_unref(s->sized);
	s->sized = NULL;
	free(s->sizes);
	s->sizes = NULL;
	if (s->mode == GRAPH_TABLE)
		want_columns(v);
	take_columns(v);
	graph_draw_close(v);
	begin_keep(s);
	tree_refresh(&s->tree);
	tree_refresh(&s->inverted);
	unfold_first(s);
	rows_refresh(&s->rows);
	list_refresh(&s->table);
}

uint32_t graph_current_node(struct view *v)
{
	struct graph_view *s = state(v);
	const struct tree_place *at = v->tree ? tree_at(v->tree) : NULL;
	size_t row = list_row(v->list);
	const struct load_module *m;

	if (!s->g || row == LIST_NONE)
		return UINT32_MAX;
	if (s->mode == GRAPH_TABLE)
		return s->g->modules[row].node;
	if (!at)
		return UINT32_MAX;
	if (at->node == INVERTED_TOP) {
		m = load_graph_module(s->g, s->inverted_path);
		return m ? m->node : UINT32_MAX;
	}
	return (uint32_t)at->node;
}

const struct load_module *graph_current(struct view *v)
{
	struct graph_view *s = state(v);
	uint32_t node = graph_current_node(v);

	return node == UINT32_MAX ? NULL : graph_module_of(s->g, node);
}

static bool go_in_tree(struct graph_view *s, uint32_t node)
{
	uint32_t chain[256];
	uint64_t keys[256];
	size_t n = graph_chain(s->g, node, chain, ARRAY_LEN(chain));

	for (size_t i = 0; i < n; i++)
		keys[i] = hash_node(s->g, chain[i]);
	return n && tree_go_path(&s->tree, keys, n);
}

static bool graph_go(struct view *v, const char *target)
{
	struct graph_view *s = state(v);
	const struct load_module *m;
	char *path = xstrndup(target, strcspn(target, "@"));

	m = s->g ? load_graph_module(s->g, path) : NULL;
	free(path);
	if (!m)
		return false;
	graph_draw_close(v);
	if (s->mode == GRAPH_TABLE)
		return list_go(&s->table, (size_t)(m - s->g->modules));
	use_mode(v, GRAPH_TREE);
	return go_in_tree(s, m->node);
}

static void graph_place(struct view *v, struct buf *b)
{
	const struct load_module *m = graph_current(v);

	if (m)
		buf_addstr(b, m->path);
}

static void graph_heading(struct view *v, struct line *l)
{
	static const char *const modes[] = { "tree", "who asks", "table" };
	const struct graph_view *s = state(v);

	line_addf(l, STYLE_QUIET, "  %s", modes[s->mode]);
	if (!s->g)
		return;
	line_addf(l, STYLE_QUIET, "  %zu modules  %zu edges", s->g->n_modules, s->g->n_edges);
	if (!fuzzy_empty(&s->filter) && s->mode == GRAPH_TREE)
		line_addf(l, STYLE_MATCH, "  /%s  %zu modules match", s->filter.pattern,
			  s->n_matches);
	if (err_is_set(&s->g->broken))
		line_add(l, STYLE_BAD, "  incomplete");
}

static void graph_detail(struct view *v, struct doc *d)
{
	const struct graph_view *s = state(v);
	const struct load_module *m = graph_current(v);

	if (!m)
		return;
	if (v->rested)
		app_want(v->app, REQUEST(PART_VERSIONS, .versions = { m->path, false }));
	graph_module_doc(&(struct module_doc){ .g = s->g,
					       .m = m,
					       .node = graph_current_node(v),
					       .x = graph_explain(v, m),
					       .in = app_part(v->app, REQUEST(PART_IMPORTS)),
					       .v = graph_versions(v->app, m) },
			 d);
}

static void graph_follow(struct view *v, const struct doc_link *link)
{
	const struct graph_view *s = state(v);

	if (link->kind == LINK_MODULE)
		app_open(v->app, "explain", s->g->nodes[link->target].path);
	else if (link->kind == LINK_GOMOD)
		app_edit(v->app, s->g->gomod, (int)link->target);
}

static void graph_activate(struct view *v)
{
	const struct load_module *m = graph_current(v);

	if (m)
		app_open(v->app, "explain", m->path);
}

static bool graph_back(struct view *v)
{
	struct graph_view *s = state(v);

	if (s->drawing) {
		graph_draw_close(v);
		return true;
	}
	if (v->in_detail)
		return false;
	if (s->mode == GRAPH_INVERTED) {
		use_mode(v, GRAPH_TREE);
		return true;
	}
	if (s->mode == GRAPH_TREE && !fuzzy_empty(&s->filter)) {
		graph_filter(v, "");
		return true;
	}
	return false;
}

static void graph_copy(struct view *v, struct buf *b)
{
	const struct graph_view *s = state(v);
	uint32_t node = graph_current_node(v);

	if (node != UINT32_MAX)
		modver_text(b,
			    (struct modver){ s->g->nodes[node].path, s->g->nodes[node].version });
}

static void graph_command(struct view *v, struct buf *b)
{
	const struct load_module *m = graph_current(v);

	if (m)
		buf_addf(b, "modscope explain %s", m->path);
}

static bool not_drawing(void *ctx)
{
	return state(ctx)->g && !state(ctx)->drawing;
}

static bool has_current(void *ctx)
{
	return graph_current(ctx) != NULL && !state(ctx)->drawing;
}

static void run_invert(void *ctx, int arg)
{
	struct view *v = ctx;
	struct graph_view *s = state(v);
	const struct load_module *m = graph_current(v);

	(void)arg;
	if (s->mode == GRAPH_INVERTED) {
		use_mode(v, GRAPH_TREE);
		return;
	}
	free(s->inverted_path);
	s->inverted_path = xstrdup(m->path);
	tree_fold_all(&s->inverted);
	tree_refresh(&s->inverted);
	list_move(&s->inverted.list, LIST_TOP);
	tree_unfold(&s->inverted, 0);
	use_mode(v, GRAPH_INVERTED);
}

static void run_table(void *ctx, int arg)
{
	struct view *v = ctx;
	struct graph_view *s = state(v);
	const struct load_module *m = graph_current(v);
	uint32_t node = m ? m->node : UINT32_MAX;

	(void)arg;
	if (s->mode == GRAPH_TABLE) {
		use_mode(v, GRAPH_TREE);
		if (m)
			go_in_tree(s, node);
		return;
	}
	use_mode(v, GRAPH_TABLE);
	want_columns(v);
	if (m)
		list_go(&s->table, (size_t)(m - s->g->modules));
}

static void run_draw(void *ctx, int arg)
{
	(void)arg;
	if (state(ctx)->drawing)
		graph_draw_close(ctx);
	else
		graph_draw_module(ctx);
}

static void run_paths(void *ctx, int arg)
{
	(void)arg;
	graph_draw_paths(ctx);
}

static bool has_two_marks(void *ctx)
{
	struct view *v = ctx;

	return !state(ctx)->drawing && v->list && list_marks(v->list) == 2;
}

static void run_whatif(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_open(v->app, "whatif", graph_current(v)->path);
}

static void run_export(void *ctx, int arg)
{
	(void)arg;
	graph_export(ctx);
}

static bool can_edit(void *ctx)
{
	const struct load_module *m = graph_current(ctx);

	return m && m->line > 0;
}

static void run_edit(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_edit(v->app, state(ctx)->g->gomod, graph_current(v)->line);
}

static bool in_table(void *ctx)
{
	return state(ctx)->mode == GRAPH_TABLE && !state(ctx)->drawing;
}

static void run_by(void *ctx, int arg)
{
	list_sort_by(&state(ctx)->table, (unsigned)arg);
}

static const struct action actions[] = {
	{ "by-module", "P", NULL, "table: sort by path, again to reverse", in_table, run_by,
	  TABLE_MODULE, ACTION_NO_PALETTE },
	{ "by-version", "V", NULL, "table: by selected version", in_table, run_by, TABLE_VERSION,
	  ACTION_NO_PALETTE },
	{ "by-asked", "A", NULL, "table: by how many ask for it", in_table, run_by, TABLE_ASKED,
	  ACTION_NO_PALETTE },
	{ "by-depth", "D", NULL, "table: by distance from the main module", in_table, run_by,
	  TABLE_DEPTH, ACTION_NO_PALETTE },
	{ "by-size", "B", NULL, "table: by bytes in the cache", in_table, run_by, TABLE_SIZE,
	  ACTION_NO_PALETTE },
	{ "by-age", "O", NULL, "table: the oldest first", in_table, run_by, TABLE_AGE,
	  ACTION_NO_PALETTE },
	{ "by-kind", "K", NULL, "table: direct, indirect, deep", in_table, run_by, TABLE_KIND,
	  ACTION_NO_PALETTE },
	{ "invert", "i", "who asks", "who asks for this module, and who for them", has_current,
	  run_invert, 0, 0 },
	{ "table", "t", "table", "table or tree", not_drawing, run_table, 0, 0 },
	{ "draw", "d", "draw", "draw what stands between the main module and this one", NULL,
	  run_draw, 0, 0 },
	{ "paths", "p", "paths", "draw the paths between two marked modules", has_two_marks,
	  run_paths, 0, 0 },
	{ "what-if", "w", "what if", "what would change without it, or with another version",
	  has_current, run_whatif, 0, 0 },
	{ "edit", "o", NULL, "open go.mod at its line in the editor", can_edit, run_edit, 0, 0 },
	{ "export", "e", "export", "save the graph as DOT, Mermaid or JSON", NULL, run_export, 0,
	  0 },
	{ 0 },
};

static void graph_scope(struct view *v, struct keymap_scope *sc)
{
	struct graph_view *s = state(v);

	if (s->drawing)
		keymap_scope_push(sc, "draw", &s->box);
}

static bool graph_event(struct view *v, const struct event *ev)
{
	struct graph_view *s = state(v);
	bool activated = false;

	if (!s->drawing || ev->type != EV_MOUSE || !boxgraph_event(&s->box, ev, &activated))
		return false;
	if (activated && s->box.nodes.n)
		app_open(v->app, "explain",
			 s->g->nodes[s->box.nodes.items[s->box.cursor].target].path);
	return true;
}

static void graph_draw(struct view *v, struct area a)
{
	struct graph_view *s = state(v);

	s->box.focused = true;
	area_fmt(a, 1, 0, -1, STYLE_TITLE, "%s", s->drawn_title);
	boxgraph_draw(&s->box, area_sub(a, 0, 1, -1, -1));
}

static bool graph_whole(struct view *v)
{
	return state(v)->drawing;
}

const struct view_ops view_graph = {
	.name = "graph",
	.title = "Graph",
	.help = "who requires what, and which version is selected",
	.tab = true,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct graph_view),
	.actions = actions,
	.open = graph_open,
	.release = graph_release,
	.refresh = graph_refresh,
	.changed = graph_exported,
	.go = graph_go,
	.place = graph_place,
	.heading = graph_heading,
	.detail = graph_detail,
	.follow = graph_follow,
	.draw = graph_draw,
	.whole = graph_whole,
	.scope = graph_scope,
	.activate = graph_activate,
	.back = graph_back,
	.event = graph_event,
	.filter = graph_filter,
	.work = graph_work,
	.copy = graph_copy,
	.command = graph_command,
};
