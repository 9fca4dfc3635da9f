#include "packages/pkgload_impl.h"

#include "gofiles/gover.h"
#include "graph/mvs.h"

/*
 * tidyRoots (modload/buildlist.go): the minimal roots that give every loaded package the module version it was loaded from.
 */

struct root_set {
	struct modver *items;
	size_t n, cap;
	struct map paths; /* set */
};

static void root_add(struct root_set *s, struct modver m)
{
	vec_push(s, m);
	map_put(&s->paths, m.path, s);
}

static void root_add_line(struct pkgload *ld, struct root_set *s, struct requirements *old,
			  const char *path)
{
	const char *v = requirements_root(ld->ml, old, path);

	if (v)
		root_add(s, (struct modver){ path, v });
}

static void root_set_release(struct root_set *s)
{
	map_release(&s->paths);
	vec_release(s);
}

static struct requirements *pruned_with(struct pkgload *ld, const struct root_set *s,
					struct requirements *old)
{
	return requirements_new(ld->ml, PRUNING_PRUNED, s->items, s->n, old->direct);
}

/* The module of every package in "all". */
static void roots_of_all(struct pkgload *ld, struct root_set *s, struct pkgload_list *level)
{
	ld->mark++;
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];

		if (!(p->flags & PKG_IN_ALL))
			continue;
		if (pkgload_is_external(ld, p) && !map_has(&s->paths, p->mod.path))
			root_add(s, p->mod);
		p->mark = ld->mark;
		vec_push(level, p);
	}
}

static void mark_next(struct pkgload *ld, struct pkg *p, struct pkgload_list *next)
{
	if (p->mark != ld->mark) {
		p->mark = ld->mark;
		vec_push(next, p);
	}
}

/* The next level: the imports of these packages, and roots for those that would get an older version. */
static void step_out(struct pkgload *ld, const struct modgraph *mg,
		     const struct pkgload_list *level, struct pkgload_list *next,
		     struct root_set *s)
{
	for (size_t i = 0; i < level->n; i++) {
		struct pkg *p = level->items[i];

		if (!p->mod.path[0])
			continue;
		for (size_t k = 0; k < p->n_imports; k++)
			mark_next(ld, p->imports[k], next);
		if (p->test)
			mark_next(ld, p->test, next);
		if (modproject_is_main(modload_project(ld->ml), p->mod.path) ||
		    map_has(&s->paths, p->mod.path))
			continue;
		if (gover_mod_compare(p->mod.path, modgraph_selected(mg, p->mod.path),
				      p->mod.version) < 0)
			root_add(s, p->mod);
	}
}

/* Packages may be ambiguous under these roots, since resolving tries roots first: add their modules. */
static bool disambiguate(struct pkgload *ld, struct requirements *tidy, struct root_set *s)
{
	VEC(struct modver) add = { 0 };

	for (size_t i = 0; i < ld->pkgs.n; i++) {
		const struct pkg *p = ld->pkgs.items[i];
		struct pkg_found f;

		if (!p->mod.path[0] || p->test_of ||
		    modproject_is_main(modload_project(ld->ml), p->mod.path) ||
		    map_has(&s->paths, p->mod.path))
			continue;
		if (!pkgload_resolve(ld, p->path, tidy, NULL, true, &f) &&
		    f.problem.kind == PKG_AMBIGUOUS)
			vec_push(&add, p->mod);
	}
	for (size_t i = 0; i < add.n; i++)
		if (!map_has(&s->paths, add.items[i].path))
			root_add(s, add.items[i]);
	vec_release(&add);
	return s->n > tidy->n_roots;
}

static bool tidy_pruned(struct pkgload *ld, struct requirements *old, struct requirements **out,
			struct err *e)
{
	struct root_set s = { 0 };
	struct pkgload_list level = { 0 }, next = { 0 };
	struct requirements *tidy;
	const struct modgraph *mg;
	bool ok = true;

	root_add_line(ld, &s, old, "go");
	root_add_line(ld, &s, old, "toolchain");
	roots_of_all(ld, &s, &level);
	tidy = pruned_with(ld, &s, old);
	while (ok && level.n) {
		struct pkgload_list done = level;

		ok = requirements_graph(ld->ml, tidy, &mg, e);
		if (ok)
			step_out(ld, mg, &level, &next, &s);
		if (s.n > tidy->n_roots)
			tidy = pruned_with(ld, &s, old);
		level = next;
		next = done;
		next.n = 0;
	}
	ok = ok && requirements_graph(ld->ml, tidy, &mg, e);
	while (ok && disambiguate(ld, tidy, &s)) {
		tidy = pruned_with(ld, &s, old);
		ok = requirements_graph(ld->ml, tidy, &mg, e);
	}
	*out = tidy;
	vec_release(&level);
	vec_release(&next);
	root_set_release(&s);
	return ok;
}

/* The first module of each path, which of them are direct, and modules that could have provided packages. */
static void unpruned_modules(struct pkgload *ld, struct requirements *old, struct root_set *keep,
			     struct map *base, struct map *alts)
{
	root_add_line(ld, keep, old, "go");
	root_add_line(ld, keep, old, "toolchain");
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		const struct pkg *p = ld->pkgs.items[i];

		if (!pkgload_is_external(ld, p))
			continue;
		if (!map_has(&keep->paths, p->mod.path)) {
			root_add(keep, p->mod);
			if (requirements_is_direct(old, p->mod.path))
				map_put(base, p->mod.path, keep);
		}
		for (size_t k = 0; k < p->n_alt_mods; k++)
			map_put(alts, p->alt_mods[k].path,
				(void *)(uintptr_t)p->alt_mods[k].version);
	}
}

static bool least_roots(struct pkgload *ld, const struct root_set *keep, const struct map *base,
			struct modver_list *min, struct err *e)
{
	const char **paths = arena_alloc(&ld->arena, (base->n + 1) * sizeof(*paths));

	for (size_t i = 0; i < base->n; i++)
		paths[i] = base->entries[i].key;
	return mvs_req(ld->ml, NULL, (struct modver_list){ keep->items, keep->n }, paths, base->n,
		       min, e);
}

/* Dropping roots must not downgrade modules that could have provided packages. */
static bool keep_alternatives(struct root_set *keep, const struct map *alts,
			      struct modver_list list)
{
	bool kept = false;

	for (size_t i = 0; i < list.n; i++) {
		const char *v = map_get(alts, list.items[i].path);

		if (v && gover_mod_compare(list.items[i].path, list.items[i].version, v) < 0) {
			vec_push(keep, (struct modver){ list.items[i].path, v });
			kept = true;
		}
	}
	return kept;
}

static bool tidy_unpruned(struct pkgload *ld, struct requirements *old, struct requirements **out,
			  struct err *e)
{
	struct root_set keep = { 0 };
	struct map base = MAP_INIT, alts = MAP_INIT;
	struct modver_list min, list;
	bool ok;

	unpruned_modules(ld, old, &keep, &base, &alts);
	ok = least_roots(ld, &keep, &base, &min, e) &&
	     mvs_build_list(ld->ml, (struct modver_list){ keep.items, keep.n }, &list, e);
	if (ok && keep_alternatives(&keep, &alts, list))
		ok = least_roots(ld, &keep, &base, &min, e);
	if (ok)
		*out = requirements_new(ld->ml, PRUNING_UNPRUNED, min.items, min.n, old->direct);
	map_release(&base);
	map_release(&alts);
	root_set_release(&keep);
	return ok;
}

/* Same roots, same packages: only the direct marks may have changed. */
static bool tidy_again(struct pkgload *ld, const struct requirements *rs, struct requirements **out,
		       struct err *e)
{
	const struct modgraph *mg;

	*out = requirements_new(ld->ml, PRUNING_PRUNED, ld->tidied->roots, ld->tidied->n_roots,
				rs->direct);
	return requirements_graph(ld->ml, *out, &mg, e);
}

bool pkgload_tidy_roots(struct pkgload *ld, struct requirements *rs, struct requirements **out,
			struct err *e)
{
	bool ok = rs->pruning == PRUNING_UNPRUNED ? tidy_unpruned(ld, rs, out, e)
		  : ld->tidied			  ? tidy_again(ld, rs, out, e)
						  : tidy_pruned(ld, rs, out, e);

	if (!ok || requirements_go_version(*out))
		return ok;
	/* go panics: a broken graph has lost its go version, which -e does not excuse */
	pkgload_fatal(ld, "internal error: missing go root module");
	return err_set(e, ERR_REFUSED, "internal error: missing go root module");
}
