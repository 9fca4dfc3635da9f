#include "cli.h"
#include "describe.h"
#include "modtab.h"
#include "view_graph.h"

enum { MAX_CHAIN = 64 };

/* One requirement of some version of the module. */
struct ask {
	const struct load_graph *g;
	uint32_t wanted, from;
};

struct answer {
	const struct load_graph *g;
	const struct load_module *m;
	struct load_reason reason;
	const struct load_whatif *without;	/* NULL: could not be found out */
	VEC(struct ask) asks;
};

static int by_version(const void *va, const void *vb)
{
	const struct ask *a = va, *b = vb;
	const struct load_node *x = &a->g->nodes[a->wanted], *y = &a->g->nodes[b->wanted];
	const struct load_node *f = &a->g->nodes[a->from], *h = &a->g->nodes[b->from];
	int c = a->wanted == b->wanted ? 0 : modtab_compare_versions(x->path, y->version, x->version);

	if (c)
		return c;
	if (f->depth != h->depth)
		return f->depth < h->depth ? -1 : 1;
	c = strcmp(f->path, h->path);
	return c ? c : strcmp(f->version, h->version);
}

static void add_asks(struct answer *a)
{
	for (uint32_t i = 0; i < a->g->n_nodes; i++) {
		const struct load_node *n = &a->g->nodes[i];

		for (uint32_t k = 0; n->path == a->m->path && k < n->n_requirers; k++)
			vec_push(&a->asks, (struct ask){ a->g, i, a->g->requirers[n->first + k] });
	}
	if (a->asks.n)
		qsort(a->asks.items, a->asks.n, sizeof(*a->asks.items), by_version);
}

static const char *class_of(const struct answer *a, uint32_t node)
{
	const struct load_node *n = &a->g->nodes[node];

	if (!n->version[0])
		return a->g->gowork ? "workspace member" : "main";
	return n->selected ? "selected" : "superseded";
}

/* "main > example.com/a > example.com/b": the ways in between are what matters. */
static void via_text(const struct answer *a, uint32_t node, struct buf *b)
{
	uint32_t chain[MAX_CHAIN];
	size_t n = graph_chain(a->g, node, chain, ARRAY_LEN(chain));

	if (n < 2) {
		buf_addch(b, '-');
		return;
	}
	buf_addstr(b, "main");
	for (size_t i = 1; i + 1 < n; i++)
		buf_addf(b, " > %s", a->g->nodes[chain[i]].path);
}

static void print_asks(struct cli *c, const struct answer *a)
{
	static const struct report_column columns[] = { { "" },	     { "ASKED FOR" },	    { "BY" },
							{ "WHO IS" }, { "DEPTH", true }, { "VIA" } };
	struct report_table t;

	if (!a->asks.n)
		return;
	report_textf(c->r, "\n");
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < a->asks.n; i++) {
		const struct ask *q = &a->asks.items[i];
		const struct load_node *want = &a->g->nodes[q->wanted], *from = &a->g->nodes[q->from];
		struct buf b = BUF_INIT;

		report_cell(&t, STYLE_GOOD, "%s", want->selected ? report_glyph(c->r, GLYPH_ON) : "");
		report_cell(&t, want->selected ? STYLE_STRONG : STYLE_QUIET, "%s", want->version);
		modver_text(&b, (struct modver){ from->path, from->version });
		if (!from->version[0] && a->m->line)
			buf_addf(&b, "  go.mod:%d", a->m->line);
		report_cell(&t, from->selected ? STYLE_NORMAL : STYLE_QUIET, "%s", b.data);
		report_cell(&t, STYLE_QUIET, "%s", class_of(a, q->from));
		report_cell(&t, STYLE_QUIET, "%u", from->depth);
		buf_clear(&b);
		via_text(a, q->from, &b);
		report_cell(&t, STYLE_QUIET, "%s", b.data);
		buf_release(&b);
	}
	report_table_end(&t);
}

static void print_text(struct cli *c, const struct answer *a)
{
	struct doc d;

	doc_init(&d);
	graph_module_doc(a->g, a->m, UINT32_MAX, a->without, &d);
	report_document(c->r, &d);
	doc_release(&d);
	print_asks(c, a);
}

static void json_chain(json_t *doc, const struct answer *a)
{
	json_t *rows = report_set_rows(doc, "chain");
	uint32_t chain[MAX_CHAIN];
	size_t n = graph_chain(a->g, a->m->node, chain, ARRAY_LEN(chain));

	for (size_t i = 0; i < n; i++) {
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", a->g->nodes[chain[i]].path);
		report_set_text(row, "Version", a->g->nodes[chain[i]].version);
	}
}

/* The version that would be selected if nobody asked for this one; NULL if the build list would not hold it. */
static const char *version_without(const struct answer *a)
{
	for (size_t i = 0; i < a->without->n_deltas; i++)
		if (str_eq(a->without->deltas[i].path, a->m->path))
			return a->without->deltas[i].after[0] ? a->without->deltas[i].after : NULL;
	return a->m->version;
}

static void print_json(struct cli *c, const struct answer *a)
{
	json_t *doc = report_doc("explain"), *rows;
	struct buf reason = BUF_INIT;

	reason_text(&reason, a->g, &a->reason);
	report_set_str(doc, "Path", a->m->path);
	report_set_text(doc, "Selected", a->m->version);
	report_set_str(doc, "Reason", reason.data);
	if (a->reason.runner_up != UINT32_MAX)
		report_set_str(doc, "RunnerUp", a->g->nodes[a->reason.runner_up].version);
	if (a->without)
		report_set_str(doc, "Without", version_without(a));
	report_set_str(doc, "Kind", kind_name(a->m->kind));
	if (a->m->replaced.path[0]) {
		json_t *r = json_object();

		report_set_str(r, "Path", a->m->replaced.path);
		report_set_text(r, "Version", a->m->replaced.version);
		json_object_set_new(doc, "Replace", r);
	}
	rows = report_set_rows(doc, "requirers");
	for (size_t i = 0; i < a->asks.n; i++) {
		const struct ask *q = &a->asks.items[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", a->g->nodes[q->from].path);
		report_set_text(row, "Version", a->g->nodes[q->from].version);
		report_set_str(row, "Wants", a->g->nodes[q->wanted].version);
		report_set_str(row, "Class", class_of(a, q->from));
		report_set_int(row, "Depth", a->g->nodes[q->from].depth);
	}
	json_chain(doc, a);
	report_json(c->r, doc);
	buf_release(&reason);
}

static int suggest(struct cli *c, const struct load_graph *g, const char *path)
{
	const char **names = xcalloc(g->n_modules + 1, sizeof(*names)), *close;

	for (size_t i = 0; i < g->n_modules; i++)
		names[i] = g->modules[i].path;
	close = cli_suggest(path, names, g->n_modules);
	report_notef(c->r, "modscope: no version of %s is in the module graph", path);
	if (close)
		report_notef(c->r, "Did you mean %s?", close);
	free(names);
	return STATUS_NO;
}

static const struct load_whatif *load_without(struct load *l, struct snapshot **s, const struct load_module *m)
{
	char *key = graph_without_key(m);
	struct err e = ERR_INIT;
	const struct load_whatif *w = NULL;

	if (m->kind != LOAD_MAIN && load_now(l, s, PART_WHATIF, key, &e))
		w = snapshot_part(*s, PART_WHATIF, key)->data;
	err_release(&e);
	free(key);
	return w;
}

static int answer(struct cli *c, struct load *l, struct snapshot **s, const struct load_graph *g)
{
	struct answer a = { .g = g };
	const char *at = strchr(c->args[0], '@');
	char *path = xstrndup(c->args[0], at ? (size_t)(at - c->args[0]) : strlen(c->args[0]));
	int status = STATUS_FINE;

	a.m = load_graph_module(g, path);
	if (!a.m) {
		status = suggest(c, g, path);
		free(path);
		return status;
	}
	load_graph_reason(g, a.m, &a.reason);
	add_asks(&a);
	a.without = load_without(l, s, a.m);
	if (c->r->json)
		print_json(c, &a);
	else
		print_text(c, &a);
	if (at && !str_eq(at + 1, a.m->version)) {
		report_notef(c->r, "modscope: %s is not selected; the build list has %s", c->args[0], a.m->version);
		status = STATUS_NO;
	}
	vec_release(&a.asks);
	free(path);
	return status;
}

static int run(struct cli *c)
{
	struct err e = ERR_INIT;
	struct load *l = load_new(&(struct load_options){ .offline = c->offline }, &e);
	struct snapshot *s = snapshot_new();
	int status;

	if (load_now(l, &s, PART_GRAPH, "", &e)) {
		const struct load_graph *g = snapshot_part(s, PART_GRAPH, "")->data;

		if (g->messages[0])
			report_go_words(c->r, g->messages);
		status = answer(c, l, &s, g);
		if (err_is_set(&g->broken)) {
			report_notef(c->r, "modscope: the graph is not whole: %s", g->broken.text);
			status = STATUS_UNKNOWN;
		}
	} else {
		status = cli_fail(c, &e);
	}
	snapshot_unref(s);
	load_free(l);
	return status;
}

const struct command cmd_explain = {
	.name = "explain",
	.args = "MODULE[@V]",
	.summary = "why a version was selected: who asks for it, who decides",
	.help = "Every module that asks for any version of MODULE, by the version it asks for, with the shortest way to it.\n"
		"With @V, the exit status is 1 if another version is selected.\n",
	.complete = "module",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
