#include "screens/view_graph.h"

/* A drawing of more boxes than this is a carpet; requirers beyond are counted instead. */
enum { MAX_BOXES = 40, MAX_REQUIRERS = 5, MAX_CHAIN = 64 };

/* The boxes by module; nodes of one module are one box. */
struct drawing {
	struct graph_view *s;
	int *box;      /* by module; -1: none */
	uint8_t *edge; /* box x box: drawn already */
};

/* The path within 28 columns, and the version in short. */
static char *box_label(const struct load_module *m)
{
	struct buf b = BUF_INIT;

	width_cut(&b, m->path, strlen(m->path), 28, CUT_MIDDLE, false);
	if (m->version[0]) {
		buf_addch(&b, ' ');
		version_short(&b, m->version);
	}
	return buf_detach(&b);
}

static int box_of(struct drawing *dr, uint32_t node, unsigned style)
{
	const struct load_graph *g = dr->s->g;
	const struct load_module *m = graph_module_of(g, node);
	size_t i;
	char *label;

	if (!m)
		return -1;
	i = (size_t)(m - g->modules);
	if (dr->box[i] >= 0)
		return dr->box[i];
	if (dr->s->box.nodes.n >= MAX_BOXES)
		return -1;
	label = box_label(m);
	dr->box[i] = boxgraph_node(&dr->s->box, label, style, m->node);
	free(label);
	return dr->box[i];
}

static void draw_edge(struct drawing *dr, uint32_t from, uint32_t to)
{
	const struct load_node *n = &dr->s->g->nodes[to];
	int a = box_of(dr, from, STYLE_NORMAL), b = box_of(dr, to, STYLE_NORMAL);
	struct buf label = BUF_INIT;

	if (a < 0 || b < 0 || a == b || dr->edge[a * MAX_BOXES + b])
		return;
	dr->edge[a * MAX_BOXES + b] = 1;
	version_short(&label, n->version);
	if (n->selected)
		buf_addstr(&label, " ●");
	boxgraph_edge(&dr->s->box, (unsigned)a, (unsigned)b, label.data,
		      n->selected ? STYLE_GO : STYLE_QUIET);
	buf_release(&label);
}

static void draw_chain(struct drawing *dr, uint32_t node)
{
	uint32_t chain[MAX_CHAIN];
	size_t n = graph_chain(dr->s->g, node, chain, ARRAY_LEN(chain));

	for (size_t i = 1; i < n; i++)
		draw_edge(dr, chain[i - 1], chain[i]);
}

static void begin(struct drawing *dr, struct graph_view *s)
{
	*dr = (struct drawing){ .s = s };
	dr->box = xreallocarray(NULL, s->g->n_modules + 1, sizeof(*dr->box));
	for (size_t i = 0; i <= s->g->n_modules; i++)
		dr->box[i] = -1;
	dr->edge = xcalloc((size_t)MAX_BOXES * MAX_BOXES, 1);
	boxgraph_clear(&s->box);
	s->not_drawn = 0;
}

static void finish(struct drawing *dr, struct view *v, char *title)
{
	struct graph_view *s = graph_state(v);

	free(dr->box);
	free(dr->edge);
	boxgraph_layout(&s->box);
	free(s->drawn_title);
	s->drawn_title = title;
	s->drawing = true;
	v->in_detail = false;
	view_touch(v);
}

/* Each requirer of the node with a shortest chain to it. */
static void draw_requirers(struct drawing *dr, uint32_t node, size_t *room)
{
	const struct load_node *n = &dr->s->g->nodes[node];

	for (uint32_t i = 0; i < n->n_requirers; i++) {
		uint32_t from = dr->s->g->requirers[n->first + i];

		if (!*room) {
			dr->s->not_drawn++;
			continue;
		}
		--*room;
		draw_chain(dr, from);
		draw_edge(dr, from, node);
	}
}

void graph_draw_module(struct view *v)
{
	struct graph_view *s = graph_state(v);
	const struct load_module *m = graph_current(v);
	struct drawing dr;
	size_t room = MAX_REQUIRERS;

	if (!m)
		return;
	begin(&dr, s);
	box_of(&dr, m->node, STYLE_STRONG);
	draw_chain(&dr, m->node);
	draw_requirers(&dr, m->node, &room);
	for (uint32_t i = 0; i < m->versions; i++)
		if (s->g->by_module[m->first + i] != m->node)
			draw_requirers(&dr, s->g->by_module[m->first + i], &room);
	finish(&dr, v,
	       xasprintf("From the main module to %s%s", m->path,
			 s->not_drawn
				 ? " (shortest chains of those who ask for the highest versions)"
				 : ""));
	if (s->not_drawn)
		app_message(v->app, STYLE_QUIET, "%zu more requirers are not drawn; i lists all",
			    s->not_drawn);
}

/* Shortest path in the direction of requirements, over nodes; 0 if there is none. */
static size_t find_path(const struct load_graph *g, uint32_t from_module, uint32_t to_module,
			uint32_t *path, size_t max)
{
	uint32_t *queue = xreallocarray(NULL, g->n_nodes + 1, sizeof(*queue));
	uint32_t *parent = xreallocarray(NULL, g->n_nodes + 1, sizeof(*parent)), at = UINT32_MAX;
	size_t head = 0, tail = 0, n = 0;

	memset(parent, 0xff, (g->n_nodes + 1) * sizeof(*parent));
	queue[tail++] = g->modules[from_module].node;
	parent[queue[0]] = queue[0];
	while (head < tail && at == UINT32_MAX) {
		uint32_t node = queue[head++];
		size_t n_req;
		const uint32_t *req = load_graph_required(g, node, &n_req);

		if (g->nodes[node].module == to_module)
			at = node;
		for (size_t i = 0; i < n_req && at == UINT32_MAX; i++) {
			if (parent[req[i]] != UINT32_MAX)
				continue;
			parent[req[i]] = node;
			queue[tail++] = req[i];
		}
	}
	for (; at != UINT32_MAX && n < max; at = parent[at]) {
		path[n++] = at;
		if (parent[at] == at)
			break;
	}
	free(queue);
	free(parent);
	return n;
}

/* The modules of the two marks: rows of the table, or visible places of a tree. */
static bool marked_modules(struct view *v, uint32_t *a, uint32_t *b)
{
	struct graph_view *s = graph_state(v);
	size_t *rows, n = list_marked_rows(v->list, &rows);
	uint32_t found[2];
	size_t k = 0;

	for (size_t i = 0; i < n && k < 2; i++) {
		uint64_t node = s->mode == GRAPH_TABLE ? s->g->modules[rows[i]].node
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

void graph_draw_paths(struct view *v)
{
	struct graph_view *s = graph_state(v);
	struct drawing dr;
	uint32_t a, b, path[MAX_CHAIN];
	size_t n;

	if (!marked_modules(v, &a, &b)) {
		app_message(v->app, STYLE_ATTENTION, "mark two different modules with space first");
		return;
	}
	n = find_path(s->g, a, b, path, ARRAY_LEN(path));
	if (!n) {
		uint32_t t = a;

		a = b;
		b = t;
		n = find_path(s->g, a, b, path, ARRAY_LEN(path));
	}
	if (!n) {
		app_message(v->app, STYLE_QUIET,
			    "neither of the two requires the other, directly or through others");
		return;
	}
	begin(&dr, s);
	for (size_t i = n - 1; i > 0; i--)
		draw_edge(&dr, path[i], path[i - 1]);
	finish(&dr, v,
	       xasprintf("The shortest path from %s to %s", s->g->modules[a].path,
			 s->g->modules[b].path));
}

void graph_draw_close(struct view *v)
{
	graph_state(v)->drawing = false;
	view_touch(v);
}

/* Export: what is drawn, else all of it. */

static void export_all(struct view *v, const char *name)
{
	if (name[0] && !app_changing(v))
		app_change(v,
			   REQUEST(PART_EXPORT, .export = { graph_state(v)->export_format, name }));
}

void graph_exported(struct view *v, const struct request *r, const struct part *outcome,
		    const struct err *e)
{
	if (outcome)
		app_message(v->app, STYLE_GOOD, "saved %s, %zu bytes", r->export.file,
			    ((const struct load_export *)outcome->data)->bytes);
	else
		app_message(v->app, STYLE_BAD, "not saved: %s", e->text);
}

static void export_drawn(struct view *v, const char *name)
{
	struct graph_view *s = graph_state(v);
	struct buf b = BUF_INIT;
	struct graphfile f = { .mg = s->g->mg, .format = s->export_format, .out = &b };

	graphfile_begin(&f);
	for (size_t i = 0; i < s->box.edges.n; i++) {
		const struct boxgraph_edge *e = &s->box.edges.items[i];

		graphfile_edge(&f, (uint32_t)s->box.nodes.items[e->from].target,
			       (uint32_t)s->box.nodes.items[e->to].target);
	}
	graphfile_end(&f);
	app_save(v, name, buf_detach(&b));
}

static void export_as(struct view *v, int format)
{
	struct graph_view *s = graph_state(v);
	char *name;

	s->export_format = (enum graphfile_format)format;
	name = xasprintf("modscope-graph.%s", graphfile_suffix(s->export_format));
	if (s->drawing)
		export_drawn(v, name);
	else
		app_input(v, "Save as", name, export_all);
	free(name);
}

void graph_export(struct view *v)
{
	static const struct app_choice formats[] = {
		{ "dot", GRAPHFILE_DOT },
		{ "mermaid", GRAPHFILE_MERMAID },
		{ "json", GRAPHFILE_JSON },
		{ NULL, 0 },
	};

	app_choose(v, "Export the graph as", formats, export_as);
}
