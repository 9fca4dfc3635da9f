#include "screens/graph_draw.h"

#include "texts/describe.h"

/* More boxes than this are unreadable; further requirers are counted instead. */
enum { MAX_BOXES = 40, MAX_REQUIRERS = 5, MAX_CHAIN = 64 };

/* The boxes by module; nodes of one module are one box. */
struct drawing {
	struct graph_draw *s;
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
		describe_version(&b, m->version);
	}
	return buf_detach(&b);
}

static int box_of(struct drawing *dr, uint32_t node, unsigned style)
{
	const struct load_graph *g = dr->s->g;
	const struct load_module *m = load_graph_module_of(g, node);
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
	describe_version(&label, n->version);
	if (n->selected)
		buf_addstr(&label, " ●");
	boxgraph_edge(&dr->s->box, (unsigned)a, (unsigned)b, label.data,
		      n->selected ? STYLE_GO : STYLE_QUIET);
	buf_release(&label);
}

static void draw_chain(struct drawing *dr, uint32_t node)
{
	uint32_t chain[MAX_CHAIN];
	size_t n = load_graph_chain(dr->s->g, node, chain, ARRAY_LEN(chain));

	for (size_t i = 1; i < n; i++)
		draw_edge(dr, chain[i - 1], chain[i]);
}

static void begin(struct drawing *dr, struct graph_draw *s, const struct load_graph *g)
{
	s->g = g;
	*dr = (struct drawing){ .s = s };
	dr->box = xreallocarray(NULL, s->g->n_modules + 1, sizeof(*dr->box));
	for (size_t i = 0; i <= s->g->n_modules; i++)
		dr->box[i] = -1;
	dr->edge = xcalloc((size_t)MAX_BOXES * MAX_BOXES, 1);
	boxgraph_clear(&s->box);
	s->not_drawn = 0;
}

static void finish(struct drawing *dr, char *title)
{
	struct graph_draw *s = dr->s;

	free(dr->box);
	free(dr->edge);
	boxgraph_layout(&s->box);
	free(s->title);
	s->title = title;
	s->shown = true;
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

void graph_draw_module(struct graph_draw *s, const struct load_graph *g,
		       const struct load_module *m)
{
	struct drawing dr;
	size_t room = MAX_REQUIRERS;

	begin(&dr, s, g);
	box_of(&dr, m->node, STYLE_STRONG);
	draw_chain(&dr, m->node);
	draw_requirers(&dr, m->node, &room);
	for (uint32_t i = 0; i < m->versions; i++)
		if (g->by_module[m->first + i] != m->node)
			draw_requirers(&dr, g->by_module[m->first + i], &room);
	finish(&dr,
	       xasprintf("From the main module to %s%s", m->path,
			 s->not_drawn
				 ? " (shortest chains of those who ask for the highest versions)"
				 : ""));
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

bool graph_draw_paths(struct graph_draw *s, const struct load_graph *g, uint32_t a, uint32_t b)
{
	uint32_t path[MAX_CHAIN];
	struct drawing dr;
	size_t n = find_path(g, a, b, path, ARRAY_LEN(path));

	if (!n) {
		uint32_t t = a;

		a = b;
		b = t;
		n = find_path(g, a, b, path, ARRAY_LEN(path));
	}
	if (!n)
		return false;
	begin(&dr, s, g);
	for (size_t i = n - 1; i > 0; i--)
		draw_edge(&dr, path[i], path[i - 1]);
	finish(&dr, xasprintf("The shortest path from %s to %s", g->modules[a].path,
			      g->modules[b].path));
	return true;
}

void graph_draw_text(const struct graph_draw *s, enum graphfile_format format, struct buf *out)
{
	struct graphfile f = { .mg = s->g->mg, .format = format, .out = out };

	graphfile_begin(&f);
	for (size_t i = 0; i < s->box.edges.n; i++) {
		const struct boxgraph_edge *e = &s->box.edges.items[i];

		graphfile_edge(&f, (uint32_t)s->box.nodes.items[e->from].target,
			       (uint32_t)s->box.nodes.items[e->to].target);
	}
	graphfile_end(&f);
}

void graph_draw_area(struct graph_draw *s, struct area a)
{
	s->box.focused = true;
	area_fmt(a, 1, 0, -1, STYLE_TITLE, "%s", s->title);
	boxgraph_draw(&s->box, area_sub(a, 0, 1, -1, -1));
}

void graph_draw_init(struct graph_draw *s)
{
	boxgraph_init(&s->box);
}

void graph_draw_release(struct graph_draw *s)
{
	boxgraph_release(&s->box);
	free(s->title);
}
