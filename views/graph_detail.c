#include "view_graph.h"

enum { SHOWN_VERSIONS = 6, SHOWN_DECIDERS = 4, MAX_CHAIN = 64 };

struct asked {
	uint32_t node;
	uint32_t n;
};

/* Versions of the module that are asked for, greatest first. */
static size_t asked_versions(const struct load_graph *g, const struct load_module *m,
			     struct asked *out, size_t max)
{
	size_t n = 0;

	for (uint32_t i = 0; i < m->versions && n < max; i++) {
		uint32_t node = g->by_module[m->first + i];

		if (g->nodes[node].n_requirers)
			out[n++] = (struct asked){ node, g->nodes[node].n_requirers };
	}
	return n;
}

/* " v1.2.0"; a pseudo-version is shown whole only once, as the one that is selected. */
static void add_version(unsigned style, const char *version, struct doc *d)
{
	struct buf b = BUF_INIT;

	version_short(&b, version);
	doc_addf(d, style, " %s", b.data);
	buf_release(&b);
}

static void add_node(const struct load_graph *g, uint32_t node, struct doc *d)
{
	const struct load_node *n = &g->nodes[node];

	doc_link(d, STYLE_LINK, LINK_MODULE, node, n->path);
	if (n->version[0])
		add_version(n->selected ? STYLE_NORMAL : STYLE_QUIET, n->version, d);
}

static void add_deciders(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	const struct load_node *n = &g->nodes[m->node];

	doc_field(d, "because");
	for (uint32_t i = 0; i < n->n_requirers && i < SHOWN_DECIDERS; i++) {
		if (i)
			doc_newline(d);
		add_node(g, g->requirers[n->first + i], d);
		if (g->nodes[g->requirers[n->first + i]].depth == 0 && m->line)
			doc_addf(d, STYLE_QUIET, " go.mod:%d", m->line);
	}
	if (n->n_requirers > SHOWN_DECIDERS) {
		doc_newline(d);
		doc_addf(d, STYLE_QUIET, "and %u more ask for", n->n_requirers - SHOWN_DECIDERS);
		add_version(STYLE_QUIET, m->version, d);
	} else if (n->n_requirers) {
		doc_add(d, STYLE_NORMAL, n->n_requirers == 1 ? " asks for" : " ask for");
		add_version(STYLE_NORMAL, m->version, d);
	}
}

static void add_versions(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	struct asked asked[SHOWN_VERSIONS + 1];
	size_t n = asked_versions(g, m, asked, ARRAY_LEN(asked));

	doc_field(d, "asked by");
	doc_addf(d, STYLE_NORMAL, "%u", m->asked);
	for (size_t i = 0; i < n && i < SHOWN_VERSIONS; i++) {
		struct buf b = BUF_INIT;

		version_short(&b, g->nodes[asked[i].node].version);
		doc_addf(d, i ? STYLE_QUIET : STYLE_STRONG, "   %s", b.data);
		doc_addf(d, STYLE_QUIET, " x%u", asked[i].n);
		buf_release(&b);
	}
	if (m->versions > SHOWN_VERSIONS)
		doc_addf(d, STYLE_QUIET, "   and %u older", m->versions - SHOWN_VERSIONS);
	if (n > 1) {
		doc_field(d, "next");
		doc_addf(d, STYLE_NORMAL, "%s", g->nodes[asked[1].node].version);
		doc_addf(d, STYLE_QUIET, "  (%u requirer%s)", asked[1].n,
			 asked[1].n == 1 ? "" : "s");
	}
}

static void add_chain(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	uint32_t chain[MAX_CHAIN];
	size_t n = graph_chain(g, m->node, chain, ARRAY_LEN(chain));

	if (n < 2)
		return;
	doc_field(d, "chain");
	for (size_t i = 0; i < n; i++) {
		if (i) {
			doc_add(d, STYLE_NORMAL, " ");
			doc_glyph(d, STYLE_QUIET, GLYPH_ARROW);
			doc_add(d, STYLE_NORMAL, " ");
		}
		add_node(g, chain[i], d);
	}
}

static void add_kind(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	static const char *const words[] = {
		[LOAD_MAIN] = "the main module",
		[LOAD_DIRECT] = "direct: a package of it is imported by the main module",
		[LOAD_INDIRECT] = "indirect: in go.mod, but imported only by others",
		[LOAD_DEEP] = "deep: in no go.mod of ours",
		[LOAD_LANGUAGE] = "a line of the language, not a module",
	};

	doc_field(d, "kind");
	doc_add(d, STYLE_NORMAL, words[m->kind]);
	if (m->line) {
		doc_add(d, STYLE_NORMAL, "  ");
		doc_link(d, STYLE_LINK, LINK_GOMOD, (uint64_t)m->line, "go.mod");
		doc_addf(d, STYLE_QUIET, ":%d", m->line);
	}
	if (m->replaced.path[0]) {
		struct buf b = BUF_INIT;

		modver_text(&b, m->replaced);
		doc_field(d, "replaced");
		doc_addf(d, STYLE_ATTENTION, "the source is %s", b.data);
		buf_release(&b);
	}
	(void)g;
}

const struct load_explain *graph_explain(struct view *v, const struct load_module *m)
{
	if (!m || m->kind == LOAD_MAIN)
		return NULL;
	if (v->rested)
		app_want(v->app, PART_EXPLAIN, m->path);
	return app_part(v->app, PART_EXPLAIN, m->path);
}

static void without_line(const struct load_without *w, struct doc *d)
{
	struct buf b = BUF_INIT;

	if (w->failed) {
		doc_addf(d, STYLE_ATTENTION, "unknown: %s", w->failed);
		return;
	}
	doc_add(d, STYLE_STRONG, w->version[0] ? w->version : "not in the build list");
	if (w->decider.path[0]) {
		modver_text(&b, w->decider);
		doc_addf(d, STYLE_QUIET, "  asked by %s", b.data);
	}
	buf_release(&b);
}

/* What would be selected without those who decide: all of them, then each alone where that changes anything. */
static void add_without(const struct load_module *m, const struct load_explain *x, struct doc *d)
{
	for (size_t i = 0; i < x->n_without; i++) {
		const struct load_without *w = &x->without[i];

		if (!w->all && x->n_without > 1 && str_eq(w->version, m->version))
			continue;
		doc_field(d, "without");
		if (!w->all || x->n_without > 1)
			doc_addf(d, STYLE_NORMAL, "%s: ", w->all ? "all of them" : w->what);
		else
			doc_add(d, STYLE_NORMAL, "it: ");
		without_line(w, d);
	}
}

static void add_imports(const struct load_module *m, const struct load_imports *in, struct doc *d)
{
	const struct load_import *i = map_get(&in->modules, m->path);

	doc_field(d, "packages");
	if (!i) {
		doc_add(d, STYLE_QUIET, "none is needed");
		return;
	}
	doc_addf(d, STYLE_NORMAL, "%zu needed", i->n_packages);
	doc_field(d, "imports");
	doc_add(d, STYLE_NORMAL, i->chain);
}

static void add_more(const struct load_explain *x, struct doc *d)
{
	if (x->go_version[0]) {
		doc_field(d, "go");
		doc_add(d, STYLE_NORMAL, x->go_version);
	}
	for (size_t i = 0; i < x->n_excludes; i++) {
		doc_field(d, "excluded");
		doc_add(d, STYLE_ATTENTION, x->excludes[i]);
	}
	doc_field(d, "reason");
	doc_add(d, STYLE_QUIET, x->reason);
}

void graph_module_doc(const struct load_graph *g, const struct load_module *m, uint32_t node,
		      const struct load_explain *x, const struct load_imports *in, struct doc *d)
{
	doc_heading(d, m->path);
	doc_blank(d);
	if (m->version[0]) {
		doc_field(d, "selected");
		doc_add(d, STYLE_STRONG, m->version);
	}
	if (node != UINT32_MAX && node != m->node &&
	    g->nodes[node].path == g->nodes[m->node].path) {
		doc_field(d, "asked for");
		doc_addf(d, STYLE_NORMAL, "%s here", g->nodes[node].version);
	}
	if (m->kind != LOAD_MAIN) {
		add_deciders(g, m, d);
		add_versions(g, m, d);
		if (x && x->found)
			add_without(m, x, d);
		add_chain(g, m, d);
	}
	add_kind(g, m, d);
	if (in && m->kind != LOAD_MAIN && m->kind != LOAD_LANGUAGE)
		add_imports(m, in, d);
	if (x && x->found)
		add_more(x, d);
}
