#include "texts/facts.h"

#include "cache/cache.h"
#include "texts/describe.h"
#include "gauge.h"
#include "gofiles/goenv.h"
#include "packages/tidy.h"

enum { MOST = 6 };

static void count_field(struct doc *d, const char *label, size_t n, const char *what)
{
	struct buf b = BUF_INIT;

	gauge_count(&b, n);
	doc_field(d, label);
	doc_addf(d, STYLE_NORMAL, "%s", b.data);
	if (what[0])
		doc_addf(d, STYLE_QUIET, "  %s", what);
	buf_release(&b);
}

/* The modules with the most required versions: where the graph disagrees. */
static void contested(const struct load_graph *g, struct doc *d)
{
	const struct load_module *top[MOST];
	size_t n = 0;

	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];
		size_t at = n;

		if (m->kind == LOAD_MAIN || m->kind == LOAD_LANGUAGE || m->versions < 2)
			continue;
		while (at > 0 && top[at - 1]->versions < m->versions)
			at--;
		if (at == MOST)
			continue;
		n = n < MOST ? n + 1 : MOST;
		memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof(top[0]));
		top[at] = m;
	}
	if (!n)
		return;
	doc_blank(d);
	doc_line(d);
	doc_add(d, STYLE_TITLE, "most versions asked for");
	for (size_t i = 0; i < n; i++) {
		doc_line(d);
		doc_addf(d, STYLE_NORMAL, "%5u  ", top[i]->versions);
		doc_link(d, STYLE_LINK, FACTS_LINK_MODULE, (uint64_t)(top[i] - g->modules),
			 top[i]->path);
		doc_addf(d, STYLE_QUIET, " %s", top[i]->version);
	}
}

static void language(const struct load_graph *g, struct doc *d)
{
	const struct load_module *m = load_graph_module(g, "go");
	uint32_t by;

	if (!m)
		return;
	by = load_graph_decider(g, m);
	doc_field(d, "go");
	doc_add(d, STYLE_NORMAL, m->version);
	if (by != UINT32_MAX && g->nodes[by].version[0]) {
		struct buf b = BUF_INIT;

		describe_modver(&b, (struct modver){ g->nodes[by].path, g->nodes[by].version });
		doc_addf(d, STYLE_QUIET, "  raised by %s", b.data);
		buf_release(&b);
	}
	if (g->toolchain[0]) {
		doc_field(d, "toolchain");
		doc_add(d, STYLE_NORMAL, g->toolchain);
	}
}

static void replaced(const struct load_graph *g, struct doc *d)
{
	struct buf b = BUF_INIT;

	if (!g->n_replaced)
		return;
	doc_blank(d);
	doc_line(d);
	doc_add(d, STYLE_TITLE, "replaced");
	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];

		if (!m->replaced.path[0])
			continue;
		buf_clear(&b);
		describe_modver(&b, m->replaced);
		doc_line(d);
		doc_add(d, STYLE_NORMAL, "  ");
		doc_link(d, STYLE_LINK, FACTS_LINK_MODULE, i, m->path);
		doc_add(d, STYLE_NORMAL, " ");
		doc_glyph(d, STYLE_QUIET, GLYPH_ARROW);
		doc_addf(d, STYLE_ATTENTION, " %s", b.data);
	}
	buf_release(&b);
}

static void graph_facts(const struct load_graph *g, struct doc *d)
{
	size_t n[LOAD_LANGUAGE + 1] = { 0 }, asked = 0, deepest = 0;

	for (size_t i = 0; i < g->n_modules; i++) {
		n[g->modules[i].kind]++;
		asked += g->modules[i].versions;
		if (g->modules[i].depth != UINT32_MAX && g->modules[i].depth > deepest)
			deepest = g->modules[i].depth;
	}
	doc_field(d, "file");
	doc_add(d, STYLE_NORMAL, g->gowork ? g->gowork : g->gomod ? g->gomod : "");
	count_field(d, "direct", n[LOAD_DIRECT], "required without // indirect");
	count_field(d, "indirect", n[LOAD_INDIRECT], "required with // indirect");
	count_field(d, "transitive", n[LOAD_DEEP], "required only by other modules");
	count_field(d, "edges", g->n_edges, "");
	count_field(d, "versions", asked, "asked for in all");
	count_field(d, "depth", deepest, "steps to the farthest module");
	language(g, d);
	replaced(g, d);
	contested(g, d);
}

static void cache_facts(const struct load_cache *c, struct doc *d)
{
	struct buf b = BUF_INIT;

	gauge_bytes(&b, c->report->bytes);
	doc_field(d, "directory");
	doc_add(d, STYLE_NORMAL, c->report->root);
	doc_field(d, "size");
	doc_add(d, STYLE_NORMAL, b.data);
	for (int i = 0; i < CACHE_STATES; i++)
		if (c->report->states[i])
			count_field(d, cache_state_name((enum cache_state)i), c->report->states[i],
				    "");
	if (c->report->states[CACHE_UNVERIFIED]) {
		doc_blank(d);
		doc_line(d);
		doc_add(d, STYLE_QUIET,
			"No damage of the unverified ones is known. v in the cache view hashes their content and asks the checksum database.");
	}
	buf_release(&b);
}

static void env_facts(const struct load_env *e, struct doc *d)
{
	for (size_t i = 0; i < e->n_notes; i++) {
		if (!e->notes[i].changed)
			continue;
		doc_field(d, e->notes[i].name);
		doc_add(d, STYLE_NORMAL, e->notes[i].value);
		doc_newline(d);
		doc_add(d, STYLE_QUIET, e->notes[i].where);
	}
}

static void tidy_facts(const struct load_tidy *t, struct doc *d)
{
	if (t->nowhere || err_is_set(&t->failed) || load_tidy_unknown(t)) /* findings tell */
		return;
	doc_field(d, "go.mod");
	doc_addf(d, STYLE_NORMAL, "+%zu -%zu", t->added[0], t->removed[0]);
	doc_field(d, "go.sum");
	doc_addf(d, STYLE_NORMAL, "+%zu -%zu", t->added[1], t->removed[1]);
	doc_field(d, "offline");
	if (t->n_needs)
		doc_addf(d, STYLE_ATTENTION, "no: %zu file%s would be fetched", t->n_needs,
			 t->n_needs == 1 ? "" : "s");
	else
		doc_add(d, STYLE_GOOD, "yes: everything is in the cache");
}

void facts_of_part(const struct part *p, struct doc *d)
{
	switch (p->request->part) {
	case PART_GRAPH: graph_facts(p->data, d); break;
	case PART_CACHE: cache_facts(p->data, d); break;
	case PART_ENV: env_facts(p->data, d); break;
	case PART_TIDY: tidy_facts(p->data, d); break;
	default: break;
	}
}
