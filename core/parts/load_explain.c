#include "parts/load_private.h"

#include "graph/explain.h"

/* Several explanations may run at once, but only one thread at a time may use the graph's loader. */
static struct explain_graph *lock_explainer(struct load_graph *g)
{
	pthread_mutex_lock(&g->lock);
	if (!g->explainer)
		g->explainer = explain_new(g->ml, g->mg);
	return g->explainer;
}

static const char *names_of(struct load_graph *g, struct arena *a, const uint32_t *nodes, size_t n)
{
	const struct modtab *t = modload_tab(g->ml);
	struct buf b = BUF_INIT;
	const char *text;

	for (size_t i = 0; i < n; i++) {
		bool only_main = !i && !g->gowork && !t->nodes[nodes[i]].mod.version[0];

		buf_addf(&b, "%s%s", i ? " > " : "",
			 only_main ? "main" : t->nodes[nodes[i]].mod.path);
	}
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

static void take_requirers(struct load_graph *g, struct load_explain *le,
			   const struct explain_answer *why, struct arena *a)
{
	le->requirers = arena_calloc(a, why->n_requirers + 1, sizeof(*le->requirers));
	le->n_requirers = why->n_requirers;
	for (size_t i = 0; i < why->n_requirers; i++) {
		const struct explain_requirer *r = &why->requirers[i];

		le->requirers[i] = (struct load_requirer){
			.mod = r->mod,
			.node = r->node < g->n_nodes ? r->node : UINT32_MAX,
			.wants = r->wants,
			.class = explain_class_name(r->class),
			.via = names_of(g, a, r->via, r->n_via),
			.file = r->file[0] ? modproject_short(modload_project(g->ml), r->file) : "",
			.line = r->line,
			.depth = r->depth,
			.decides = r->decides,
			.excluded = r->excluded,
			.counts = r->class != EXPLAIN_PRUNED_OUT && r->class != EXPLAIN_TOOL &&
				  !r->excluded,
		};
	}
}

/* The lines of the main modules, by name while they are few: "go.mod:12", "a/go.mod:5 and b/go.mod:7". */
static const char *main_lines(const struct load_explain *le, struct arena *a)
{
	const struct load_requirer *two[2];
	size_t n = 0;

	for (size_t i = 0; i < le->n_requirers; i++) {
		if (!le->requirers[i].file[0])
			continue;
		if (n < ARRAY_LEN(two))
			two[n] = &le->requirers[i];
		n++;
	}
	if (n > ARRAY_LEN(two))
		return arena_fmt(a, "the lines of %zu members", n);
	if (n == ARRAY_LEN(two))
		return arena_fmt(a, "%s:%d and %s:%d", two[0]->file, two[0]->line, two[1]->file,
				 two[1]->line);
	return n ? arena_fmt(a, "%s:%d", two[0]->file, two[0]->line) : "go.mod";
}

static void take_without(struct load_explain *le, const struct explain_answer *why, struct arena *a)
{
	le->without = arena_calloc(a, why->n_without + 1, sizeof(*le->without));
	le->n_without = why->n_without;
	for (size_t i = 0; i < why->n_without; i++) {
		const struct explain_without *w = &why->without[i];
		struct load_without *to = &le->without[i];

		to->what = w->drop == EXPLAIN_DROP_ALL	  ? "all of them"
			   : w->drop == EXPLAIN_DROP_MAIN ? main_lines(le, a)
							  : w->requirer.path;
		to->all = w->drop == EXPLAIN_DROP_ALL;
		to->requirer = w->requirer;
		to->version = str_eq(w->version, "none") ? "" : w->version;
		to->decider = w->decider;
		to->failed = w->failed;
	}
}

static void take_texts(struct load_graph *g, struct load_explain *le,
		       const struct explain_answer *why, struct arena *a)
{
	struct buf b = BUF_INIT;

	explain_reason_text(why, &b);
	le->reason = arena_strndup(a, b.data, b.len);
	buf_clear(&b);
	explain_because(why, g->ml, &b);
	le->because = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	le->runner_up = why->runner_up;
	le->go_version = why->go_version;
	le->chain = names_of(g, a, why->chain, why->n_chain);
	le->excludes = arena_calloc(a, why->n_excludes + 1, sizeof(*le->excludes));
	le->n_excludes = why->n_excludes;
	for (size_t i = 0; i < why->n_excludes; i++) {
		const struct explain_exclude *x = &why->excludes[i];

		le->excludes[i] = arena_fmt(a, "%s (%s:%d), %zu requirement%s ignored", x->version,
					    modproject_short(modload_project(g->ml), x->file),
					    x->line, x->n_ignored, x->n_ignored == 1 ? "" : "s");
	}
	if (why->replaced.path[0] && why->replaced_file[0])
		le->replaced_at = arena_fmt(a, "%s:%d",
					    modproject_short(modload_project(g->ml),
							     why->replaced_file),
					    why->replaced_line);
	else
		le->replaced_at = "";
}

bool load_make_explain(struct load_work *w, struct part **out, struct err *e)
{
	/* The lock protects the only part of a graph that changes. */
	struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_explain *le = arena_calloc(&p->arena, 1, sizeof(*le));
	struct explain_graph *x = lock_explainer(g);
	struct explain_answer why;

	(void)e;
	p->data = le;
	le->found = explain_module(x, &p->arena, w->request->module, EXPLAIN_PRUNED, &why);
	if (le->found) {
		explain_without(x, &p->arena, &why);
		take_requirers(g, le, &why, &p->arena);
		take_without(le, &why, &p->arena);
		take_texts(g, le, &why, &p->arena);
		le->unread = arena_strdup(&p->arena, why.unread);
	}
	pthread_mutex_unlock(&g->lock);
	*out = p;
	return true;
}
