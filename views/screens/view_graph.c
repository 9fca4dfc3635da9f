#include "gauge.h"
#include "graph/graphfile.h"
#include "screens/graph_draw.h"
#include "screens/graph_inverted.h"
#include "screens/graph_table.h"
#include "screens/graph_tree.h"
#include "texts/describe.h"
#include "texts/module_doc.h"

enum mode {
	MODE_TREE,
	MODE_INVERTED,
	MODE_TABLE,
};

struct view_graph {
	struct part *part; /* kept: everything borrows from it */
	const struct load_graph *g;
	struct module_facts facts;
	enum mode mode;
	struct graph_tree tree;
	struct graph_inverted inverted;
	struct graph_table table;
	struct graph_draw drawing;
	enum graphfile_format export_format;
};

static struct view_graph *state(const void *v)
{
	return view_state(v, "graph");
}

static void use_mode(struct view *v, enum mode mode)
{
	struct view_graph *s = state(v);

	s->mode = mode;
	v->tree = mode == MODE_TREE	  ? &s->tree.tree
		  : mode == MODE_INVERTED ? &s->inverted.tree
					  : NULL;
	v->list = mode == MODE_TABLE ? &s->table.list : &v->tree->list;
	v->rows = mode == MODE_TABLE ? &s->table.rows : NULL;
	view_touch(v);
}

static void graph_open(struct view *v)
{
	struct view_graph *s = state(v);

	graph_tree_init(&s->tree, &s->facts);
	graph_inverted_init(&s->inverted);
	graph_table_init(&s->table, v->app, &s->facts);
	graph_draw_init(&s->drawing);
	use_mode(v, MODE_TREE);
}

static void graph_release(struct view *v)
{
	struct view_graph *s = state(v);

	graph_tree_release(&s->tree);
	graph_inverted_release(&s->inverted);
	graph_table_release(&s->table);
	graph_draw_release(&s->drawing);
	module_facts_release(&s->facts);
	part_unref(s->part);
}

static void close_drawing(struct view *v)
{
	state(v)->drawing.shown = false;
	view_touch(v);
}

static void graph_filter(struct view *v, const char *text)
{
	struct view_graph *s = state(v);

	if (s->mode == MODE_INVERTED)
		graph_inverted_search(&s->inverted, text);
	else
		graph_tree_filter(&s->tree, text);
}

static bool graph_work(struct view *v)
{
	struct graph_tree *t = &state(v)->tree;
	bool more;

	if (!graph_tree_busy(t))
		return false;
	more = graph_tree_work(t);
	if (!more)
		view_touch(v);
	return more;
}

static void graph_refresh(struct view *v)
{
	struct view_graph *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_GRAPH));

	if (p && p != s->part) {
		part_unref(s->part);
		s->part = part_ref(p);
		s->g = p->data;
		module_facts_take(&s->facts, app_snapshot(v->app), s->g);
		close_drawing(v);
		graph_tree_set(&s->tree, s->g);
		graph_inverted_set(&s->inverted, s->g);
		graph_table_set(&s->table, s->g);
		if (s->mode == MODE_TABLE)
			graph_table_want(&s->table);
	}
	app_want(v->app, describe_outdated_glance());
	app_want(v->app, REQUEST(PART_CACHE));
	if (s->g && module_facts_take(&s->facts, app_snapshot(v->app), s->g))
		rows_refresh(&s->table.rows);
	graph_table_take(&s->table, app_snapshot(v->app));
}

/* The node under the cursor, with the version required there; UINT32_MAX if there is none. */
static uint32_t current_node(struct view *v)
{
	struct view_graph *s = state(v);
	const struct tree_place *at = v->tree ? tree_at(v->tree) : NULL;
	size_t row = list_row(v->list);

	if (!s->g || row == LIST_NONE)
		return UINT32_MAX;
	if (s->mode == MODE_TABLE)
		return s->g->modules[row].node;
	if (!at)
		return UINT32_MAX;
	return s->mode == MODE_INVERTED ? graph_inverted_at(&s->inverted, at->node)
					: (uint32_t)at->node;
}

/* The module under the cursor; NULL if there is none. */
static const struct load_module *current(struct view *v)
{
	uint32_t node = current_node(v);

	return node == UINT32_MAX ? NULL : load_graph_module_of(state(v)->g, node);
}

static bool graph_go(struct view *v, const char *target)
{
	struct view_graph *s = state(v);
	const struct load_module *m;
	char *path = xstrndup(target, strcspn(target, "@"));

	m = s->g ? load_graph_module(s->g, path) : NULL;
	free(path);
	if (!m)
		return false;
	close_drawing(v);
	if (s->mode == MODE_TABLE)
		return list_go(&s->table.list, (size_t)(m - s->g->modules));
	use_mode(v, MODE_TREE);
	return graph_tree_go(&s->tree, m->node);
}

static void graph_place(struct view *v, struct buf *b)
{
	const struct load_module *m = current(v);

	if (m)
		buf_addstr(b, m->path);
}

static void add_count(struct line *l, size_t n, const char *what)
{
	struct buf b = BUF_INIT;

	gauge_count(&b, n);
	line_addf(l, STYLE_QUIET, "  %s %s", b.data, what);
	buf_release(&b);
}

static void graph_heading(struct view *v, struct line *l)
{
	static const char *const modes[] = { "tree", "who asks", "table" };
	const struct view_graph *s = state(v);

	line_addf(l, STYLE_QUIET, "  %s", modes[s->mode]);
	if (!s->g)
		return;
	add_count(l, s->g->n_listed, s->g->n_listed == 1 ? "module" : "modules");
	add_count(l, s->g->n_edges, s->g->n_edges == 1 ? "edge" : "edges");
	if (!fuzzy_empty(&s->tree.filter) && s->mode == MODE_TREE)
		line_addf(l, STYLE_MATCH, "  /%s  %s module%s match%s", s->tree.filter.pattern,
			  GAUGE_N(s->tree.n_matches), s->tree.n_matches == 1 ? "" : "s",
			  s->tree.n_matches == 1 ? "es" : "");
	if (err_is_set(&s->g->broken))
		line_add(l, STYLE_BAD, "  incomplete");
}

/* Requested once the cursor rests; NULL until loaded. */
static const struct load_explain *explanation(struct view *v, const struct load_module *m)
{
	const struct request *r = REQUEST(PART_EXPLAIN, .module = m->path);

	if (m->kind == LOAD_MAIN)
		return NULL;
	if (v->rested)
		app_want(v->app, r);
	return app_part(v->app, r);
}

static void graph_detail(struct view *v, struct doc *d)
{
	const struct view_graph *s = state(v);
	const struct load_module *m = current(v);

	if (!m)
		return;
	if (v->rested)
		app_want(v->app, REQUEST(PART_VERSIONS, .versions = { m->path, false }));
	module_doc_add(&(struct module_doc){ .g = s->g,
					     .m = m,
					     .node = current_node(v),
					     .x = explanation(v, m),
					     .in = app_part(v->app, REQUEST(PART_IMPORTS)),
					     .settles = "enter asks the proxies",
					     .v = describe_known_versions(app_snapshot(v->app),
									  m->path) },
		       d);
}

static void graph_follow(struct view *v, const struct doc_link *link)
{
	const struct view_graph *s = state(v);

	if (link->kind == MODULE_DOC_LINK_MODULE)
		app_open(v->app, "explain", s->g->nodes[link->target].path);
	else if (link->kind == MODULE_DOC_LINK_GOMOD)
		app_edit(v->app, s->g->modules[link->target].file,
			 s->g->modules[link->target].line);
}

static void graph_activate(struct view *v)
{
	const struct load_module *m = current(v);

	if (m)
		app_open(v->app, "explain", m->path);
}

static bool graph_back(struct view *v)
{
	struct view_graph *s = state(v);

	if (s->drawing.shown) {
		close_drawing(v);
		return true;
	}
	if (v->in_detail)
		return false;
	if (s->mode == MODE_INVERTED) {
		use_mode(v, MODE_TREE);
		return true;
	}
	if (s->mode == MODE_TREE && !fuzzy_empty(&s->tree.filter)) {
		graph_filter(v, "");
		return true;
	}
	return false;
}

static void graph_copy(struct view *v, struct buf *b)
{
	const struct view_graph *s = state(v);
	uint32_t node = current_node(v);

	if (node != UINT32_MAX)
		describe_modver(b, (struct modver){ s->g->nodes[node].path,
						    s->g->nodes[node].version });
}

static void graph_command(struct view *v, struct buf *b)
{
	const struct load_module *m = current(v);

	if (m)
		buf_addf(b, "modscope explain %s", m->path);
}

static bool has_graph(void *ctx)
{
	return state(ctx)->g != NULL;
}

static bool not_drawing(void *ctx)
{
	return state(ctx)->g && !state(ctx)->drawing.shown;
}

static bool has_current(void *ctx)
{
	return current(ctx) != NULL && !state(ctx)->drawing.shown;
}

static void run_invert(void *ctx, int arg)
{
	struct view *v = ctx;
	struct view_graph *s = state(v);
	const struct load_module *m = current(v);

	(void)arg;
	if (s->mode == MODE_INVERTED) {
		use_mode(v, MODE_TREE);
		return;
	}
	graph_inverted_start(&s->inverted, m->path);
	use_mode(v, MODE_INVERTED);
}

static void run_table(void *ctx, int arg)
{
	struct view *v = ctx;
	struct view_graph *s = state(v);
	const struct load_module *m = current(v);
	uint32_t node = m ? m->node : UINT32_MAX;

	(void)arg;
	if (s->mode == MODE_TABLE) {
		use_mode(v, MODE_TREE);
		if (m)
			graph_tree_go(&s->tree, node);
		return;
	}
	use_mode(v, MODE_TABLE);
	graph_table_want(&s->table);
	if (m)
		list_go(&s->table.list, (size_t)(m - s->g->modules));
}

static void show_drawing(struct view *v)
{
	v->in_detail = false;
	view_touch(v);
}

static void draw_module(struct view *v)
{
	struct view_graph *s = state(v);
	const struct load_module *m = current(v);

	if (!m)
		return;
	graph_draw_module(&s->drawing, s->g, m);
	show_drawing(v);
	if (s->drawing.not_drawn)
		app_message(v->app, STYLE_QUIET, "%s more requirers are not drawn; i lists all",
			    GAUGE_N(s->drawing.not_drawn));
}

/* The modules of the two marks: rows of the table, or visible places of a tree. */
static bool marked_modules(struct view *v, uint32_t *a, uint32_t *b)
{
	struct view_graph *s = state(v);
	size_t *rows, n = list_marked_rows(v->list, &rows);
	uint32_t found[2];
	size_t k = 0;

	for (size_t i = 0; i < n && k < 2; i++) {
		uint64_t node = s->mode == MODE_TABLE ? s->g->modules[rows[i]].node
						      : tree_place(v->tree, rows[i])->node;

		if ((uint32_t)node < s->g->n_nodes &&
		    s->g->nodes[(uint32_t)node].module != UINT32_MAX)
			found[k++] = s->g->nodes[(uint32_t)node].module;
	}
	free(rows);
	*a = k > 0 ? found[0] : 0;
	*b = k > 1 ? found[1] : 0;
	return k == 2 && *a != *b;
}

static void draw_paths(struct view *v)
{
	struct view_graph *s = state(v);
	uint32_t a, b;

	if (!marked_modules(v, &a, &b))
		app_message(v->app, STYLE_ATTENTION, "mark two different modules with space first");
	else if (graph_draw_paths(&s->drawing, s->g, a, b))
		show_drawing(v);
	else
		app_message(v->app, STYLE_QUIET,
			    "neither of the two requires the other, directly or through others");
}

static void run_draw(void *ctx, int arg)
{
	(void)arg;
	if (state(ctx)->drawing.shown)
		close_drawing(ctx);
	else
		draw_module(ctx);
}

static void run_paths(void *ctx, int arg)
{
	(void)arg;
	draw_paths(ctx);
}

static bool has_two_marks(void *ctx)
{
	struct view *v = ctx;

	return !state(ctx)->drawing.shown && v->list && list_marks(v->list) == 2;
}

static void run_whatif(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_open(v->app, "whatif", current(v)->path);
}

/* Exports the drawing, else the whole graph. */

static void export_all(struct view *v, const char *name)
{
	if (name[0] && !app_changing(v))
		app_change(v, REQUEST(PART_EXPORT, .export = { state(v)->export_format, name }));
}

static void view_graph_exported(struct view *v, const struct request *r, const struct part *outcome,
				const struct err *e)
{
	if (outcome)
		app_message(v->app, STYLE_GOOD, "saved %s, %s bytes", r->export.file,
			    GAUGE_N(((const struct load_export *)outcome->data)->bytes));
	else
		app_message(v->app, STYLE_BAD, "not saved: %s", e->text);
}

static void export_drawn(struct view *v, const char *name)
{
	struct view_graph *s = state(v);
	struct buf b = BUF_INIT;

	graph_draw_text(&s->drawing, s->export_format, &b);
	app_save(v, name, buf_detach(&b));
}

static void export_as(struct view *v, int format)
{
	struct view_graph *s = state(v);
	char *name;

	s->export_format = (enum graphfile_format)format;
	name = xasprintf("modscope-graph.%s", graphfile_suffix(s->export_format));
	if (s->drawing.shown)
		export_drawn(v, name);
	else
		app_input(v, "Save as", name, export_all);
	free(name);
}

static void run_export(void *ctx, int arg)
{
	static const struct app_choice formats[] = {
		{ "dot", GRAPHFILE_DOT },
		{ "mermaid", GRAPHFILE_MERMAID },
		{ "json", GRAPHFILE_JSON },
		{ NULL, 0 },
	};

	(void)arg;
	app_choose(ctx, "Export the graph as", formats, export_as);
}

static bool can_edit(void *ctx)
{
	const struct load_module *m = current(ctx);

	return m && m->line > 0;
}

static void run_edit(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_edit(v->app, current(v)->file, current(v)->line);
}

static bool in_table(void *ctx)
{
	return state(ctx)->mode == MODE_TABLE && !state(ctx)->drawing.shown;
}

static void run_by(void *ctx, int arg)
{
	list_sort_by(&state(ctx)->table.list, (unsigned)arg);
}

static const struct action actions[] = {
	{ "by-module", "L", NULL, "table: sort by path, again to reverse", in_table, run_by,
	  GRAPH_TABLE_MODULE, ACTION_NO_PALETTE },
	{ "by-version", "V", NULL, "table: by selected version", in_table, run_by,
	  GRAPH_TABLE_VERSION, ACTION_NO_PALETTE },
	{ "by-asked", "A", NULL, "table: by how many ask for it", in_table, run_by,
	  GRAPH_TABLE_ASKED, ACTION_NO_PALETTE },
	{ "by-depth", "D", NULL, "table: by distance from the main module", in_table, run_by,
	  GRAPH_TABLE_DEPTH, ACTION_NO_PALETTE },
	{ "by-size", "B", NULL, "table: by bytes in the cache", in_table, run_by, GRAPH_TABLE_SIZE,
	  ACTION_NO_PALETTE },
	{ "by-age", "O", NULL, "table: the oldest first", in_table, run_by, GRAPH_TABLE_AGE,
	  ACTION_NO_PALETTE },
	{ "by-kind", "K", NULL, "table: direct, indirect, transitive", in_table, run_by,
	  GRAPH_TABLE_KIND, ACTION_NO_PALETTE },
	{ "invert", "i", "who asks", "who asks for this module, and who for them", has_current,
	  run_invert, 0, 0 },
	{ "table", "t", "table", "table or tree", not_drawing, run_table, 0, 0 },
	{ "draw", "d", "draw", "draw what stands between the main module and this one", has_graph,
	  run_draw, 0, 0 },
	{ "paths", "p", "paths", "draw the paths between two marked modules", has_two_marks,
	  run_paths, 0, 0 },
	{ "what-if", "w", "what if", "what would change without it, or with another version",
	  has_current, run_whatif, 0, 0 },
	{ "edit", "o", NULL, "open go.mod at its line in the editor", can_edit, run_edit, 0, 0 },
	{ "export", "e", "export", "save the graph as DOT, Mermaid or JSON", has_graph, run_export,
	  0, 0 },
	{ 0 },
};

static void graph_scope(struct view *v, struct keymap_scope *sc)
{
	struct view_graph *s = state(v);

	if (s->drawing.shown)
		keymap_scope_push(sc, "draw", &s->drawing.box);
}

static bool graph_event(struct view *v, const struct event *ev)
{
	struct view_graph *s = state(v);
	bool activated = false;

	if (!s->drawing.shown || ev->type != EV_MOUSE ||
	    !boxgraph_event(&s->drawing.box, ev, &activated))
		return false;
	if (activated && s->drawing.box.nodes.n)
		app_open(v->app, "explain",
			 s->g->nodes[s->drawing.box.nodes.items[s->drawing.box.cursor].target]
				 .path);
	return true;
}

static void draw(struct view *v, struct area a)
{
	graph_draw_area(&state(v)->drawing, a);
}

static bool graph_whole(struct view *v)
{
	return state(v)->drawing.shown;
}

const struct view_ops view_graph = {
	.name = "graph",
	.title = "Graph",
	.help = "who requires what, and which version is selected",
	.tab = true,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct view_graph),
	.actions = actions,
	.open = graph_open,
	.release = graph_release,
	.refresh = graph_refresh,
	.changed = view_graph_exported,
	.go = graph_go,
	.place = graph_place,
	.heading = graph_heading,
	.detail = graph_detail,
	.follow = graph_follow,
	.draw = draw,
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
