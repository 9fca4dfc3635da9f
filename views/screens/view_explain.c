#include "app/app.h"
#include "gauge.h"
#include "texts/describe.h"
#include "texts/module_doc.h"

/* A row is one requirement. Requirers come from the explanation or, until it is loaded, from the graph. */
struct row {
	struct modver mod;
	uint32_t node; /* UINT32_MAX: not in the graph */
	const char *wants, *class, *via, *file;
	int line;
	uint32_t depth;
	bool decides, excluded, counts;
	const char *selected; /* of a requirement: the selected version, if different; "" */
};

struct explain_view {
	struct part *part, *explained; /* kept: everything borrows from them */
	const struct load_graph *g;
	const struct load_explain *x;
	char *path;		     /* the module explained */
	const struct load_module *m; /* NULL: not in the build list */
	bool unfolded;		     /* show all chains of imports */
	bool requires;		     /* show its requirements instead of its requirers */
	struct list list;
	struct rows rows;
	VEC(struct row) table;
};

static struct explain_view *state(void *v)
{
	return view_state(v, "explain");
}

static const struct row *row_at(void *v, size_t i)
{
	return &state(v)->table.items[i];
}

static size_t explain_count(void *ctx)
{
	return state(ctx)->table.n;
}

static uint64_t explain_key(void *ctx, size_t i)
{
	const struct row *r = row_at(ctx, i);
	uint64_t h = hash_bytes(r->mod.path, strlen(r->mod.path), 1);

	h = hash_bytes(r->mod.version, strlen(r->mod.version), h);
	return hash_bytes(r->wants, strlen(r->wants), h) | 1;
}

enum { COLUMN_MARK, COLUMN_ASKED, COLUMN_BY, COLUMN_CLASS, COLUMN_DEPTH, COLUMN_VIA };

static void cell_by(const struct row *r, bool requires, struct line *out)
{
	line_add(out, r->counts ? STYLE_NORMAL : STYLE_QUIET, r->mod.path);
	if (r->mod.version[0] && !requires) {
		struct buf b = BUF_INIT;

		describe_version(&b, r->mod.version);
		line_addf(out, STYLE_QUIET, "@%s", b.data);
		buf_release(&b);
	}
	if (r->file[0])
		line_addf(out, STYLE_QUIET, "  %s:%d", r->file, r->line);
}

static void cell_class(const struct row *r, bool requires, struct line *out)
{
	if (!requires) {
		line_add(out, r->excluded ? STYLE_ATTENTION : STYLE_QUIET,
			 r->excluded ? "excluded" : r->class);
	} else if (r->selected[0]) {
		line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
		line_addf(out, STYLE_STRONG, " %s", r->selected);
	}
}

static void explain_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct explain_view *s = state(ctx);
	const struct row *r = row_at(ctx, i);
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_MARK:
		if (r->decides)
			line_glyph(out, STYLE_GOOD, GLYPH_ON);
		break;
	case COLUMN_ASKED:
		describe_version(&b, r->wants);
		line_add(out,
			 r->decides  ? STYLE_STRONG
			 : r->counts ? STYLE_NORMAL
				     : STYLE_QUIET,
			 b.data);
		break;
	case COLUMN_BY: cell_by(r, s->requires, out); break;
	case COLUMN_CLASS: cell_class(r, s->requires, out); break;
	case COLUMN_DEPTH:
		if (r->depth)
			line_addf(out, STYLE_QUIET, "%u", r->depth);
		break;
	default: line_add(out, STYLE_QUIET, r->via);
	}
	buf_release(&b);
}

static const char *explain_text(void *ctx, size_t i, size_t *len)
{
	*len = strlen(row_at(ctx, i)->mod.path);
	return row_at(ctx, i)->mod.path;
}

static int explain_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct row *x = row_at(ctx, a), *y = row_at(ctx, b);

	switch (column) {
	case COLUMN_BY: return strcmp(x->mod.path, y->mod.path);
	case COLUMN_CLASS: return strcmp(x->class, y->class);
	case COLUMN_DEPTH: return x->depth < y->depth ? -1 : x->depth > y->depth;
	case COLUMN_VIA: return strcmp(x->via, y->via);
	default: return a < b ? -1 : a > b;
	}
}

static const struct list_ops list_ops = { .count = explain_count,
					  .key = explain_key,
					  .cell = explain_cell };
static const struct rows_ops rows_ops = { explain_count, explain_text, explain_compare };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 2 },
	{ .id = "asked", .title = "asked for", .min = 9, .max = 48, .whole = true },
	{ .id = "by", .title = "by", .min = 36, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "class", .title = "who is", .min = 10, .max = 16, .priority = 1 },
	{ .id = "depth", .title = "depth", .min = 5, .max = 5, .right = true, .priority = 2 },
	{ .id = "via", .title = "via", .min = 20, .flex = 2, .priority = 3, .cut = CUT_MIDDLE },
};
static const struct list_column requires_columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 2 },
	{ .id = "asked", .title = "asks for", .min = 9, .max = 48, .whole = true },
	{ .id = "of", .title = "of", .min = 30, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "selected", .title = "selected", .max = 50, .whole = true, .priority = 1 },
};

static void from_explanation(struct explain_view *s)
{
	for (size_t i = 0; i < s->x->n_requirers; i++) {
		const struct load_requirer *r = &s->x->requirers[i];

		vec_push(&s->table,
			 (struct row){ r->mod, r->node, r->wants, r->class, r->via, r->file,
				       r->line, r->depth, r->decides, r->excluded, r->counts, "" });
	}
}

static void from_graph(struct explain_view *s)
{
	for (uint32_t i = 0; i < s->m->versions; i++) {
		const struct load_node *n = &s->g->nodes[s->g->by_module[s->m->first + i]];

		for (uint32_t k = 0; k < n->n_requirers; k++) {
			uint32_t node = s->g->requirers[n->first + k];
			const struct load_node *from = &s->g->nodes[node];

			vec_push(&s->table, (struct row){ { from->path, from->version },
							  node,
							  n->version,
							  "",
							  "",
							  "",
							  0,
							  from->depth + 1,
							  n->selected,
							  false,
							  true,
							  "" });
		}
	}
}

static void from_requirements(struct explain_view *s)
{
	size_t n;
	const uint32_t *req = load_graph_required(s->g, s->m->node, &n);

	for (size_t i = 0; i < n; i++) {
		const struct load_node *to = &s->g->nodes[req[i]];
		const struct load_module *m = load_graph_module_of(s->g, req[i]);

		vec_push(&s->table, (struct row){ { to->path, to->version },
						  req[i],
						  to->version,
						  "",
						  "",
						  "",
						  0,
						  0,
						  to->selected,
						  false,
						  true,
						  to->selected || !m ? "" : m->version });
	}
}

/* What stands in the place of requirements or requirers that are not there. */
static const char *empty_text(const struct explain_view *s)
{
	if (!s->path)
		return "No module is chosen: enter on one in the Graph explains it.";
	if (!s->m)
		return "The build list does not have it.";
	if (!s->requires)
		return "Nothing asks for it.";
	return s->g->nodes[s->m->node].read ? "It requires nothing."
	       : err_is_set(&s->g->broken)
		       ? "Its requirements are not read: the graph is incomplete, see the Overview."
		       : "Its requirements are pruned out: go does not read them.";
}

static void collect(struct view *v)
{
	struct explain_view *s = state(v);

	s->table.n = 0;
	s->m = s->g && s->path ? load_graph_module(s->g, s->path) : NULL;
	if (s->m && s->requires)
		from_requirements(s);
	else if (s->m && s->x)
		from_explanation(s);
	else if (s->m)
		from_graph(s);
	s->list.empty = empty_text(s);
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
	struct explain_view *s = state(v);

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
	struct explain_view *s = state(v);

	list_release(&s->list);
	rows_release(&s->rows);
	vec_release(&s->table);
	free(s->path);
	part_unref(s->part);
	part_unref(s->explained);
}

/* If no module is chosen, show the first direct dependency as a start. */
static void choose_first(struct explain_view *s)
{
	for (size_t i = 0; i < s->g->n_modules && !s->path; i++)
		if (s->g->modules[i].kind == LOAD_DIRECT)
			s->path = xstrdup(s->g->modules[i].path);
}

/* The caches' answer is used at once, the proxies' when it arrives. */
static void want_versions(struct view *v)
{
	const char *path = state(v)->path;

	app_want(v->app, REQUEST(PART_VERSIONS, .versions = { path, false }));
	app_want(v->app, REQUEST(PART_VERSIONS, .versions = { path, true }));
}

/* The explanation of the current module; starts the job if there is none. */
static bool take_explanation(struct view *v)
{
	struct explain_view *s = state(v);
	struct part *p;

	if (!s->path || !s->g || !load_graph_module(s->g, s->path))
		return false;
	app_want(v->app, REQUEST(PART_EXPLAIN, .module = s->path));
	want_versions(v);
	p = snapshot_part(app_snapshot(v->app), REQUEST(PART_EXPLAIN, .module = s->path));
	if (!p || p == s->explained)
		return false;
	part_unref(s->explained);
	s->explained = part_ref(p);
	s->x = p->data;
	if (!s->x->found)
		s->x = NULL;
	return true;
}

static void forget_explanation(struct explain_view *s)
{
	part_unref(s->explained);
	s->explained = NULL;
	s->x = NULL;
}

static void explain_refresh(struct view *v)
{
	struct explain_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_GRAPH));
	bool changed = p && p != s->part;

	if (changed) {
		part_unref(s->part);
		s->part = part_ref(p);
		s->g = p->data;
		choose_first(s);
	}
	if (take_explanation(v) || changed)
		collect(v);
}

static bool explain_go(struct view *v, const char *target)
{
	struct explain_view *s = state(v);

	if (!s->g)
		return false;
	free(s->path);
	s->path = xstrndup(target, strcspn(target, "@"));
	s->requires = false;
	rows_filter(&s->rows, "");
	forget_explanation(s);
	take_explanation(v);
	collect(v);
	list_move(&s->list, LIST_TOP);
	v->detail_key = 0;
	return true;
}

/* The others ask for what is always shown. */
static bool explain_option(struct view *v, const char *name, const char *value)
{
	(void)value;
	state(v)->unfolded |= str_eq(name, "chains");
	return str_eq(name, "chains") || str_eq(name, "u") || str_eq(name, "m");
}

static void explain_place(struct view *v, struct buf *b)
{
	const struct explain_view *s = state(v);

	if (s->path)
		buf_addstr(b, s->path);
}

/* Requirers that count, as beside a module in the graph, and the others. */
static void add_askers(const struct explain_view *s, struct line *l)
{
	size_t n = 0;

	for (size_t i = 0; i < s->table.n; i++)
		n += s->table.items[i].counts;
	line_addf(l, STYLE_QUIET, "  asked for by %s", GAUGE_N(n));
	if (n < s->table.n)
		line_addf(l, STYLE_QUIET, ", %s more not counted", GAUGE_N(s->table.n - n));
}

static void explain_heading(struct view *v, struct line *l)
{
	const struct explain_view *s = state(v);

	if (s->path)
		line_addf(l, STYLE_STRONG, "  %s", s->path);
	if (s->m && s->m->version[0]) {
		struct buf b = BUF_INIT;

		describe_version(&b, s->m->version);
		line_addf(l, STYLE_NORMAL, " %s", b.data);
		buf_release(&b);
	}
	if (s->m && s->requires)
		line_addf(l, STYLE_QUIET, "  requires %s", GAUGE_N(s->table.n));
	else if (s->m)
		add_askers(s, l);
	else if (s->path && s->g)
		line_add(l, STYLE_ATTENTION, "  not in the build list");
}

static const char *what_settles(struct view *v)
{
	const struct request *r = REQUEST(PART_VERSIONS, .versions = { state(v)->m->path, true });

	return app_loading(v->app, r, NULL) ? "the proxies are being asked" : "r asks the proxies";
}

/* Why packages are unknown; NULL while they are being read. */
static const char *no_imports(struct view *v)
{
	const struct err *e = app_error(v->app, REQUEST(PART_IMPORTS));

	return e ? e->text : NULL;
}

static void explain_detail(struct view *v, struct doc *d)
{
	const struct explain_view *s = state(v);

	if (s->m)
		module_doc_add(&(struct module_doc){ .g = s->g,
						     .m = s->m,
						     .node = UINT32_MAX,
						     .x = s->x,
						     .in = app_part(v->app, REQUEST(PART_IMPORTS)),
						     .no_imports = no_imports(v),
						     .settles = what_settles(v),
						     .v = describe_known_versions(app_snapshot(
											  v->app),
										  s->m->path),
						     .unfolded = s->unfolded,
						     .no_heading = true },
			       d);
	else if (s->path)
		doc_heading(d, s->path);
}

static void explain_follow(struct view *v, const struct doc_link *link)
{
	const struct explain_view *s = state(v);

	if (link->kind == MODULE_DOC_LINK_MODULE)
		app_open(v->app, "explain", s->g->nodes[link->target].path);
	else if (link->kind == MODULE_DOC_LINK_GOMOD)
		app_edit(v->app, s->g->modules[link->target].file,
			 s->g->modules[link->target].line);
}

static void explain_activate(struct view *v)
{
	size_t i = list_row(v->list);

	if (i != LIST_NONE && row_at(v, i)->node != UINT32_MAX)
		app_open(v->app, "explain", row_at(v, i)->mod.path);
}

static void explain_copy(struct view *v, struct buf *b)
{
	const struct explain_view *s = state(v);

	if (s->m)
		describe_modver(b, (struct modver){ s->m->path, s->m->version });
}

static void explain_command(struct view *v, struct buf *b)
{
	const struct explain_view *s = state(v);

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

static bool has_chains(void *ctx)
{
	const struct explain_view *s = state(ctx);
	const struct load_imports *in = app_part(((struct view *)ctx)->app, REQUEST(PART_IMPORTS));
	const struct load_import *i = in && s->m ? map_get(&in->modules, s->m->path) : NULL;

	return i && i->n_packages > 1;
}

static void run_chains(void *ctx, int arg)
{
	(void)arg;
	state(ctx)->unfolded = !state(ctx)->unfolded;
	view_touch(ctx);
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
	app_edit(((struct view *)ctx)->app, state(ctx)->m->file, state(ctx)->m->line);
}

static bool has_rows(void *ctx)
{
	return state(ctx)->table.n > 0;
}

static void run_by(void *ctx, int arg)
{
	list_sort_by(&state(ctx)->list, (unsigned)arg);
}

static const struct action actions[] = {
	{ "by-version", "A", NULL, "sort by the version asked for, again to reverse", has_rows,
	  run_by, COLUMN_ASKED, ACTION_NO_PALETTE },
	{ "by-requirer", "L", NULL, "sort by who asks", has_rows, run_by, COLUMN_BY,
	  ACTION_NO_PALETTE },
	{ "by-class", "K", NULL, "sort by who that is", has_rows, run_by, COLUMN_CLASS,
	  ACTION_NO_PALETTE },
	{ "by-depth", "D", NULL, "sort by depth", has_rows, run_by, COLUMN_DEPTH,
	  ACTION_NO_PALETTE },
	{ "turn", "i", "requires", "what it requires, or who requires it", has_module, run_turn, 0,
	  0 },
	{ "chains", "f", "all chains", "all chains of imports, or the shortest", has_chains,
	  run_chains, 0, 0 },
	{ "graph", "t", "in the graph", "show it in the graph", has_module, run_graph, 0, 0 },
	{ "what-if", "w", "what if", "what would change without it, or with another version",
	  has_module, run_whatif, 0, 0 },
	{ "edit", "o", NULL, "open go.mod at its line in the editor", can_edit, run_edit, 0, 0 },
	{ 0 },
};

const struct view_ops view_explain = {
	.name = "explain",
	.title = "Explain",
	.help = "why a version is selected: what requires it, and what decides",
	.tab = true,
	.above = true,
	.needs = NEEDS(PART_GRAPH) | NEEDS(PART_IMPORTS),
	.state_size = sizeof(struct explain_view),
	.actions = actions,
	.open = explain_open,
	.option = explain_option,
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
