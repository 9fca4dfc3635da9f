#include "texts/module_doc.h"

#include "gauge.h"
#include "texts/describe.h"
#include "texts/origin_text.h"
#include "gofiles/rfc3339.h"

enum { SHOWN_VERSIONS = 6, MAX_CHAIN = 64 };

struct asked {
	uint32_t node;
	uint32_t n;
};

/* The required versions of the module, highest first. */
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

/* " v1.2.0"; only the selected version is shown in full if it is a pseudo-version. */
static void add_version(unsigned style, const char *version, struct doc *d)
{
	struct buf b = BUF_INIT;

	describe_version(&b, version);
	doc_addf(d, style, " %s", b.data);
	buf_release(&b);
}

static void add_node(const struct load_graph *g, uint32_t node, struct doc *d)
{
	const struct load_node *n = &g->nodes[node];

	doc_link(d, STYLE_LINK, MODULE_DOC_LINK_MODULE, node, n->path);
	if (n->version[0])
		add_version(n->selected ? STYLE_NORMAL : STYLE_QUIET, n->version, d);
}

/* Until the explanation is loaded, which has more detail. */
static void add_decider(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	uint32_t by = load_graph_decider(g, m), n = g->nodes[m->node].n_requirers;

	doc_field(d, "because");
	if (by == UINT32_MAX)
		return;
	add_node(g, by, d);
	if (!g->nodes[by].version[0] && m->line)
		doc_addf(d, STYLE_QUIET, " %s:%d", m->short_file, m->line);
	doc_add(d, STYLE_NORMAL, " asks for");
	add_version(STYLE_NORMAL, m->version, d);
	if (n > 1)
		doc_addf(d, STYLE_QUIET, ", and %u more", n - 1);
}

enum { SPARK_CELLS = 24, SPARK_LEAST = 3, SHOWN_OF_MANY = 3 };

/* How often each version is required, oldest first. */
static void add_spark(const struct load_graph *g, const struct asked *asked, size_t n,
		      struct doc *d)
{
	uint64_t *values = xcalloc(n, sizeof(*values));
	struct line l = LINE_INIT;

	for (size_t i = 0; i < n; i++)
		values[n - 1 - i] = asked[i].n;
	gauge_sparkline(&l, STYLE_NORMAL, SPARK_CELLS, values, n);
	doc_add(d, STYLE_NORMAL, "   ");
	doc_add(d, STYLE_NORMAL, l.text.data);
	add_version(STYLE_QUIET, g->nodes[asked[n - 1].node].version, d);
	doc_add(d, STYLE_QUIET, " …");
	add_version(STYLE_QUIET, g->nodes[asked[0].node].version, d);
	line_release(&l);
	free(values);
}

static void add_versions(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	struct asked *asked = xcalloc(m->versions + 1, sizeof(*asked));
	size_t n = asked_versions(g, m, asked, m->versions), shown;

	doc_field(d, "asked by");
	doc_addf(d, STYLE_NORMAL, "%u", m->asked);
	if (n >= SPARK_LEAST)
		add_spark(g, asked, n, d);
	shown = n > SHOWN_VERSIONS ? SHOWN_OF_MANY : n;
	if (n >= SPARK_LEAST)
		doc_newline(d);
	for (size_t i = 0; i < shown; i++) {
		struct buf b = BUF_INIT;

		describe_version(&b, g->nodes[asked[i].node].version);
		doc_addf(d, i ? STYLE_QUIET : STYLE_STRONG, "%s%s",
			 i || n < SPARK_LEAST ? "   " : "", b.data);
		doc_addf(d, STYLE_QUIET, " x%u", asked[i].n);
		buf_release(&b);
	}
	if (shown < n)
		doc_addf(d, STYLE_QUIET, "   and %zu older", n - shown);
	free(asked);
}

static void add_chain(const struct load_graph *g, const struct load_module *m, struct doc *d)
{
	uint32_t chain[MAX_CHAIN];
	size_t n = load_graph_chain(g, m->node, chain, ARRAY_LEN(chain));

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

/* The line in the file and, if packages are loaded, whether the imports agree. */
static void add_kind(const struct module_doc *w, struct doc *d)
{
	static const char *const words[] = {
		[LOAD_MAIN] = "the main module",
		[LOAD_DIRECT] = "direct: required without // indirect",
		[LOAD_INDIRECT] = "indirect: required with // indirect",
		[LOAD_DEEP] = "transitive: required only by other modules",
		[LOAD_LANGUAGE] = "a line of the language, not a module",
	};
	const struct load_module *m = w->m;
	const struct load_import *in = w->in ? map_get(&w->in->modules, m->path) : NULL;
	bool imported = in && in->n_direct;

	doc_field(d, "kind");
	doc_add(d, STYLE_NORMAL, words[m->kind]);
	if (m->line) {
		doc_add(d, STYLE_NORMAL, "  ");
		doc_link(d, STYLE_LINK, MODULE_DOC_LINK_GOMOD, (uint64_t)(m - w->g->modules),
			 m->short_file);
		doc_addf(d, STYLE_QUIET, ":%d", m->line);
	}
	if (m->kind == LOAD_INDIRECT && imported)
		doc_add(d, STYLE_ATTENTION,
			"  but the main module imports it: go mod tidy removes the comment");
	if (m->kind == LOAD_DIRECT && w->in && !w->in->n_absent && !imported)
		doc_addf(d, STYLE_ATTENTION, "  but no package of the main module imports it%s",
			 in ? ", only others do" : "");
}

static void add_fact(const char *word, enum load_known known, const char *text, struct doc *d)
{
	doc_addf(d, STYLE_QUIET, "   %s ", word);
	if (known == LOAD_NO)
		doc_add(d, STYLE_NORMAL, "no");
	else if (known == LOAD_UNKNOWN)
		doc_add(d, STYLE_QUIET, "unknown");
	else
		doc_addf(d, STYLE_ATTENTION, "yes%s%s", text[0] ? ": " : "", text);
}

static void add_cached(const struct load_versions *v, struct doc *d)
{
	if (v->local)
		return;
	doc_add(d, STYLE_QUIET, "   cached");
	if (!v->mod && !v->zip && !v->dir && !v->unread[0])
		doc_add(d, STYLE_ATTENTION, " no");
	doc_addf(d, STYLE_NORMAL, "%s%s%s", v->mod ? " mod" : "", v->zip ? " zip" : "",
		 v->dir ? " dir" : "");
	if (v->unread[0])
		doc_addf(d, STYLE_ATTENTION, ", not all seen: %s", v->unread);
}

/* The one-line facts: version, retraction and such, go version, cached files. */
static void add_selected(const struct module_doc *w, struct doc *d)
{
	const struct load_module *m = w->m;
	struct buf b = BUF_INIT;

	doc_field(d, "selected");
	doc_add(d, STYLE_STRONG, m->version);
	if (m->kind == LOAD_LANGUAGE)
		return;
	doc_add(d, STYLE_QUIET, "   replaced ");
	if (m->replaced.path[0]) {
		describe_modver(&b, m->replaced);
		doc_addf(d, STYLE_ATTENTION, "by %s", b.data);
		if (w->x && w->x->found && w->x->replaced_at[0])
			doc_addf(d, STYLE_QUIET, " (%s)", w->x->replaced_at);
	} else {
		doc_add(d, STYLE_NORMAL, "no");
	}
	if (w->v) {
		add_fact("deprecated", w->v->deprecated, w->v->deprecation, d);
		add_fact("retracted", w->v->retracted, w->v->rationale, d);
	}
	if (w->x && w->x->found && w->x->go_version[0])
		doc_addf(d, STYLE_NORMAL, "   go %s", w->x->go_version);
	if (w->v)
		add_cached(w->v, d);
	buf_release(&b);
}

static void add_age(const struct load_versions *v, struct doc *d)
{
	int64_t newest, now;
	struct buf b = BUF_INIT;

	if (!rfc3339_parse(v->newest_time, &newest) || !rfc3339_parse(v->time, &now))
		return;
	gauge_age(&b, newest - now);
	doc_addf(d, STYLE_QUIET, "   %.10s, %s newer", v->newest_time, b.data);
	buf_release(&b);
}

static void add_unknown_newest(const struct module_doc *w, struct doc *d)
{
	const struct load_versions *v = w->v;

	doc_add(d, STYLE_ATTENTION, "unknown");
	if (v->asked)
		doc_addf(d, STYLE_QUIET, "   %s",
			 v->why_unknown[0] ? v->why_unknown : "the proxies did not say");
	else if (v->listed[0])
		doc_addf(d, STYLE_QUIET, "   go's list of %s in the cache has nothing newer; %s",
			 v->listed, w->settles);
	else
		doc_addf(d, STYLE_QUIET, "   no list of versions is cached; %s", w->settles);
}

/* go's cached list is as old as its request, and sometimes was incomplete even then. */
static void add_newest(const struct module_doc *w, struct doc *d)
{
	const struct load_versions *v = w->v;

	if (!v || w->m->kind == LOAD_LANGUAGE)
		return;
	doc_field(d, "newest");
	if (v->none) {
		doc_add(d, STYLE_NORMAL, "none to upgrade to");
		doc_add(d, STYLE_QUIET, "   all others are older, excluded or retracted");
	} else if (!v->newest[0]) {
		add_unknown_newest(w, d);
	} else if (v->listed[0]) {
		doc_addf(d, STYLE_STRONG, "%s or newer", v->newest);
		doc_addf(d, STYLE_QUIET, "   from go's list of %s in the cache; %s", v->listed,
			 v->asked && v->why_unknown[0] ? v->why_unknown : w->settles);
	} else if (str_eq(v->newest, w->m->version)) {
		doc_add(d, STYLE_NORMAL, v->newest);
		doc_add(d, STYLE_QUIET, "   this one");
	} else {
		doc_add(d, STYLE_STRONG, v->newest);
		add_age(v, d);
	}
}

/* The commit selected, and those that `newest` adds. Older proxies name no commit. */
static void add_origin(const struct module_doc *w, struct doc *d)
{
	const struct load_versions *v = w->v;

	if (!v || !v->origin || !*v->origin->origin.hash)
		return;
	origin_text_doc(d, v->origin, "", "modscope versions --fetch gets it");
	if (v->newer && v->newer->compared)
		origin_text_commits(d, v->newer, "up to", v->newest);
}

/* The deciding requirement and the runner-up. */
static void add_because(const struct module_doc *w, struct doc *d)
{
	const struct load_explain *x = w->x;
	size_t next = 0;

	for (size_t i = 0; i < x->n_requirers; i++)
		next += x->requirers[i].counts && x->runner_up[0] &&
			str_eq(x->requirers[i].wants, x->runner_up);
	doc_field(d, "because");
	doc_add(d, STYLE_NORMAL, x->because);
	if (next)
		doc_addf(d, STYLE_QUIET, " (%zu ask%s for it)", next, next == 1 ? "s" : "");
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
		describe_modver(&b, w->decider);
		doc_addf(d, STYLE_QUIET, "  asked by %s", b.data);
	}
	buf_release(&b);
}

/* What would be selected without the deciding requirements: without all, then without each if that makes a difference. */
static void add_without(const struct load_module *m, const struct load_explain *x, struct doc *d)
{
	for (size_t i = 0; i < x->n_without; i++) {
		const struct load_without *w = &x->without[i];

		if (!w->all && x->n_without > 1 && str_eq(w->version, m->version))
			continue;
		doc_field(d, "without");
		if (!w->all || x->n_without > 1)
			doc_addf(d, STYLE_NORMAL, "%s%s: ",
				 str_eq(w->what, w->requirer.path) ? "the requirement of " : "",
				 w->what);
		else
			doc_add(d, STYLE_NORMAL, "that requirement: ");
		without_line(w, d);
	}
}

/* No package of the module was found; if trees are missing, there may be one: in the module itself, or imported by another. */
static void add_no_imports(const struct load_imports *in, const char *path, struct doc *d)
{
	const char *chain = map_get(&in->unread, path);

	if (chain) {
		doc_add(d, STYLE_ATTENTION, "unknown");
		doc_add(d, STYLE_QUIET,
			"   it is imported, and not in the cache; go mod download fetches");
		doc_field(d, "imports");
		doc_add(d, STYLE_NORMAL, chain);
		return;
	}
	if (!in->n_absent) {
		doc_add(d, STYLE_QUIET,
			"none is imported by the main module, its tests or what they import");
		return;
	}
	doc_add(d, STYLE_ATTENTION, "unknown");
	doc_addf(d, STYLE_QUIET, "   no import found, but %s@%s", in->absent.path,
		 in->absent.version);
	if (in->n_absent > 1)
		doc_addf(d, STYLE_QUIET, " and %zu more are", in->n_absent - 1);
	else
		doc_add(d, STYLE_QUIET, " is");
	doc_add(d, STYLE_QUIET, " not in the cache; go mod download fetches");
}

static void add_imports(const struct module_doc *w, struct doc *d)
{
	const struct load_import *i = w->in ? map_get(&w->in->modules, w->m->path) : NULL;
	size_t shown;

	doc_field(d, "packages");
	if (!w->in) {
		doc_add(d, STYLE_ATTENTION, "unknown");
		doc_addf(d, STYLE_QUIET, "   %s", w->no_imports);
		return;
	}
	if (!i) {
		add_no_imports(w->in, w->m->path, d);
		return;
	}
	doc_addf(d, STYLE_NORMAL, "%zu needed", i->n_packages);
	if (w->in->n_absent)
		doc_addf(d, STYLE_QUIET, " at least: %zu module%s not in the cache",
			 w->in->n_absent, w->in->n_absent == 1 ? " is" : "s are");
	if (i->n_tests)
		doc_addf(d, STYLE_QUIET, ", %zu by tests only", i->n_tests);
	if (i->tool)
		doc_add(d, STYLE_QUIET, ", a tool among them");
	doc_field(d, "imports");
	shown = w->unfolded ? i->n_packages : 1;
	for (size_t k = 0; k < shown; k++) {
		if (k)
			doc_newline(d);
		doc_add(d, STYLE_NORMAL, i->chains[k]);
	}
	if (shown < i->n_packages)
		doc_addf(d, STYLE_QUIET, "   and %zu more chain%s", i->n_packages - shown,
			 i->n_packages - shown == 1 ? "" : "s");
}

static void add_more(const struct load_explain *x, struct doc *d)
{
	for (size_t i = 0; i < x->n_excludes; i++) {
		doc_field(d, "excluded");
		doc_add(d, STYLE_ATTENTION, x->excludes[i]);
	}
	doc_field(d, "reason");
	doc_add(d, STYLE_QUIET, x->reason);
}

void module_doc_add(const struct module_doc *w, struct doc *d)
{
	const struct load_graph *g = w->g;
	const struct load_module *m = w->m;
	bool explained = w->x && w->x->found;

	if (!w->no_heading) {
		doc_heading(d, m->path);
		doc_blank(d);
	}
	if (m->version[0])
		add_selected(w, d);
	if (w->node != UINT32_MAX && w->node != m->node &&
	    g->nodes[w->node].path == g->nodes[m->node].path) {
		doc_field(d, "asked for");
		doc_addf(d, STYLE_NORMAL, "%s here", g->nodes[w->node].version);
	}
	if (m->kind != LOAD_MAIN) {
		if (explained)
			add_because(w, d);
		else
			add_decider(g, m, d);
		if (explained)
			add_without(m, w->x, d);
		add_newest(w, d);
		add_origin(w, d);
		add_versions(g, m, d);
		add_chain(g, m, d);
	}
	add_kind(w, d);
	if ((w->in || w->no_imports) && m->kind != LOAD_MAIN && m->kind != LOAD_LANGUAGE)
		add_imports(w, d);
	if (explained)
		add_more(w->x, d);
}
