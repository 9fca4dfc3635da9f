#include "cache/cachescan.h"

#include "graph/modload.h"
#include "graph/modgraph.h"

static int by_modver(const void *va, const void *vb)
{
	const struct modver *a = va, *b = vb;
	int c = strcmp(a->path, b->path);

	return c ? c : strcmp(a->version, b->version);
}

void cachescan_list_sort(struct cachescan_list *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_modver);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || by_modver(&l->items[n - 1], &l->items[i]) != 0)
			l->items[n++] = l->items[i];
	l->n = n;
}

static void add_selected(struct cachescan_list *l, struct modproject *mp, struct modver m,
			 bool sources)
{
	if (!*m.version || modproject_is_main(mp, m.path) || str_eq(m.path, "go") ||
	    str_eq(m.path, "toolchain"))
		return;
	if (sources) {
		struct modver r = modproject_replacement(mp, m);

		if (*r.path)
			m = r;
	}
	if (*m.version) /* a directory is not in the cache */
		vec_push(l, m);
}

void cachescan_list_add(struct cachescan_list *l, struct modload *ml, const struct modgraph *mg,
			bool sources)
{
	size_t n;
	const uint32_t *nodes = modgraph_build_list(mg, &n);

	for (size_t i = 0; i < n; i++)
		add_selected(l, modload_project(ml), modload_tab(ml)->nodes[nodes[i]].mod, sources);
}

bool cachescan_report(struct cache_report **r, struct cachejob *j, const struct cachescan *what,
		      const struct cachescan_list *list, struct err *e)
{
	static const struct modver nothing = { "", "" };
	struct cache_options o = cachejob_cache_options(j);

	o.hash = what->depth != CACHESCAN_LOOK;
	o.full = what->depth == CACHESCAN_FULL;
	o.threads = what->threads;
	o.sizes = !what->no_sizes;
	o.wanted_only = what->wanted_only;
	o.progress = what->progress;
	o.ctx = what->ctx;
	if (!what->whole) /* no list at all would mean the whole cache */
		return cache_load(r, &o, list->n ? list->items : &nothing, list->n, e);
	o.used = list->items;
	o.n_used = list->n;
	return cache_load(r, &o, NULL, 0, e);
}
