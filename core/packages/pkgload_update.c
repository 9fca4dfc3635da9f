#include "gofiles/gover.h"
#include "packages/pkgload_impl.h"

static bool roots_equal(const struct requirements *a, const struct requirements *b)
{
	if (a->n_roots != b->n_roots)
		return false;
	for (size_t i = 0; i < a->n_roots; i++)
		if (!str_eq(a->roots[i].path, b->roots[i].path) ||
		    !str_eq(a->roots[i].version, b->roots[i].version))
			return false;
	return true;
}

static void mark_direct(struct pkgload *ld, const struct pkg *p, struct map *direct)
{
	for (size_t i = 0; i < p->n_imports; i++)
		if (pkgload_is_external(ld, p->imports[i]))
			map_put(direct, p->imports[i]->mod.path, ld);
}

/* In a workspace the roots are its modules: what they import must be required by one of them, or by who may say so. */
static bool check_required(struct pkgload *ld, struct pkg *p, struct err *e)
{
	const struct modgraph *mg;

	if (ld->rs->pruning != PRUNING_WORKSPACE ||
	    modproject_build_mod(modload_project(ld->ml)) == MODPROJECT_MOD_VENDOR)
		return true;
	for (size_t i = 0; i < p->n_imports; i++) {
		const struct pkg *dep = p->imports[i];

		if (!pkgload_is_external(ld, dep))
			continue;
		if (!requirements_graph(ld->ml, ld->rs, &mg, e))
			return false;
		if (!modgraph_is_read(mg, modtab_node(modload_tab(ld->ml), dep->mod)))
			p->problem = (struct pkg_problem){
				.kind = PKG_IMPLICIT,
				.text = arena_fmt(
					&ld->arena,
					"package %s imports %s from implicitly required module; to add missing requirements, run:\n"
					"\tgo get %s@%s",
					p->path, dep->path, dep->mod.path, dep->mod.version)
			};
	}
	return true;
}

/* The package that requires the newer go; best may be NULL. */
static const struct pkg *newer_of(const struct pkg *best, const struct pkg *p)
{
	if (p->problem.kind != PKG_TOO_NEW ||
	    (best && gover_compare(p->problem.too_new, best->problem.too_new) <= 0))
		return best;
	return p;
}

/* The paths of modules that the main modules import from; fails with the newest go that a package requires. */
static bool find_direct(struct pkgload *ld, struct map *direct, struct err *e)
{
	const struct pkg *too_new = NULL;

	if (!ld->all_is_root) {
		for (size_t i = 0; i < ld->rs->direct->n; i++)
			map_put(direct, ld->rs->direct->entries[i].key, ld);
	}
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];

		too_new = newer_of(too_new, p);
		if (!pkgload_in_main(ld, p) || p->mod.version[0])
			continue;
		if (!check_required(ld, p, e))
			return false;
		mark_direct(ld, p, direct);
	}
	if (too_new)
		return err_set(e, ERR_REFUSED, "%s", too_new->problem.too_new_text);
	return true;
}

/* Dependencies whose packages are in "all" or were requested. */
static struct modver *used_modules(struct pkgload *ld, size_t *n)
{
	struct modver *use = arena_alloc(&ld->arena, (ld->pkgs.n + 1) * sizeof(*use));
	const char *last = NULL;
	unsigned flags = PKG_IN_ALL | PKG_IS_ROOT;

	if (ld->o.roots_imported)
		flags |= PKG_FROM_ROOT;
	*n = 0;
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		const struct pkg *p = ld->pkgs.items[i];

		if (!pkgload_is_external(ld, p) || !(p->flags & flags) || p->mod.path == last)
			continue;
		last = p->mod.path;
		use[(*n)++] = p->mod;
	}
	return use;
}

/* Whether new roots change the module of a loaded package, or make a package loadable. */
static bool packages_changed(struct pkgload *ld, struct requirements *rs, bool *changed,
			     struct err *e)
{
	const struct modgraph *mg;

	if (!requirements_graph(ld->ml, rs, &mg, e))
		return false;
	*changed = false;
	for (size_t i = 0; i < ld->pkgs.n && !*changed; i++) {
		const struct pkg *p = ld->pkgs.items[i];
		struct pkg_found f;

		if (pkgload_is_external(ld, p) &&
		    !str_eq(modgraph_selected(mg, p->mod.path), p->mod.version))
			*changed = true;
		else if (p->problem.kind != PKG_OK &&
			 pkgload_resolve(ld, p->path, rs, NULL, ld->skip_modfiles, &f))
			*changed = true;
	}
	return true;
}

bool pkgload_update(struct pkgload *ld, bool *changed, struct err *e)
{
	struct map *direct = modload_new_set(ld->ml);
	struct requirements *tidy = NULL, *rs;
	struct requirements_change change = { .direct = direct };

	*changed = false;
	if (!find_direct(ld, direct, e))
		return false;
	if (ld->o.tidy && !pkgload_tidy_roots(ld, ld->rs, &tidy, e))
		return false;
	change.use.items = used_modules(ld, &change.use.n);
	if (tidy)
		change.add = (struct modver_list){ tidy->roots, tidy->n_roots };
	if (!requirements_update(ld->ml, ld->rs, &change, &rs, e))
		return false;
	if (!str_eq(requirements_go_version(rs), requirements_go_version(ld->rs)))
		*changed = true;
	else if (rs != ld->rs && !roots_equal(rs, ld->rs) && !packages_changed(ld, rs, changed, e))
		return false;
	ld->tidied = roots_equal(rs, ld->rs) ? tidy : NULL;
	ld->rs = rs;
	return true;
}

/* A module to add, and the first package that needs it. */
struct addition {
	struct modver mod;
	struct pkg *pkg;
};

struct additions {
	struct addition *items;
	size_t n, cap;
};

static void add_addition(struct additions *v, struct modver m, struct pkg *p)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].mod.path == m.path && v->items[i].mod.version == m.version)
			return;
	vec_push(v, (struct addition){ m, p });
}

static bool resolve_missing(struct pkgload *ld, struct additions *out, struct err *e)
{
	const struct pkg *newer = NULL;
	struct additions found = { 0 };

	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];
		struct pkg_found f;
		struct modver m;

		if (p->problem.kind != PKG_MISSING || p->test_of)
			continue;
		if (!pkgload_query_import(ld, p->path, ld->rs, &m, &f)) {
			p->problem = f.problem;
			newer = newer_of(newer, p);
			continue;
		}
		vec_push(&found, (struct addition){ m, p });
	}
	if (newer) {
		modproject_message(modload_project(ld->ml),
				   "go: toolchain upgrade needed to resolve %s\n", newer->path);
		err_set(e, ERR_REFUSED, "%s", newer->problem.too_new_text);
		found.n = 0;
	}
	for (size_t i = 0; i < found.n; i++) {
		struct addition *f = &found.items[i];

		modproject_message(modload_project(ld->ml), "go: found %s in %s %s\n", f->pkg->path,
				   f->mod.path, f->mod.version);
		add_addition(out, f->mod, f->pkg);
	}
	vec_release(&found);
	return !newer;
}

static struct modver *addition_mods(struct pkgload *ld, const struct additions *v)
{
	struct modver *mods = arena_alloc(&ld->arena, (v->n + 1) * sizeof(*mods));

	for (size_t i = 0; i < v->n; i++)
		mods[i] = v->items[i].mod;
	gover_mod_sort(mods, v->n);
	return mods;
}

/* For an error in the go.mod of an added module, report the import chain instead of the requirement chain. */
static void tell_addition(struct pkgload *ld, const struct additions *v, struct err *e)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct modload_failure *why = modload_failure(ld->ml,
								    modtab_find(modload_tab(ld->ml),
										v->items[i].mod));
		struct buf b = BUF_INIT;

		if (!why)
			continue;
		pkg_stack_text(v->items[i].pkg, &b);
		buf_addstr(&b, ": ");
		if (why->module_error)
			buf_addf(&b, "%s@%s: ", why->actual.path, why->actual.version);
		buf_addstr(&b, why->err.text);
		err_clear(e);
		pkgload_error(ld, b.data);
		buf_release(&b);
		return;
	}
	pkgload_tell(ld, e);
}

static bool add_modules(struct pkgload *ld, const struct additions *v, struct requirements **rs,
			struct err *e)
{
	struct requirements_change change = { .direct = ld->rs->direct,
					      .add = { addition_mods(ld, v), v->n } };

	return requirements_update(ld->ml, ld->rs, &change, rs, e);
}

bool pkgload_add_missing(struct pkgload *ld)
{
	struct additions v = { 0 };
	struct requirements *rs = NULL;
	struct err e = ERR_INIT;
	bool again = false;

	if (!resolve_missing(ld, &v, &e))
		pkgload_tell(ld, &e);
	else if (v.n && !add_modules(ld, &v, &rs, &e))
		tell_addition(ld, &v, &e);
	else if (v.n && !roots_equal(rs, ld->rs))
		again = true;
	if (again)
		ld->rs = rs;
	vec_release(&v);
	err_release(&e);
	return again;
}

bool pkgload_preload(struct pkgload *ld, const char *const *paths, size_t n)
{
	struct additions v = { 0 };
	struct requirements *rs = NULL;
	struct err e = ERR_INIT;
	bool changed = false;

	pkgload_prefetch(ld, paths, n, ld->rs, NULL);
	for (size_t i = 0; i < n; i++) {
		struct pkg_found f;
		struct modver m;
		const char *v_root;

		if (pkgload_resolve(ld, paths[i], ld->rs, NULL, ld->skip_modfiles, &f))
			m = f.mod;
		else if (f.problem.kind != PKG_MISSING || !ld->o.resolve_missing ||
			 !pkgload_query_import(ld, paths[i], ld->rs, &m, &f))
			continue;
		if (!m.path[0])
			continue;
		v_root = requirements_root(ld->ml, ld->rs, m.path);
		if (!v_root || !str_eq(v_root, m.version))
			add_addition(&v, m, NULL);
	}
	if (v.n && !add_modules(ld, &v, &rs, &e))
		pkgload_tell(ld, &e);
	else if (v.n && !roots_equal(rs, ld->rs))
		changed = true;
	if (changed)
		ld->rs = rs;
	vec_release(&v);
	err_release(&e);
	return changed;
}
