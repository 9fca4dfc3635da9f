#include "fetch/source.h"
#include "gofiles/gover.h"
#include "packages/tidy_impl.h"

struct need_list {
	struct tidy_need *items;
	size_t n, cap;
};

static const char *zip_asker(struct tidy *t, struct arena *a, struct modver actual)
{
	const struct pkg *p = tidy_package_of(t->load, actual);

	if (!p)
		p = pkgload_find_absent(t->load, actual.path);
	if (!p)
		return "packages whose paths begin with its path";
	return !p->stack ? arena_fmt(a, "package %s", p->path)
			 : arena_fmt(a, "package %s, imported by %s%s", p->path, p->stack->path,
				     p->stack->test_of ? ".test" : "");
}

/* Trees and go.mod files that were read but are not in GOMODCACHE. */
static void cached_needs(struct tidy *t, struct arena *a, struct need_list *l)
{
	struct modload *ml = pkgload_modload(t->load);
	struct source *s = modproject_source(modload_project(ml));
	struct modtab *tab = modload_tab(ml);
	const struct modgraph *mg;
	struct pkgload_tree *trees;
	size_t n = pkgload_trees(t->load, a, &trees);

	for (size_t i = 0; i < n; i++)
		if (!source_cached_dir(s, trees[i].mod))
			vec_push(l, (struct tidy_need){ trees[i].mod, "zip",
							zip_asker(t, a, trees[i].mod),
							trees[i].found });
	requirements_graph(ml, t->final ? t->final : t->initial, &mg, NULL);
	for (uint32_t node = 0; node < tab->n_nodes; node++) {
		struct modver m = tab->nodes[node].mod, actual;
		const uint32_t *chain;

		if (!m.version[0] || gover_is_toolchain(m.path) || !modgraph_has(mg, node) ||
		    !modgraph_is_read(mg, node))
			continue;
		actual = modproject_resolve(modload_project(ml), m);
		if (!actual.version[0] ||
		    (modver_eq(actual, m) && modload_is_from_cache(ml, node)) ||
		    source_cached_gomod_file(s, actual))
			continue;
		vec_push(l,
			 (struct tidy_need){
				 actual, "mod",
				 modgraph_chain(mg, node, a, &chain) > 2
					 ? arena_fmt(a, "required by %s",
						     tidy_module_text(a, tab->nodes[chain[1]].mod))
					 : "required by go.mod",
				 true });
	}
}

static int compare_needs(const void *x, const void *y)
{
	const struct tidy_need *p = x, *q = y;
	int c = gover_mod_order(&p->mod, &q->mod);

	return c ? c : strcmp(p->what, q->what);
}

size_t tidy_needs(struct tidy *t, struct arena *a, struct tidy_need **needs)
{
	struct source_want *wants;
	size_t n = source_wants(modproject_source(modload_project(pkgload_modload(t->load))), a,
				&wants),
	       w = 0;
	struct need_list l = { 0 };

	cached_needs(t, a, &l);
	for (size_t i = 0; i < n; i++)
		vec_push(&l,
			 (struct tidy_need){ wants[i].mod, wants[i].what,
					     str_eq(wants[i].what, "zip")
						     ? zip_asker(t, a, wants[i].mod)
						     : "a package that no module of the graph has",
					     wants[i].fetched });
	if (l.n)
		qsort(l.items, l.n, sizeof(*l.items), compare_needs);
	for (size_t i = 0; i < l.n; i++)
		if (w == 0 || compare_needs(&l.items[w - 1], &l.items[i]) != 0)
			l.items[w++] = l.items[i];
	*needs = arena_memdup(a, w ? (void *)l.items : (void *)"", w * sizeof(*l.items));
	vec_release(&l);
	return w;
}
