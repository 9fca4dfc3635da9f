#include "graph/explain.h"

#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "graph/decide.h"
#include "graph/explain_impl.h"

static bool counts(const struct explain_requirer *r)
{
	return r->class != EXPLAIN_PRUNED_OUT && r->class != EXPLAIN_TOOL && !r->excluded;
}

/* Distinct versions that count, and the highest below the selected one. */
static void judge_versions(struct explain_answer *w)
{
	const char *last = NULL;

	w->runner_up = "";
	for (size_t i = 0; i < w->n_requirers; i++) {
		const struct explain_requirer *r = &w->requirers[i];

		if (!counts(r) || (last && str_eq(last, r->wants)))
			continue;
		last = r->wants;
		w->n_versions++;
		if (!*w->runner_up && gover_mod_compare(w->path, r->wants, w->selected) < 0)
			w->runner_up = r->wants;
	}
}

static void set_excludes(const struct explain_graph *x, struct arena *a, struct explain_answer *w)
{
	VEC(struct explain_exclude) list = { 0 };
	const struct modproject_main *mains;
	size_t n = modproject_mains(x->mp, &mains);

	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].file;

		for (size_t j = 0; f && j < f->exclude.n; j++) {
			const struct gomod_exclude *e = &f->exclude.items[j];
			struct explain_exclude out = { e->mod.version, mains[i].gomod,
						       modsyntax_line_number(e->line), 0 };

			if (!str_eq(e->mod.path, w->path))
				continue;
			for (size_t k = 0; k < w->n_requirers; k++)
				out.n_ignored += w->requirers[k].excluded &&
						 str_eq(w->requirers[k].wants, out.version);
			vec_push(&list, out);
		}
	}
	w->excludes = arena_memdup(a, list.items, list.n * sizeof(*list.items));
	w->n_excludes = list.n;
	vec_release(&list);
}

static const struct explain_requirer *decider(const struct explain_answer *w)
{
	const struct explain_requirer *best = NULL;
	struct decide_claim of_best = { 0 };

	for (size_t i = 0; i < w->n_requirers; i++) {
		const struct explain_requirer *r = &w->requirers[i];
		struct decide_claim claim = {
			.is_main = r->class == EXPLAIN_MAIN || r->class == EXPLAIN_WORKSPACE_MEMBER,
			.is_indirect = r->indirect,
			.is_selected = r->class == EXPLAIN_SELECTED,
			.depth = r->depth,
		};

		if (!r->decides || (best && !decide_before(claim, of_best)))
			continue;
		best = r;
		of_best = claim;
	}
	return best;
}

static bool exclude_moved(const struct explain_answer *w)
{
	for (size_t i = 0; i < w->n_requirers; i++) {
		if (w->requirers[i].excluded &&
		    gover_mod_compare(w->path, w->requirers[i].wants, w->selected) > 0)
			return true;
	}
	return false;
}

static void set_reason(struct explain_answer *w)
{
	const struct explain_requirer *d = decider(w);

	w->by = (struct modver){ "", "" };
	w->by_file = "";
	if (d) {
		w->by = d->mod;
		w->by_file = d->file;
		w->by_line = d->line;
	}
	if (exclude_moved(w))
		w->reason = EXPLAIN_EXCLUDE;
	else if (d && d->class == EXPLAIN_MAIN && !d->indirect)
		w->reason = EXPLAIN_REQUIRED;
	else if (d && d->class == EXPLAIN_WORKSPACE_MEMBER)
		w->reason = EXPLAIN_MEMBER;
	else if (w->n_versions == 1)
		w->reason = EXPLAIN_ONLY;
	else if (d && d->class != EXPLAIN_MAIN)
		w->reason = EXPLAIN_FORCED;
	else
		w->reason = EXPLAIN_REQUIRED;
}

static void set_chain(const struct explain_graph *x, struct arena *a, struct explain_answer *w)
{
	size_t n;
	const uint32_t *way = explain_way(x, w->node, a, &n);
	uint32_t *chain = arena_alloc(a, (n + 1) * sizeof(*chain));

	memcpy(chain, way, n * sizeof(*chain));
	chain[n] = w->node;
	w->chain = chain;
	w->n_chain = n + 1;
}

/* The line of the effective replacement: the last one that matches. */
static int replace_line(const struct gomod_replaces *list, struct modver m)
{
	int line = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct gomod_replace *r = &list->items[i];

		if (str_eq(r->from.path, m.path) &&
		    (!*r->from.version || str_eq(r->from.version, m.version)))
			line = modsyntax_line_number(r->line);
	}
	return line;
}

static void set_replacement(const struct explain_graph *x, struct explain_answer *w)
{
	struct modver m = x->tab->nodes[w->node].mod, to;
	const struct modproject_main *mains;
	size_t n = modproject_mains(x->mp, &mains);
	const struct gowork *work = modproject_gowork(x->mp);
	const char *dir, *file = modproject_replacement_from(x->mp, m, &to, &dir);

	w->replaced_file = file ? file : "";
	w->replaced = file ? modproject_replacement(x->mp, m) : (struct modver){ "", "" };
	for (size_t i = 0; file && i < n; i++) {
		if (mains[i].file && str_eq(file, mains[i].gomod))
			w->replaced_line = replace_line(&mains[i].file->replace, m);
	}
	if (file && work && str_eq(file, modproject_gowork_file(x->mp)))
		w->replaced_line = replace_line(&work->replace, m);
}

bool explain_module(struct explain_graph *x, struct arena *a, const char *path, unsigned flags,
		    struct explain_answer *out)
{
	uint32_t id = modtab_find_path(x->tab, path);
	const struct modver *m;

	*out = (struct explain_answer){ .path = path,
					.selected = "none",
					.runner_up = "",
					.by_file = "",
					.replaced_file = "" };
	out->node = id == MODTAB_NONE ? MODTAB_NONE : modgraph_selected_node(x->mg, id);
	if (out->node == MODTAB_NONE)
		return false;
	out->path = x->tab->nodes[out->node].mod.path;
	out->selected = x->tab->nodes[out->node].mod.version;
	explain_requirers(x, a, flags, out);
	judge_versions(out);
	set_excludes(x, a, out);
	set_chain(x, a, out);
	set_replacement(x, out);
	m = *out->replaced.path ? &out->replaced : &x->tab->nodes[out->node].mod;
	out->go_version = modload_raw_go_version(x->ml, *m);
	if (explain_is_main_node(x, out->node))
		out->reason = EXPLAIN_IS_MAIN;
	else
		set_reason(out);
	return true;
}
