#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gover.h"
#include "graph/explain_impl.h"

/* What a leaf of the graph would require, if its go.mod is cached. Nothing is fetched and
 * the file is not checked against go.sum: it only shows what is pruned out, and decides nothing. */
static void read_leaf(struct explain_graph *x, uint32_t node, struct gomod_summary *scan,
		      struct buf *b)
{
	struct source *source = modproject_source(x->mp);
	struct arena *a = modload_arena(x->ml);
	struct modver actual = modproject_resolve(x->mp, x->tab->nodes[node].mod);
	const char *file = *actual.version
				   ? source_cached_gomod_file(source, actual)
				   : path_join(a, modproject_dir_of(x->mp, actual), "go.mod");
	struct err e = ERR_INIT;

	buf_clear(b);
	if (!file)
		source_cached_gomod_told(source, actual, &e);
	else if (!fs_read_buf(b, file, FS_MAX_MOD, &e))
		file = NULL;
	if (err_is_set(&e) && e.code != ERR_NOT_FOUND && !x->unread)
		x->unread = arena_strdup(a, e.text);
	err_release(&e);
	if (!file || !b->len || !gomod_summary_read(scan, file, b->data, b->len, 0, NULL))
		return;
	for (size_t i = 0; i < scan->n_require; i++) {
		const struct gomod_summary_dep *d = &scan->require[i];
		uint32_t wants = modtab_node_n(x->tab, d->path, d->path_len, d->version,
					       d->version_len);

		vec_push(&x->pruned, (struct explain_pruned){ node, wants, d->indirect });
	}
}

static void read_pruned(struct explain_graph *x)
{
	struct gomod_summary scan = GOMOD_SUMMARY_INIT;
	struct buf b = BUF_INIT;
	size_t n;
	const uint32_t *list = modgraph_build_list(x->mg, &n);

	if (x->pruned_read)
		return;
	x->pruned_read = true;
	for (size_t i = 0; i < n; i++) {
		const struct modver *m = &x->tab->nodes[list[i]].mod;

		if (*m->version && !gover_is_toolchain(m->path) &&
		    !modgraph_is_read(x->mg, list[i]))
			read_leaf(x, list[i], &scan, &b);
	}
	gomod_summary_release(&scan);
	buf_release(&b);
}

struct collect {
	struct explain_graph *x;
	struct arena *a;
	struct explain_answer *w;
	uint32_t path;
	VEC(struct explain_requirer) rows;
};

static void add_row(struct collect *c, uint32_t node, const char *wants, enum explain_class class,
		    bool indirect, const char *file, int line)
{
	const struct modtab *t = c->x->tab;
	struct explain_requirer r = { .mod = t->nodes[node].mod,
				      .node = node,
				      .wants = wants,
				      .class = class,
				      .indirect = indirect,
				      .file = file,
				      .line = line };

	if (class != EXPLAIN_PRUNED_OUT && *wants)
		r.excluded = modproject_is_excluded(c->x->mp, (struct modver){ c->w->path, wants });
	r.decides = class != EXPLAIN_PRUNED_OUT && !r.excluded && str_eq(wants, c->w->selected);
	r.depth = c->x->depth[node] == EXPLAIN_NOWHERE ? 0 : c->x->depth[node] + 1;
	r.via = explain_way(c->x, node, c->a, &r.n_via);
	vec_push(&c->rows, r);
}

/* The lines of a main module, as in the file even if loading has raised them. */
static void add_main(struct collect *c, const struct modproject_main *mm)
{
	enum explain_class class = modproject_gowork_file(c->x->mp) ? EXPLAIN_WORKSPACE_MEMBER
								    : EXPLAIN_MAIN;
	const struct gomod *f = mm->file;
	const char *path = c->w->path;

	if (!f)
		return;
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *q = &f->require.items[i];

		if (!str_eq(q->mod.path, path))
			continue;
		add_row(c, mm->node, q->mod.version, class, q->indirect, mm->gomod,
			modsyntax_line_number(q->line));
		c->w->direct |= !q->indirect;
	}
	if (str_eq(path, "go") && *f->go)
		add_row(c, mm->node, f->go, class, false, mm->gomod,
			modsyntax_line_number(f->go_line));
	if (str_eq(path, "toolchain") && *f->toolchain && !modproject_gowork_file(c->x->mp))
		add_row(c, mm->node, f->toolchain, class, false, mm->gomod,
			modsyntax_line_number(f->toolchain_line));
}

static bool indirect_of(struct explain_graph *x, uint32_t node, uint32_t wants)
{
	const struct modload_summary *s = modload_known_summary(x->ml, node);

	for (size_t i = 0; s && i < s->n_require; i++) {
		if (s->require[i] == wants)
			return s->indirect[i];
	}
	return false;
}

static enum explain_class class_of(const struct explain_graph *x, uint32_t node)
{
	return modgraph_is_selected(x->mg, node) ? EXPLAIN_SELECTED : EXPLAIN_SUPERSEDED;
}

/* All modules in the graph that require a version of the path. */
static void add_edges(struct collect *c, uint32_t version)
{
	struct explain_graph *x = c->x;
	uint32_t last = EXPLAIN_NOWHERE;

	if (version >= x->n_nodes)
		return;
	for (uint32_t i = x->first[version]; i < x->first[version + 1]; i++) {
		uint32_t from = x->from[i];

		if (from == last || explain_is_main_node(x, from))
			continue;
		last = from;
		add_row(c, from, x->tab->nodes[version].mod.version, class_of(x, from),
			indirect_of(x, from, version), "", 0);
	}
}

static void add_excluded_of(struct collect *c, uint32_t node)
{
	const struct explain_graph *x = c->x;
	const struct modload_summary *file = modload_known_file(x->ml, node),
				     *left = modload_known_summary(x->ml, node);

	if (!file || file->n_require == left->n_require)
		return;
	for (size_t i = 0; i < file->n_require; i++) {
		const struct modtab_node *wants = &x->tab->nodes[file->require[i]];

		if (wants->path == c->path && modproject_node_is_excluded(x->mp, file->require[i]))
			add_row(c, node, wants->mod.version, class_of(x, node), file->indirect[i],
				"", 0);
	}
}

/* Requirements dropped by an exclude line are not edges, but still in the files. */
static void add_excluded(struct collect *c)
{
	for (uint32_t i = 0; modproject_any_exclude(c->x->mp) && i < c->x->n_nodes; i++) {
		if (modgraph_is_read(c->x->mg, i) && !explain_is_main_node(c->x, i))
			add_excluded_of(c, i);
	}
}

static void add_pruned(struct collect *c)
{
	struct explain_graph *x = c->x;

	read_pruned(x);
	for (size_t i = 0; i < x->pruned.n; i++) {
		const struct explain_pruned *p = &x->pruned.items[i];

		if (x->tab->nodes[p->wants].path == c->path)
			add_row(c, p->node, x->tab->nodes[p->wants].mod.version, EXPLAIN_PRUNED_OUT,
				p->indirect, "", 0);
	}
}

/* The module of the build list with the longest path that may contain the package. */
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
	const struct modproject_main *mains;
	size_t n = modproject_mains(c->x->mp, &mains);

	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].file;

		for (size_t j = 0; f && j < f->tool.n; j++) {
			const struct gomod_path *t = &f->tool.items[j];

			if (provides(c, t->path))
				vec_push(&c->rows,
					 (struct explain_requirer){
						 .mod = { t->path, "" },
						 .node = MODTAB_NONE,
						 .wants = "",
						 .class = EXPLAIN_TOOL,
						 .depth = 1,
						 .file = mains[i].gomod,
						 .line = modsyntax_line_number(t->line) });
		}
	}
}

struct sortable {
	const char *path; /* of the module in question */
	struct explain_requirer r;
};

static int by_version(const void *a, const void *b)
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
	qsort(list, c->rows.n, sizeof(*list), by_version);
	for (size_t i = 0; i < c->rows.n; i++)
		out[i] = list[i].r;
	c->w->requirers = out;
	c->w->n_requirers = c->rows.n;
	free(list);
	vec_release(&c->rows);
}

void explain_requirers(struct explain_graph *x, struct arena *a, unsigned flags,
		       struct explain_answer *w)
{
	const struct modtab *t = x->tab;
	struct collect c = { .x = x, .a = a, .w = w, .path = t->nodes[w->node].path };
	const struct modproject_main *mains;
	size_t n = modproject_mains(x->mp, &mains);

	for (size_t i = 0; i < n; i++)
		add_main(&c, &mains[i]);
	for (uint32_t v = t->paths[c.path].first; v != MODTAB_NONE; v = t->next_of_path[v])
		add_edges(&c, v);
	add_excluded(&c);
	if (flags & EXPLAIN_PRUNED)
		add_pruned(&c);
	w->unread = x->unread ? x->unread : "";
	add_tools(&c);
	give_rows(&c);
}
