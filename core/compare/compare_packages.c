#include "compare/compare_packages.h"

#include <stdlib.h>

static int by_module(const void *x, const void *y)
{
	const struct compare_package *a = x, *b = y;
	int order = strcmp(a->module, b->module);

	return order ? order : strcmp(a->path, b->path);
}

static void sort(const struct compare_package_list *l)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_module);
}

/* A position in one list. */
struct reader {
	const struct compare_package_list *list;
	size_t at;
};

static const struct compare_package *next_of(const struct reader *r, const char *module)
{
	const struct compare_package *p = r->at < r->list->n ? &r->list->items[r->at] : NULL;

	return p && (!module || str_eq(p->module, module)) ? p : NULL;
}

static const char *first_module(const struct reader *was, const struct reader *is)
{
	const struct compare_package *a = next_of(was, NULL), *b = next_of(is, NULL);

	if (!a || !b)
		return a ? a->module : b ? b->module : NULL;
	return strcmp(a->module, b->module) < 0 ? a->module : b->module;
}

static const char *version_of(const struct compare_package *p)
{
	return p ? p->version : "";
}

/* The packages of one module on both sides. */
static struct compare_packages_module read_module(struct arena *a, struct reader *was,
						  struct reader *is, const char *module)
{
	const struct compare_package *old = next_of(was, module), *new = next_of(is, module);
	struct compare_packages_module c = { .module = module,
					     .was = version_of(old),
					     .is = version_of(new) };
	ARENA_VEC(const struct compare_package *) added = { 0 }, removed = { 0 };

	while (old || new) {
		int order = !old ? 1 : !new ? -1 : strcmp(old->path, new->path);

		if (order < 0)
			arena_vec_push(a, &removed, old);
		else if (order > 0)
			arena_vec_push(a, &added, new);
		was->at += order <= 0;
		is->at += order >= 0;
		old = next_of(was, module);
		new = next_of(is, module);
	}
	c.added = added.items;
	c.n_added = added.n;
	c.removed = removed.items;
	c.n_removed = removed.n;
	return c;
}

static int rank(const struct compare_packages_module *c)
{
	return !*c->was ? 0 : !*c->is ? 1 : 2;
}

static int by_kind(const void *x, const void *y)
{
	const struct compare_packages_module *a = x, *b = y;
	int order = rank(a) - rank(b);

	return order ? order : strcmp(a->module, b->module);
}

const char *compare_packages_kind(const struct compare_packages_module *c)
{
	static const char *const names[] = { "added", "removed", "changed" };

	return names[rank(c)];
}

void compare_packages(struct compare_packages *out, struct arena *a,
		      const struct compare_package_list *was, const struct compare_package_list *is)
{
	struct reader old = { .list = was }, new = { .list = is };
	ARENA_VEC(struct compare_packages_module) rows = { 0 };
	const char *module;

	sort(was);
	sort(is);
	while ((module = first_module(&old, &new))) {
		struct compare_packages_module c = read_module(a, &old, &new, module);

		if (c.n_added || c.n_removed)
			arena_vec_push(a, &rows, c);
	}
	if (rows.n)
		qsort(rows.items, rows.n, sizeof(*rows.items), by_kind);
	*out = (struct compare_packages){ rows.items, rows.n };
}
