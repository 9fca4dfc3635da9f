#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "packages/getload.h"
#include "packages/goedit_impl.h"
#include "packages/pkgload_impl.h"
#include "packages/tidy.h"

/* One go get. graph/whatif.h chooses the versions; this file loads the packages and writes the files. */
struct get {
	struct goedit *g;
	struct modload *ml;
	struct pkgload *load;
	const struct modgraph *old, *new;
	struct requirements *rs;
	VEC(uint8_t) keep; /* by node: 1 << enum gosum_kind */
};

static struct requirements *take_roots(struct get *x, const struct whatif_roots *roots)
{
	struct map *direct = modload_new_set(x->ml);

	for (size_t i = 0; roots->direct[i]; i++)
		map_put(direct, roots->direct[i], NULL);
	return requirements_new(x->ml, roots->loaded, roots->roots, roots->n, direct);
}

/* A module with a sum whose version changes gets a sum for the new one: packages not loaded here may come from it. */
static bool fetch_moved(struct get *x, struct modver m, struct err *e)
{
	struct modproject *mp = modload_project(x->ml);
	struct modver old = { m.path, modgraph_selected(x->old, m.path) }, actual, old_actual;
	const struct pkgload_source *s;

	if (str_eq(old.version, "none") || !old.version[0])
		return true;
	old = modtab_mod(modload_tab(x->ml), old);
	actual = modproject_resolve(mp, m);
	old_actual = modproject_resolve(mp, old);
	if (modver_eq(actual, old_actual) || !actual.version[0] ||
	    !gosum_have(modproject_sums(mp), old_actual, GOSUM_ZIP))
		return true;
	s = pkgload_source(x->load, m);
	if (!s->error)
		return true;
	return err_set(e, ERR_REFUSED, "%sgraded %s %s => %s: error finding sum for %s@%s: %s",
		       gover_mod_compare(m.path, m.version, old.version) < 0 ? "down" : "up",
		       m.path, old.version, m.version, actual.path, actual.version, s->error);
}

static bool fetch_sums(struct get *x, struct err *e)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(x->new, &n);

	for (size_t i = 0; i < n; i++)
		if (!fetch_moved(x, modload_tab(x->ml)->nodes[list[i]].mod, e))
			return false;
	return true;
}

/* keepSums with addBuildListZipSums */

static void keep(struct get *x, uint32_t node, bool zip)
{
	struct modtab *tab = modload_tab(x->ml);
	struct modver m = modproject_resolve(modload_project(x->ml), tab->nodes[node].mod);

	node = modtab_node(tab, m);
	while (x->keep.n <= node)
		vec_push(&x->keep, 0);
	x->keep.items[node] |= (uint8_t)(1 << GOSUM_MOD | (zip ? 1 << GOSUM_ZIP : 0));
}

static void keep_module(struct get *x, struct modver m, bool zip)
{
	keep(x, modtab_node(modload_tab(x->ml), modtab_mod(modload_tab(x->ml), m)), zip);
}

/* The modules that may have the package, each path that is a prefix of its own. */
static void keep_prefixes(struct get *x, const char *path, bool roots_alone)
{
	char *prefix = xstrdup(path), *slash;

	do {
		const char *v = roots_alone ? requirements_root(x->ml, x->rs, prefix)
					    : modgraph_selected(x->new, prefix);

		if (v && !str_eq(v, "none"))
			keep_module(x, (struct modver){ prefix, v }, true);
		slash = strrchr(prefix, '/');
		if (slash)
			*slash = 0;
	} while (slash);
	free(prefix);
}

/* A package found elsewhere than in the roots: with the graph. */
static bool keep_packages(struct get *x, const struct goget_read *read)
{
	bool needs_graph = false;

	for (size_t i = 0; i < read->n; i++) {
		const struct goget_package *p = &read->packages[i];
		const char *v = requirements_root(x->ml, x->rs, p->mod.path);
		bool root = x->rs->pruning == PRUNING_PRUNED && p->mod.path[0] && v &&
			    str_eq(v, p->mod.version);

		if (p->mod.path[0])
			keep_module(x, p->mod, false);
		keep_prefixes(x, p->path, root);
		needs_graph |= !root;
	}
	return needs_graph;
}

static void keep_roots(struct get *x)
{
	for (size_t i = 0; i < x->rs->n_roots; i++)
		keep_module(x, x->rs->roots[i], true);
}

static void keep_graph(struct get *x)
{
	size_t n;
	const uint32_t *nodes = modgraph_order(x->new, &n);

	for (size_t i = 0; i < n; i++)
		if (modgraph_is_read(x->new, nodes[i]))
			keep(x, nodes[i], false);
	nodes = modgraph_build_list(x->new, &n);
	for (size_t i = 0; i < n; i++)
		keep(x, nodes[i], true);
}

static bool is_kept(void *ctx, struct modver m, enum gosum_kind kind)
{
	const struct get *x = ctx;
	uint32_t node = modtab_find(modload_tab(x->ml), m);

	return node < x->keep.n && (x->keep.items[node] & (1 << kind));
}

static bool write_sums(struct get *x, const struct goget_read *read, struct err *e)
{
	struct buf after = BUF_INIT;
	bool ok;

	if (keep_packages(x, read) || !read->roots_alone)
		keep_graph(x);
	else
		keep_roots(x);
	ok = gosum_update(modproject_sums(modload_project(x->ml)), false, is_kept, x, &after, e);
	if (ok)
		goedit_put(&x->g->gosum.after, &after);
	buf_release(&after);
	return ok;
}

/* modFileIsDirty: layout alone is not a reason to write. */
static bool says_the_same(const struct gomod *f, const struct gomod *g)
{
	if (!str_eq(f->go, g->go) || !str_eq(f->toolchain, g->toolchain) ||
	    f->require.n != g->require.n)
		return false;
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *r = &f->require.items[i];
		bool found = false;

		for (size_t k = 0; k < g->require.n && !found; k++)
			found = modver_eq(g->require.items[k].mod, r->mod) &&
				g->require.items[k].indirect == r->indirect;
		if (!found)
			return false;
	}
	return true;
}

static bool write_gomod(struct get *x, struct err *e)
{
	struct modproject *mp = modload_project(x->ml);
	const struct modproject_main *main;
	struct gomod *before;
	struct buf *text = &x->g->gomod.after;

	modproject_mains(mp, &main);
	if (!gomod_parse(&before, &x->g->arena, &(struct gomod_options){ .name = "go.mod" },
			 main->data, main->len, NULL))
		before = NULL;
	if (!tidy_update_gomod(main->file, x->rs, mp, e))
		return false;
	if (before && !main->needs_fix && says_the_same(before, main->file))
		return true;
	buf_clear(text);
	gomod_format(text, main->file);
	return true;
}

static bool get(struct get *x, const struct whatif_roots *roots, struct err *e)
{
	struct requirements *rs = modload_requirements(x->ml);
	const struct pkgload_options o = { 0 };

	if (!requirements_expand(x->ml, &rs, &x->old, e))
		return false;
	x->rs = take_roots(x, roots);
	modload_set_requirements(x->ml, x->rs);
	x->load = pkgload_new(x->ml, &o);
	rs = x->rs;
	if (!requirements_expand(x->ml, &rs, &x->new, e) || !fetch_sums(x, e))
		return false;
	if (err_is_set(modproject_fatal(modload_project(x->ml)))) {
		err_copy(e, modproject_fatal(modload_project(x->ml)));
		return false;
	}
	if (!roots->read.roots_alone)
		x->rs = rs;
	return write_gomod(x, e) && write_sums(x, &roots->read, e);
}

bool goedit_get(struct goedit *g, const struct goedit_options *o, const struct whatif_steps *s,
		struct err *e)
{
	const struct modproject_overlay over = { &g->gomod.after, &g->gosum.after };
	struct gosum *learned = gosum_new(g->gosum.path, true);
	const struct whatif_options wo = { .env = o->env,
					   .offline = o->offline,
					   .cancel = o->cancel,
					   .log = o->log,
					   .once = o->once,
					   .overlay = &over,
					   .load = getload,
					   .learn = learned,
					   .messages = &g->messages };
	struct goedit_loader l = { 0 };
	struct get x = { .g = g };
	struct whatif_roots roots;
	bool ok;

	gosum_set_text(learned, g->gosum.after.data, g->gosum.after.len);
	ok = whatif_roots(&roots, &g->arena, &wo, s, e) && goedit_open(&l, g, o, true, e);
	x.ml = l.ml;
	if (ok)
		buf_addstr(&g->messages, roots.said);
	if (ok)
		gosum_learn_all(modproject_sums(modload_project(l.ml)), learned);
	ok = ok && get(&x, &roots, e);
	vec_release(&x.keep);
	pkgload_free(x.load);
	goedit_close(&l);
	gosum_free(learned);
	return ok;
}
