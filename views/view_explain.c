#include "modtab.h"
#include "view_graph.h"

/* A row is one requirement: `from` asks for `to`. */
struct row {
	uint32_t from, to;
};

struct explain_view {
	struct part *part;		/* kept: everything is borrowed from it */
	const struct load_graph *g;
	char *path;			/* the module explained */
	const struct load_module *m;	/* NULL: not in the build list */
	bool requires;			/* shows what it requires, instead of who requires it */
	struct list list;
	struct rows rows;
	VEC(struct row) table;
	struct buf text;
};

static struct explain_view *state(void *v)
{
	return ((struct view *)v)->state;
}

static const struct row *row_at(void *v, size_t i)
{
	return &state(v)->table.items[i];
}

/* The node that a row leads to. */
static uint32_t other_end(void *v, size_t i)
{
	return state(v)->requires ? row_at(v, i)->to : row_at(v, i)->from;
}

static size_t explain_count(void *ctx)
{
	return state(ctx)->table.n;
}

static uint64_t explain_key(void *ctx, size_t i)
{
	const struct load_node *a = &state(ctx)->g->nodes[row_at(ctx, i)->from], *b = &state(ctx)->g->nodes[row_at(ctx, i)->to];
	uint64_t h = hash_bytes(a->path, strlen(a->path), 1);

	h = hash_bytes(a->version, strlen(a->version), h);
	h = hash_bytes(b->path, strlen(b->path), h);
	return hash_bytes(b->version, strlen(b->version), h) | 1;
}

static const char *requirer_class(const struct load_graph *g, uint32_t node)
{
	const struct load_node *n = &g->nodes[node];
	const struct load_module *m = graph_module_of(g, node);

	if (m && m->kind == LOAD_MAIN)
		return g->n_mains > 1 ? "member" : "main";
	return n->selected ? "selected" : "superseded";
}

/* The direct dependency by which a node comes in: the second of its chain. */
static uint32_t via(const struct load_graph *g, uint32_t node)
{
	uint32_t chain[64];
	size_t n = graph_chain(g, node, chain, ARRAY_LEN(chain));

	return n > 2 ? chain[1] : UINT32_MAX;
}

enum { COLUMN_MARK, COLUMN_ASKED, COLUMN_BY, COLUMN_CLASS, COLUMN_DEPTH, COLUMN_VIA };

static void cell_by(void *ctx, size_t i, struct line *out)
{
	const struct explain_view *s = state(ctx);
	const struct load_node *n = &s->g->nodes[other_end(ctx, i)];

	line_add(out, n->selected ? STYLE_NORMAL : STYLE_QUIET, n->path);
	if (n->version[0] && !s->requires)
		line_addf(out, STYLE_QUIET, "@%s", n->version);
	if (!n->depth && s->m && s->m->line && !s->requires)
		line_addf(out, STYLE_QUIET, "  go.mod:%d", s->m->line);
}

static void cell_class(void *ctx, size_t i, struct line *out)
{
	const struct explain_view *s = state(ctx);
	const struct load_node *to = &s->g->nodes[row_at(ctx, i)->to];
	const struct load_module *m = graph_module_of(s->g, row_at(ctx, i)->to);

	if (!s->requires) {
		line_add(out, STYLE_QUIET, requirer_class(s->g, row_at(ctx, i)->from));
	} else if (!to->selected && m) {
		line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
		line_addf(out, STYLE_STRONG, " %s", m->version);
	}
}

static void explain_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct explain_view *s = state(ctx);
	const struct load_node *to = &s->g->nodes[row_at(ctx, i)->to];
	uint32_t node = other_end(ctx, i);
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_MARK:
		if (to->selected)
			line_glyph(out, STYLE_GOOD, GLYPH_ON);
		break;
	case COLUMN_ASKED:
		version_short(&b, to->version);
		line_add(out, to->selected ? STYLE_STRONG : STYLE_QUIET, b.data);
		break;
	case COLUMN_BY:
		cell_by(ctx, i, out);
		break;
	case COLUMN_CLASS:
		cell_class(ctx, i, out);
		break;
	case COLUMN_DEPTH:
		if (s->g->nodes[node].depth != UINT32_MAX)
			line_addf(out, STYLE_QUIET, "%u", s->g->nodes[node].depth);
		break;
	default:
		if (via(s->g, node) != UINT32_MAX)
			line_add(out, STYLE_QUIET, s->g->nodes[via(s->g, node)].path);
	}
	buf_release(&b);
}

static const char *explain_text(void *ctx, size_t i, size_t *len)
{
	const struct load_node *n = &state(ctx)->g->nodes[other_end(ctx, i)];

	*len = strlen(n->path);
	return n->path;
}

static int explain_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct load_graph *g = state(ctx)->g;
	const struct load_node *x = &g->nodes[other_end(ctx, a)], *y = &g->nodes[other_end(ctx, b)];

	switch (column) {
	case COLUMN_BY:
		return strcmp(x->path, y->path);
	case COLUMN_CLASS:
		return strcmp(requirer_class(g, other_end(ctx, a)), requirer_class(g, other_end(ctx, b)));
	case COLUMN_DEPTH:
		return x->depth < y->depth ? -1 : x->depth > y->depth;
	case COLUMN_VIA:
		return (int)via(g, other_end(ctx, a)) - (int)via(g, other_end(ctx, b));
	default:
		return a < b ? -1 : a > b;
	}
}

static const struct list_ops list_ops = { .count = explain_count, .key = explain_key, .cell = explain_cell };
static const struct rows_ops rows_ops = { explain_count, explain_text, explain_compare };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 2 },
	{ .id = "asked", .title = "asked for", .min = 9, .max = 34 },
	{ .id = "by", .title = "by", .min = 20, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "class", .title = "who is", .min = 6, .max = 36, .priority = 1 },
	{ .id = "depth", .title = "depth", .min = 5, .right = true, .priority = 3 },
	{ .id = "via", .title = "via", .min = 12, .flex = 1, .priority = 2, .cut = CUT_MIDDLE },
};
static const struct list_column requires_columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 2 },
	{ .id = "asked", .title = "asks for", .min = 9, .max = 34 },
	{ .id = "of", .title = "of", .min = 20, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "selected", .title = "selected", .min = 6, .max = 36, .priority = 1 },
};

/* Requirements of any version of the module, greatest version first; one version's by their requirers' depth. */
static int by_version(const struct load_graph *g, const struct row *a, const struct row *b)
{
	const struct load_node *x = &g->nodes[a->to], *y = &g->nodes[b->to];
	int c = a->to == b->to ? 0 : modtab_compare_versions(x->path, y->version, x->version);

	if (c)
		return c;
	if (g->nodes[a->from].depth != g->nodes[b->from].depth)
		return g->nodes[a->from].depth < g->nodes[b->from].depth ? -1 : 1;
	return strcmp(g->nodes[a->from].path, g->nodes[b->from].path);
}

static void sort_rows(struct explain_view *s)
{
	for (size_t i = 1; i < s->table.n; i++) {
		struct row r = s->table.items[i];
		size_t lo = 0, hi = i;

		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (by_version(s->g, &r, &s->table.items[mid]) < 0)
				hi = mid;
			else
				lo = mid + 1;
		}
		memmove(&s->table.items[lo + 1], &s->table.items[lo], (i - lo) * sizeof(r));
		s->table.items[lo] = r;
	}
}

static void collect_requirers(struct explain_view *s)
{
	const char *path = s->g->nodes[s->m->node].path;

	for (uint32_t i = 0; i < s->g->n_nodes; i++) {
		const struct load_node *n = &s->g->nodes[i];

		for (uint32_t k = 0; n->path == path && k < n->n_requirers; k++)
			vec_push(&s->table, (struct row){ s->g->requirers[n->first + k], i });
	}
	sort_rows(s);
}

static void collect_requires(struct explain_view *s)
{
	size_t n;
	const uint32_t *req = load_graph_required(s->g, s->m->node, &n);

	for (size_t i = 0; i < n; i++)
		vec_push(&s->table, (struct row){ s->m->node, req[i] });
}

static void collect(struct view *v)
{
	struct explain_view *s = v->state;

	s->table.n = 0;
	s->m = s->g && s->path ? load_graph_module(s->g, s->path) : NULL;
	if (s->m && s->requires)
		collect_requires(s);
	else if (s->m)
		collect_requirers(s);
	s->list.columns = s->requires ? requires_columns : columns;
	s->list.n_columns = s->requires ? ARRAY_LEN(requires_columns) : ARRAY_LEN(columns);
	list_reset_widths(&s->list);
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	view_touch(v);
}

static void explain_open(struct view *v)
{
	struct explain_view *s = v->state;

	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	s->list.rows = &s->rows;
	s->list.header = true;
	s->list.empty = "Nothing asks for it.";
	v->list = &s->list;
	v->rows = &s->rows;
}

static void explain_release(struct view *v)
{
	struct explain_view *s = v->state;

	list_release(&s->list);
	rows_release(&s->rows);
	vec_release(&s->table);
	buf_release(&s->text);
	free(s->path);
	part_unref(s->part);
}

/* Without a module chosen the first direct dependency is shown: something to walk from. */
static void choose_first(struct explain_view *s)
{
	for (size_t i = 0; i < s->g->n_modules && !s->path; i++)
		if (s->g->modules[i].kind == LOAD_DIRECT)
			s->path = xstrdup(s->g->modules[i].path);
}

static void explain_refresh(struct view *v)
{
	struct explain_view *s = v->state;
	struct part *p = snapshot_part(app_snapshot(v->app), PART_GRAPH, "");

	if (p && p != s->part) {
		part_unref(s->part);
		s->part = part_ref(p);
		s->g = p->data;
		choose_first(s);
		collect(v);
	}
}

static bool explain_go(struct view *v, const char *target)
{
	struct explain_view *s = v->state;
	char *path = xstrndup(target, strcspn(target, "@"));

	if (!s->g) {
		free(path);
		return false;
	}
	free(s->path);
	s->path = path;
	s->requires = false;
	rows_filter(&s->rows, "");
	collect(v);
	list_move(&s->list, LIST_TOP);
	v->detail_key = 0;
	return true;
}

static void explain_place(struct view *v, struct buf *b)
{
	const struct explain_view *s = v->state;

	if (s->path)
		buf_addstr(b, s->path);
}

static void explain_heading(struct view *v, struct line *l)
{
	const struct explain_view *s = v->state;

	if (s->path)
		line_addf(l, STYLE_STRONG, "  %s", s->path);
	if (s->m)
		line_addf(l, STYLE_NORMAL, " %s", s->m->version);
	if (s->m)
		line_addf(l, STYLE_QUIET, s->requires ? "  requires %zu" : "  asked for by %zu", s->table.n);
	else if (s->path && s->g)
		line_add(l, STYLE_ATTENTION, "  not in the build list");
}

static void explain_detail(struct view *v, struct doc *d)
{
	const struct explain_view *s = v->state;

	if (s->m)
		graph_module_doc(s->g, s->m, UINT32_MAX, graph_without(v, s->m), d);
	else if (s->path)
		doc_heading(d, s->path);
}

static void explain_follow(struct view *v, const struct doc_link *link)
{
	const struct explain_view *s = v->state;

	if (link->kind == LINK_MODULE)
		app_open(v->app, "explain", s->g->nodes[link->target].path);
	else if (link->kind == LINK_GOMOD)
		app_edit(v->app, s->g->gomod, (int)link->target);
}

static void explain_activate(struct view *v)
{
	size_t i = list_row(v->list);

	if (i != LIST_NONE)
		app_open(v->app, "explain", state(v)->g->nodes[other_end(v, i)].path);
}

static void explain_copy(struct view *v, struct buf *b)
{
	const struct explain_view *s = v->state;

	if (s->m)
		modver_text(b, (struct modver){ s->m->path, s->m->version });
}

static void explain_command(struct view *v, struct buf *b)
{
	const struct explain_view *s = v->state;

	if (s->path)
		buf_addf(b, "modscope explain %s", s->path);
}

static bool has_module(void *ctx)
{
	return state(ctx)->m != NULL;
}

static void run_turn(void *ctx, int arg)
{
	struct explain_view *s = state(ctx);

	(void)arg;
	s->requires = !s->requires;
	collect(ctx);
}

static void run_graph(void *ctx, int arg)
{
	(void)arg;
	app_open(((struct view *)ctx)->app, "graph", state(ctx)->path);
}

static void run_whatif(void *ctx, int arg)
{
	(void)arg;
	app_open(((struct view *)ctx)->app, "whatif", state(ctx)->path);
}

static bool can_edit(void *ctx)
{
	return has_module(ctx) && state(ctx)->m->line > 0;
}

static void run_edit(void *ctx, int arg)
{
	(void)arg;
	app_edit(((struct view *)ctx)->app, state(ctx)->g->gomod, state(ctx)->m->line);
}

static const struct action actions[] = {
	{ "turn", "i", "requires", "what it requires, or who requires it", has_module, run_turn, 0, 0 },
	{ "graph", "v", "in the graph", "show it in the graph", has_module, run_graph, 0, 0 },
	{ "what-if", "w", "what if", "what would change without it, or with another version", has_module, run_whatif, 0, 0 },
	{ "edit", "o", NULL, "open go.mod at its line in the editor", can_edit, run_edit, 0, 0 },
	{ 0 },
};

const struct view_ops view_explain = {
	.name = "explain",
	.title = "Explain",
	.help = "why a version was selected: who asks for it, who decides",
	.tab = true,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct explain_view),
	.actions = actions,
	.open = explain_open,
	.release = explain_release,
	.refresh = explain_refresh,
	.go = explain_go,
	.place = explain_place,
	.heading = explain_heading,
	.detail = explain_detail,
	.follow = explain_follow,
	.activate = explain_activate,
	.copy = explain_copy,
	.command = explain_command,
};
