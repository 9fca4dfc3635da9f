#include "graph/explain.h"

#include "gofiles/gomod_summary.h"
#include "graph/modload_impl.h"

/* A requirement that is pruned out of the graph: found in a go.mod that happens to be cached. */
struct pruned {
	uint32_t node;	/* who asks */
	uint32_t wants; /* node */
	bool indirect;
};

struct explainer {
	struct modload *ml;
	const char *unread; /* see struct explanation; NULL if there is none */
	const struct modgraph *mg;
	size_t n_nodes;
	uint32_t *first; /* by node: its requirers are from[first[i]..first[i + 1]) */
	uint32_t *from;
	uint32_t *depth, *parent; /* breadth first; UINT32_MAX: not reached */
	bool pruned_read;
	VEC(struct pruned) pruned;
};

#define NOWHERE UINT32_MAX
#define MAX_DROPS 16

static void count_edges(struct explainer *x, const uint32_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++)
			x->first[req[j] + 1]++;
	}
	for (size_t i = 0; i < x->n_nodes; i++)
		x->first[i + 1] += x->first[i];
}

static void fill_edges(struct explainer *x, const uint32_t *order, size_t n)
{
	uint32_t *next = xreallocarray(NULL, x->n_nodes, sizeof(*next));

	memcpy(next, x->first, x->n_nodes * sizeof(*next));
	x->from = xreallocarray(NULL, x->first[x->n_nodes] + 1, sizeof(*x->from));
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++)
			x->from[next[req[j]]++] = order[i];
	}
	free(next);
}

/* The order is breadth first, so a node's first requirer in it is its parent. */
static void measure(struct explainer *x, const uint32_t *order, size_t n)
{
	const uint32_t *roots;
	size_t n_roots;

	for (size_t i = 0; i < x->n_nodes; i++)
		x->depth[i] = x->parent[i] = NOWHERE;
	roots = modgraph_roots(x->mg, &n_roots);
	for (size_t i = 0; i < n_roots; i++)
		x->depth[roots[i]] = 0;
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(x->mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++) {
			if (x->depth[req[j]] != NOWHERE)
				continue;
			x->depth[req[j]] = x->depth[order[i]] + 1;
			x->parent[req[j]] = order[i];
		}
	}
}

struct explainer *explainer_new(struct modload *ml, const struct modgraph *mg)
{
	struct explainer *x = xcalloc(1, sizeof(*x));
	const uint32_t *order;
	size_t n;

	x->ml = ml;
	x->mg = mg;
	x->n_nodes = ml->tab.n_nodes;
	x->first = xcalloc(x->n_nodes + 1, sizeof(*x->first));
	x->depth = xreallocarray(NULL, x->n_nodes + 1, sizeof(*x->depth));
	x->parent = xreallocarray(NULL, x->n_nodes + 1, sizeof(*x->parent));
	order = modgraph_order(mg, &n);
	count_edges(x, order, n);
	fill_edges(x, order, n);
	measure(x, order, n);
	return x;
}

void explainer_free(struct explainer *x)
{
	if (!x)
		return;
	free(x->first);
	free(x->from);
	free(x->depth);
	free(x->parent);
	vec_release(&x->pruned);
	free(x);
}

/* What a module that is a leaf of the graph would require, if its go.mod is at hand. Nothing is asked of the network, so
 * the file is not checked against go.sum either: it shows what is left out, and decides nothing. */
static void read_leaf(struct explainer *x, uint32_t node, struct gomod_summary *scan, struct buf *b)
{
	struct modload *ml = x->ml;
	struct modver actual = modload_resolve(ml, ml->tab.nodes[node].mod);
	const char *file = *actual.version
				   ? source_cached_gomod_file(ml->o.source, actual)
				   : path_join(&ml->arena, modload_dir_of(ml, actual), "go.mod");
	struct err e = ERR_INIT;

	buf_clear(b);
	if (!file)
		source_cached_ok(ml->o.source, &e);
	else if (!fs_read_buf(b, file, FS_MAX_MOD, &e))
		file = NULL;
	if (err_is_set(&e) && e.code != ERR_NOT_FOUND && !x->unread)
		x->unread = arena_strdup(&ml->arena, e.text);
	err_release(&e);
	if (!file || !b->len || !gomod_summarize(scan, file, b->data, b->len, 0, NULL))
		return;
	for (size_t i = 0; i < scan->n_require; i++) {
		const struct gomod_dep *d = &scan->require[i];
		uint32_t wants = modtab_node_n(&ml->tab, d->path, d->path_len, d->version,
					       d->version_len);

		vec_push(&x->pruned, (struct pruned){ node, wants, d->indirect });
	}
}

static void read_pruned(struct explainer *x)
{
	struct gomod_summary scan = GOMOD_SUMMARY_INIT;
	struct buf b = BUF_INIT;
	size_t n;
	const uint32_t *list = modgraph_build_list(x->mg, &n);

	if (x->pruned_read)
		return;
	x->pruned_read = true;
	for (size_t i = 0; i < n; i++) {
		const struct modver *m = &x->ml->tab.nodes[list[i]].mod;

		if (*m->version && !gover_is_toolchain(m->path) &&
		    !modgraph_is_read(x->mg, list[i]))
			read_leaf(x, list[i], &scan, &b);
	}
	gomod_summary_release(&scan);
	buf_release(&b);
}

struct collect {
	struct explainer *x;
	struct arena *a;
	struct explanation *w;
	uint32_t path;
	VEC(struct explain_requirer) rows;
};

static void set_via(struct collect *c, struct explain_requirer *r)
{
	uint32_t node = r->node, *via;
	size_t n = 0;

	r->depth = c->x->depth[node] == NOWHERE ? 0 : c->x->depth[node] + 1;
	for (uint32_t p = c->x->parent[node]; p != NOWHERE; p = c->x->parent[p])
		n++;
	r->via = via = arena_alloc(c->a, (n + 1) * sizeof(*via));
	r->n_via = n;
	for (uint32_t p = c->x->parent[node]; p != NOWHERE; p = c->x->parent[p])
		via[--n] = p;
}

static void add_row(struct collect *c, uint32_t node, const char *wants, enum explain_class class,
		    bool indirect, const char *file, int line)
{
	const struct modtab *t = &c->x->ml->tab;
	struct explain_requirer r = { .mod = t->nodes[node].mod,
				      .node = node,
				      .wants = wants,
				      .class = class,
				      .indirect = indirect,
				      .file = file,
				      .line = line };

	if (class != EXPLAIN_PRUNED_OUT && *wants)
		r.excluded = modload_is_excluded(c->x->ml, (struct modver){ c->w->path, wants });
	r.decides = class != EXPLAIN_PRUNED_OUT && !r.excluded && str_eq(wants, c->w->selected);
	set_via(c, &r);
	vec_push(&c->rows, r);
}

/* The lines of a main module: what stands in the file, even where loading has raised it. */
static void add_main(struct collect *c, const struct main_module *mm)
{
	enum explain_class class = c->x->ml->gowork_file ? EXPLAIN_WORKSPACE_MEMBER : EXPLAIN_MAIN;
	const struct gomod *f = mm->file;
	const char *path = c->w->path;

	if (!f)
		return;
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *q = &f->require.items[i];

		if (!str_eq(q->mod.path, path))
			continue;
		add_row(c, mm->node, q->mod.version, class, q->indirect, mm->gomod,
			q->line ? q->line->line : 0);
		c->w->direct |= !q->indirect;
	}
	if (str_eq(path, "go") && *f->go)
		add_row(c, mm->node, f->go, class, false, mm->gomod,
			f->go_line ? f->go_line->line : 0);
	if (str_eq(path, "toolchain") && *f->toolchain && !c->x->ml->gowork_file)
		add_row(c, mm->node, f->toolchain, class, false, mm->gomod,
			f->toolchain_line ? f->toolchain_line->line : 0);
}

static bool is_main_node(const struct explainer *x, uint32_t node)
{
	const struct modver *m = &x->ml->tab.nodes[node].mod;

	return !*m->version && modload_is_main(x->ml, m->path);
}

static bool indirect_of(struct explainer *x, uint32_t node, uint32_t wants)
{
	const struct mod_summary *s = node < x->ml->cap_slots ? x->ml->slots[node].summary : NULL;

	for (size_t i = 0; s && i < s->n_require; i++) {
		if (s->require[i] == wants)
			return s->indirect[i];
	}
	return false;
}

/* All who require some version of the path in the graph. */
static void add_edges(struct collect *c, uint32_t version)
{
	struct explainer *x = c->x;
	uint32_t last = NOWHERE;

	if (version >= x->n_nodes)
		return;
	for (uint32_t i = x->first[version]; i < x->first[version + 1]; i++) {
		uint32_t from = x->from[i];

		if (from == last || is_main_node(x, from))
			continue;
		last = from;
		add_row(c, from, x->ml->tab.nodes[version].mod.version,
			modgraph_is_selected(x->mg, from) ? EXPLAIN_SELECTED : EXPLAIN_SUPERSEDED,
			indirect_of(x, from, version), "", 0);
	}
}

/* Requirements that an exclude line took away are no edges: they stand in the files still. */
static void add_excluded(struct collect *c)
{
	struct modload *ml = c->x->ml;

	for (uint32_t i = 0; ml->any_exclude && i < c->x->n_nodes; i++) {
		const struct slot *slot = i < ml->cap_slots ? &ml->slots[i] : NULL;
		const struct mod_summary *raw;

		if (!slot || slot->state != SLOT_OK || !modgraph_is_read(c->x->mg, i) ||
		    is_main_node(c->x, i))
			continue;
		raw = slot->actual < ml->cap_slots ? ml->slots[slot->actual].raw : NULL;
		for (size_t j = 0;
		     raw && raw->n_require != slot->summary->n_require && j < raw->n_require; j++) {
			if (ml->tab.nodes[raw->require[j]].path == c->path &&
			    modload_node_excluded(ml, raw->require[j]))
				add_row(c, i, ml->tab.nodes[raw->require[j]].mod.version,
					modgraph_is_selected(c->x->mg, i) ? EXPLAIN_SELECTED
									  : EXPLAIN_SUPERSEDED,
					raw->indirect[j], "", 0);
		}
	}
}

static void add_pruned(struct collect *c)
{
	struct explainer *x = c->x;

	read_pruned(x);
	for (size_t i = 0; i < x->pruned.n; i++) {
		const struct pruned *p = &x->pruned.items[i];

		if (x->ml->tab.nodes[p->wants].path == c->path)
			add_row(c, p->node, x->ml->tab.nodes[p->wants].mod.version,
				EXPLAIN_PRUNED_OUT, p->indirect, "", 0);
	}
}

/* The module of the build list with the longest path that holds the package. */
static bool provides(struct collect *c, const char *package)
{
	const char *path = package;
	size_t len = strlen(package);

	while (len) {
		const char *prefix = arena_strndup(c->a, path, len);

		if (!str_eq(modgraph_selected(c->x->mg, prefix), "none"))
			return str_eq(prefix, c->w->path);
		while (len && path[len - 1] != '/')
			len--;
		len -= len > 0;
	}
	return false;
}

static void add_tools(struct collect *c)
{
	const struct modload *ml = c->x->ml;

	for (size_t i = 0; i < ml->n_mains; i++) {
		const struct gomod *f = ml->mains[i].file;

		for (size_t j = 0; f && j < f->tool.n; j++) {
			const struct gomod_path *t = &f->tool.items[j];

			if (provides(c, t->path))
				vec_push(&c->rows, (struct explain_requirer){
							   .mod = { t->path, "" },
							   .node = MODTAB_NONE,
							   .wants = "",
							   .class = EXPLAIN_TOOL,
							   .depth = 1,
							   .file = ml->mains[i].gomod,
							   .line = t->line ? t->line->line : 0 });
		}
	}
}

struct sortable {
	const char *path; /* of the module that is asked for */
	struct explain_requirer r;
};

static int by_wish(const void *a, const void *b)
{
	const struct explain_requirer *x = &((const struct sortable *)a)->r,
				      *y = &((const struct sortable *)b)->r;
	int c;

	if ((x->class == EXPLAIN_TOOL) != (y->class == EXPLAIN_TOOL))
		return x->class == EXPLAIN_TOOL ? 1 : -1;
	if ((x->class == EXPLAIN_PRUNED_OUT) != (y->class == EXPLAIN_PRUNED_OUT))
		return x->class == EXPLAIN_PRUNED_OUT ? 1 : -1;
	c = gover_mod_compare(((const struct sortable *)a)->path, y->wants, x->wants);
	if (c)
		return c;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	c = strcmp(x->mod.path, y->mod.path);
	return c ? c : strcmp(x->mod.version, y->mod.version);
}

static void give_rows(struct collect *c)
{
	struct sortable *list = xreallocarray(NULL, c->rows.n + 1, sizeof(*list));
	struct explain_requirer *out = arena_alloc(c->a, c->rows.n * sizeof(*out));

	for (size_t i = 0; i < c->rows.n; i++)
		list[i] = (struct sortable){ c->w->path, c->rows.items[i] };
	qsort(list, c->rows.n, sizeof(*list), by_wish);
	for (size_t i = 0; i < c->rows.n; i++)
		out[i] = list[i].r;
	c->w->requirers = out;
	c->w->n_requirers = c->rows.n;
	free(list);
	vec_release(&c->rows);
}

static bool counts(const struct explain_requirer *r)
{
	return r->class != EXPLAIN_PRUNED_OUT && r->class != EXPLAIN_TOOL && !r->excluded;
}

/* Distinct versions that count, and the highest below the selected one. */
static void judge_versions(struct explanation *w)
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

static void collect_excludes(struct collect *c)
{
	const struct modload *ml = c->x->ml;
	VEC(struct explain_exclude) list = { 0 };

	for (size_t i = 0; i < ml->n_mains; i++) {
		const struct gomod *f = ml->mains[i].file;

		for (size_t j = 0; f && j < f->exclude.n; j++) {
			const struct gomod_exclude *e = &f->exclude.items[j];
			struct explain_exclude out = { e->mod.version, ml->mains[i].gomod,
						       e->line ? e->line->line : 0, 0 };

			if (!str_eq(e->mod.path, c->w->path))
				continue;
			for (size_t k = 0; k < c->w->n_requirers; k++)
				out.n_ignored += c->w->requirers[k].excluded &&
						 str_eq(c->w->requirers[k].wants, out.version);
			vec_push(&list, out);
		}
	}
	c->w->excludes = arena_memdup(c->a, list.items, list.n * sizeof(*list.items));
	c->w->n_excludes = list.n;
	vec_release(&list);
}

/* Who decides: a direct line of a main module before others, then the nearest one; an indirect line only where nobody else asks
 * for the version, as it merely records what others need. */
static const struct explain_requirer *decider(const struct explanation *w)
{
	const struct explain_requirer *best = NULL, *line = NULL;

	for (size_t i = 0; i < w->n_requirers; i++) {
		const struct explain_requirer *r = &w->requirers[i];
		bool main = r->class == EXPLAIN_MAIN || r->class == EXPLAIN_WORKSPACE_MEMBER;

		if (!r->decides)
			continue;
		if (main && !r->indirect)
			return r;
		if (main)
			line = line ? line : r;
		else if (!best ||
			 (best->class == EXPLAIN_SUPERSEDED && r->class == EXPLAIN_SELECTED))
			best = r;
	}
	return best ? best : line;
}

static bool exclude_moved(const struct explanation *w)
{
	for (size_t i = 0; i < w->n_requirers; i++) {
		if (w->requirers[i].excluded &&
		    gover_mod_compare(w->path, w->requirers[i].wants, w->selected) > 0)
			return true;
	}
	return false;
}

static void set_reason(struct explanation *w)
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

static void set_chain(struct collect *c)
{
	uint32_t *chain;
	size_t n = 0;

	for (uint32_t p = c->w->node; p != NOWHERE; p = c->x->parent[p])
		n++;
	c->w->chain = chain = arena_alloc(c->a, n * sizeof(*chain));
	c->w->n_chain = n;
	for (uint32_t p = c->w->node; p != NOWHERE; p = c->x->parent[p])
		chain[--n] = p;
}

static int replace_line_of(const struct modsyntax_line *l)
{
	return l ? l->line : 0;
}

/* The line of the replacement that is in force. */
static void set_replacement(struct collect *c)
{
	struct modload *ml = c->x->ml;
	struct modver m = ml->tab.nodes[c->w->node].mod, to;
	const char *dir, *file = modload_replacement_from(ml, m, &to, &dir);

	c->w->replaced_file = file ? file : "";
	c->w->replaced = file ? modload_replacement(ml, m) : (struct modver){ "", "" };
	for (size_t i = 0; file && i <= ml->n_mains; i++) {
		const struct gomod *f = i < ml->n_mains ? ml->mains[i].file : NULL;
		size_t n = f ? f->replace.n : ml->gowork ? ml->gowork->replace.n : 0;
		const struct gomod_replace *list = f		? f->replace.items
						   : ml->gowork ? ml->gowork->replace.items
								: NULL;

		if (!str_eq(file, f ? ml->mains[i].gomod : ml->gowork_file ? ml->gowork_file : ""))
			continue;
		for (size_t j = 0; j < n; j++) {
			if (str_eq(list[j].from.path, m.path) &&
			    (!*list[j].from.version || str_eq(list[j].from.version, m.version)))
				c->w->replaced_line = replace_line_of(list[j].line);
		}
	}
}

bool explain_module(struct explainer *x, struct arena *a, const char *path, unsigned flags,
		    struct explanation *out)
{
	struct collect c = {
		.x = x, .a = a, .w = out, .path = modtab_find_path(&x->ml->tab, path)
	};
	const struct modtab *t = &x->ml->tab;

	*out = (struct explanation){ .path = path,
				     .selected = "none",
				     .runner_up = "",
				     .by_file = "",
				     .replaced_file = "" };
	out->node = c.path == MODTAB_NONE ? MODTAB_NONE : modgraph_selected_node(x->mg, c.path);
	if (out->node == MODTAB_NONE)
		return false;
	out->path = t->nodes[out->node].mod.path;
	out->selected = t->nodes[out->node].mod.version;
	for (size_t i = 0; i < x->ml->n_mains; i++)
		add_main(&c, &x->ml->mains[i]);
	for (uint32_t v = t->paths[c.path].first; v != MODTAB_NONE; v = t->next_of_path[v])
		add_edges(&c, v);
	add_excluded(&c);
	if (flags & EXPLAIN_PRUNED)
		add_pruned(&c);
	out->unread = x->unread ? x->unread : "";
	add_tools(&c);
	give_rows(&c);
	judge_versions(out);
	collect_excludes(&c);
	set_chain(&c);
	set_replacement(&c);
	out->go_version = modload_raw_go_version(x->ml, *out->replaced.path
								? out->replaced
								: t->nodes[out->node].mod);
	if (is_main_node(x, out->node))
		out->reason = EXPLAIN_IS_MAIN;
	else
		set_reason(out);
	return true;
}

/* Requirements taken away, for one recomputation. */
struct drop {
	struct modload *ml;
	uint32_t path;
	const uint32_t *nodes;
	size_t n;
};

static bool is_dropped(const struct drop *d, uint32_t node)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->nodes[i] == node)
			return true;
	}
	return false;
}

static bool edit_require(void *ctx, uint32_t node, const uint32_t **require, size_t *n)
{
	const struct drop *d = ctx;
	uint32_t *list;
	size_t kept = 0;

	if (!is_dropped(d, node))
		return false;
	list = arena_alloc(&d->ml->arena, *n * sizeof(*list));
	for (size_t i = 0; i < *n; i++) {
		if (d->ml->tab.nodes[(*require)[i]].path != d->path)
			list[kept++] = (*require)[i];
	}
	*require = list;
	*n = kept;
	return true;
}

/* The main module's requirements are the roots: as they stand in go.mod, so that repair starts where go would start. */
static struct requirements *dropped_roots(struct explainer *x, const struct drop *d)
{
	struct modload *ml = x->ml;
	const struct requirements *rs = ml->initial;
	VEC(struct modver) roots = { 0 };
	struct requirements *out;
	bool drop_main = !ml->gowork_file && is_dropped(d, ml->mains[0].node);

	for (size_t i = 0; i < rs->n_roots; i++) {
		if (!drop_main || ml->tab.nodes[rs->root_nodes[i]].path != d->path ||
		    gover_is_toolchain(rs->roots[i].path))
			vec_push(&roots, rs->roots[i]);
	}
	out = requirements_new(ml, rs->pruning, roots.items, roots.n, rs->direct);
	vec_release(&roots);
	return out;
}

/* Forgets the graphs and requirements made since. */
static void roll_back(struct modload *ml, struct requirements *rs, struct modgraph *mg)
{
	while (ml->graphs != mg) {
		struct modgraph *next = ml->graphs->next;

		modgraph_free(ml->graphs);
		ml->graphs = next;
	}
	while (ml->all_requirements != rs) {
		map_release(&ml->all_requirements->root_versions);
		err_release(&ml->all_requirements->graph_err);
		ml->all_requirements = ml->all_requirements->next;
	}
}

static struct modver nearest(struct explainer *x, const struct modgraph *mg, uint32_t node)
{
	struct arena a = ARENA_INIT;
	const uint32_t *chain;
	size_t n = modgraph_chain(mg, node, &a, &chain);
	struct modver by = { "", "" };

	if (n >= 2)
		by = x->ml->tab.nodes[chain[n - 2]].mod;
	arena_release(&a);
	return by;
}

const char *explain_drop_selected(struct explainer *x, const char *path, const uint32_t *requirers,
				  size_t n, struct modver *by, struct err *e)
{
	struct modload *ml = x->ml;
	struct requirements *rs_mark = ml->all_requirements, *rs;
	struct modgraph *mg_mark = ml->graphs;
	struct drop d = { ml, modtab_path(&ml->tab, path, strlen(path)), requirers, n };
	struct modgraph_edit edit = { edit_require, &d };
	const struct modgraph *mg;
	const char *version = NULL;

	*by = (struct modver){ "", "" };
	rs = requirements_edited(ml, dropped_roots(x, &d), &edit);
	if (requirements_expand(ml, &rs, &mg, e)) {
		uint32_t node = modgraph_selected_node(mg, d.path);

		version = node == MODTAB_NONE ? "none" : ml->tab.nodes[node].mod.version;
		if (node != MODTAB_NONE)
			*by = nearest(x, mg, node);
	}
	roll_back(ml, rs_mark, mg_mark);
	return version;
}

struct drops {
	struct explainer *x;
	struct arena *a;
	const char *path;
	VEC(struct explain_without) out;
};

static void try_drop(struct drops *d, enum explain_drop kind, struct modver requirer,
		     const uint32_t *nodes, size_t n)
{
	struct explain_without w = { .drop = kind, .requirer = requirer };
	struct err e = ERR_INIT;

	w.version = explain_drop_selected(d->x, d->path, nodes, n, &w.decider, &e);
	if (!w.version) {
		w.version = "";
		w.failed = arena_strdup(d->a, e.text ? e.text : "");
	}
	err_release(&e);
	vec_push(&d->out, w);
}

void explain_without(struct explainer *x, struct arena *a, struct explanation *out)
{
	struct drops d = { .x = x, .a = a, .path = out->path };
	uint32_t *nodes = xreallocarray(NULL, out->n_requirers + 1, sizeof(*nodes));
	size_t n_main = 0, n = 0, singles = 0;

	if (out->reason == EXPLAIN_IS_MAIN || gover_is_toolchain(out->path)) {
		free(nodes);
		return;
	}
	for (size_t i = 0; i < out->n_requirers; i++) {
		const struct explain_requirer *r = &out->requirers[i];

		if (r->class == EXPLAIN_MAIN || r->class == EXPLAIN_WORKSPACE_MEMBER)
			nodes[n_main++] = r->node;
	}
	if (n_main)
		try_drop(&d, EXPLAIN_DROP_MAIN, (struct modver){ "", "" }, nodes, n_main);
	for (size_t i = 0; i < out->n_requirers; i++) {
		const struct explain_requirer *r = &out->requirers[i];

		if (!r->decides)
			continue;
		nodes[n++] = r->node;
		if (r->class != EXPLAIN_MAIN && singles++ < MAX_DROPS)
			try_drop(&d, EXPLAIN_DROP_REQUIRER, r->mod, &nodes[n - 1], 1);
	}
	if (n > 1)
		try_drop(&d, EXPLAIN_DROP_ALL, (struct modver){ "", "" }, nodes, n);
	out->without = arena_memdup(a, d.out.items, d.out.n * sizeof(*d.out.items));
	out->n_without = d.out.n;
	vec_release(&d.out);
	free(nodes);
}

static void put_mod(struct buf *b, struct modver m)
{
	buf_addstr(b, m.path);
	if (*m.version)
		buf_addf(b, "@%s", m.version);
}

void explain_reason_text(const struct explanation *w, struct buf *out)
{
	switch (w->reason) {
	case EXPLAIN_IS_MAIN: buf_addstr(out, "main module"); break;
	case EXPLAIN_REQUIRED: buf_addstr(out, "required by main"); break;
	case EXPLAIN_FORCED:
		buf_addstr(out, "forced by ");
		put_mod(out, w->by);
		break;
	case EXPLAIN_MEMBER: buf_addf(out, "raised by workspace member %s", w->by.path); break;
	case EXPLAIN_ONLY: buf_addstr(out, "only version asked for"); break;
	case EXPLAIN_EXCLUDE: buf_addstr(out, "exclude moved the decision"); break;
	}
	if (*w->replaced.path) {
		buf_addstr(out, "; source replaced by ");
		put_mod(out, w->replaced);
	}
}

const char *explain_class_name(enum explain_class c)
{
	static const char *const names[] = { "main",	   "workspace member", "selected",
					     "superseded", "pruned out",       "tool" };

	return names[c];
}

/* The go and toolchain lines: what the file says, and who raised it where another version is selected. */
static void language_because(const struct explanation *w, struct modload *ml, struct buf *out)
{
	const struct explain_requirer *line = NULL;

	for (size_t i = 0; i < w->n_requirers && !line; i++)
		if (*w->requirers[i].file)
			line = &w->requirers[i];
	if (line)
		buf_addf(out, "%s:%d says %s", modload_short(ml, line->file), line->line,
			 line->wants);
	if (line && str_eq(line->wants, w->selected))
		return;
	buf_addstr(out, line ? "; raised by " : "raised by ");
	put_mod(out, w->by);
	buf_addf(out, ", which needs %s", w->selected);
}

void explain_because(const struct explanation *w, struct modload *ml, struct buf *out)
{
	if (w->reason == EXPLAIN_IS_MAIN) {
		buf_addstr(out, "it is the main module");
		return;
	}
	if (gover_is_toolchain(w->path))
		language_because(w, ml, out);
	else if (*w->by_file)
		buf_addf(out, "%s:%d asks for %s (%s)", modload_short(ml, w->by_file), w->by_line,
			 w->selected, w->direct ? "direct" : "indirect");
	else if (*w->by.path) {
		put_mod(out, w->by);
		buf_addf(out, " asks for %s", w->selected);
	} else {
		buf_addf(out, "loading raised it to %s", w->selected);
	}
	if (*w->runner_up)
		buf_addf(out, "; next highest is %s", w->runner_up);
	else if (w->n_versions == 1)
		buf_addstr(out, "; nobody asks for another version");
}
