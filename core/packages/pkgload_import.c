#include "base/fs.h"
#include "packages/pkgload_impl.h"

/*
 * Flags. go's recursion is a worklist here: a flag is passed on to imports and tests once the imports are
 * known. Flags are only added, so the order does not matter.
 */
static void want_flags(struct pkgload *ld, struct pkg *p, unsigned flags)
{
	if (ld->pending.n == ld->pending.cap) {
		ld->pending.cap = ld->pending.cap ? ld->pending.cap * 2 : 256;
		ld->pending.pkgs = xreallocarray(ld->pending.pkgs, ld->pending.cap,
						 sizeof(*ld->pending.pkgs));
		ld->pending.flags = xreallocarray(ld->pending.flags, ld->pending.cap,
						  sizeof(*ld->pending.flags));
	}
	ld->pending.pkgs[ld->pending.n] = p;
	ld->pending.flags[ld->pending.n++] = flags;
}

struct pkg *pkgload_get(struct pkgload *ld, const char *path, unsigned flags)
{
	bool added;
	struct map_entry *e = map_entry(&ld->pkgs_by_path, path, strlen(path), &added);
	struct pkg *p = e->value;

	if (added) {
		p = arena_calloc(&ld->arena, 1, sizeof(*p));
		p->path = path;
		p->mod = (struct modver){ "", "" };
		e->value = p;
		vec_push(&ld->queue, p);
	}
	if (flags & ~p->flags)
		want_flags(ld, p, flags);
	return p;
}

/* If std or cmd is a main module, its vendored packages are its dependencies, except for imports of vendored packages (stdVendor). */
static bool imports_vendored(const struct pkgload *ld, const struct pkg *importer)
{
	const char *own = path_under(importer->path, "cmd") ? "cmd" : "std";

	return importer->in_std && (!modproject_is_main(modload_project(ld->ml), own) ||
				    path_under(importer->path, "vendor"));
}

static void set_imports(struct pkgload *ld, struct pkg *p, const char *const *imports, size_t n)
{
	unsigned flags = p->flags & PKG_IN_ALL;
	bool vendored = imports_vendored(ld, p);

	p->imports = arena_alloc(&ld->arena, (n + 1) * sizeof(*p->imports));
	p->n_imports = n;
	for (size_t i = 0; i < n; i++) {
		const char *path = imports[i];

		if (vendored)
			path = gostd_vendor(&ld->std, &ld->arena, p->path, path);
		p->imports[i] = pkgload_get(ld, path, flags);
	}
	want_flags(ld, p, PKG_IMPORTS_LOADED);
}

static void want_test(struct pkgload *ld, struct pkg *p, unsigned flags)
{
	struct pkg *t = p->test;

	if (t) {
		want_flags(ld, t, flags);
		return;
	}
	t = arena_calloc(&ld->arena, 1, sizeof(*t));
	*t = (struct pkg){ .path = p->path,
			   .test_of = p,
			   .mod = p->mod,
			   .root = p->root,
			   .rel = p->rel,
			   .has_dir = p->has_dir,
			   .in_std = p->in_std,
			   .problem = p->problem };
	p->test = t;
	t->flags = flags;
	set_imports(ld, t, p->test_imports, p->n_test_imports);
}

static bool needs_test(const struct pkgload *ld, const struct pkg *p)
{
	if (ld->all_is_root &&
	    (pkgload_in_main(ld, p) || (ld->closes_over_tests && (p->flags & PKG_IN_ALL))))
		return true;
	return ld->o.load_tests && (p->flags & PKG_IS_ROOT);
}

static void set_flags(struct pkgload *ld, struct pkg *p, unsigned flags)
{
	unsigned old = p->flags, added;

	if ((flags & PKG_IN_ALL) && ld->all_is_root && !p->test_of)
		flags |= PKG_IS_ROOT;
	if (flags & PKG_IS_ROOT)
		flags |= PKG_FROM_ROOT;
	p->flags |= flags;
	added = p->flags & ~old;
	if (!added || !(p->flags & PKG_IMPORTS_LOADED))
		return;
	if (added & PKG_IMPORTS_LOADED)
		added = p->flags;
	if (!p->test_of && needs_test(ld, p)) {
		bool all = pkgload_in_main(ld, p) ||
			   (ld->closes_over_tests && (p->flags & PKG_IN_ALL));

		want_test(ld, p, all ? PKG_IN_ALL : 0);
	}
	added &= PKG_IN_ALL | PKG_FROM_ROOT;
	for (size_t i = 0; added && i < p->n_imports; i++)
		if (added & ~p->imports[i]->flags)
			want_flags(ld, p->imports[i], added);
}

static void settle_flags(struct pkgload *ld)
{
	while (ld->pending.n) {
		size_t i = --ld->pending.n;

		set_flags(ld, ld->pending.pkgs[i], ld->pending.flags[i]);
	}
}

/* A directory of the standard library, read once. */
static const struct pkgroot_dir *std_dir(struct pkgload *ld, const char *path)
{
	struct pkgroot_dir *d = map_get(&ld->std_dirs, path);
	struct imports_dir r;

	if (d)
		return d;
	d = arena_calloc(&ld->arena, 1, sizeof(*d));
	gostd_scan(&ld->std, &ld->arena, path, &r, &d->err);
	d->no_go = r.no_go;
	d->imports = (const char *const *)r.imports;
	d->tests = (const char *const *)r.tests;
	d->n_imports = r.n_imports;
	d->n_tests = r.n_tests;
	map_put(&ld->std_dirs, path, d);
	return d;
}

static void take_found(struct pkg *p, const struct pkg_found *f)
{
	p->mod = f->mod;
	p->root = f->root;
	p->rel = f->rel;
	p->has_dir = f->has_dir;
	p->in_std = f->in_std;
	p->alt_mods = f->alt_mods;
	p->n_alt_mods = f->n_alt_mods;
	p->problem = f->problem;
}

static bool is_tool(struct pkgload *ld, const char *path)
{
	if (!ld->tools_done) {
		const char *const *tools;
		size_t n = modproject_tools(modload_project(ld->ml), &tools);

		for (size_t i = 0; i < n; i++)
			map_put(&ld->tools, tools[i], ld);
		ld->tools_done = true;
	}
	return ld->tools.n && map_has(&ld->tools, path);
}

static void load_pkg(struct pkgload *ld, struct pkg *p, const struct modgraph *mg)
{
	struct pkg_found f;
	const struct pkgroot_dir *d;

	pkgload_resolve(ld, p->path, ld->rs, mg, ld->skip_modfiles, &f);
	take_found(p, &f);
	/* decide now: imports inherit these flags, and tests depend on the module */
	if (is_tool(ld, p->path) || pkgload_in_main(ld, p))
		want_flags(ld, p, PKG_IN_ALL);
	if (!p->has_dir)
		return;
	if (p->root) {
		struct pkgroot_dir *own = f.dir;

		pkgroot_need(p->root, own);
		d = own;
	} else {
		d = std_dir(ld, p->path);
	}
	if (err_is_set(&d->err) && d->err.code != ERR_SYNTAX)
		err_copy(&ld->unread, &d->err);
	if (d->unread) {
		err_set(&ld->unread, ERR_SYS, "%s", d->unread);
		if (!ld->unread_file)
			ld->unread_file = arena_strdup(&ld->arena, d->unread);
	}
	if (err_is_set(&d->err) || d->no_go) {
		p->problem.kind = err_is_set(&d->err) ? PKG_ERROR : PKG_NO_GO;
		p->problem.text = err_is_set(&d->err) ? d->err.text : "no Go source files";
		return;
	}
	p->test_imports = d->tests;
	p->n_test_imports = d->n_tests;
	set_imports(ld, p, d->imports, d->n_imports);
}

static void prefetch_queue(struct pkgload *ld, const struct modgraph *mg)
{
	const char **paths = xreallocarray(NULL, ld->queue.n + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < ld->queue.n; i++)
		paths[n++] = ld->queue.items[i]->path;
	pkgload_prefetch(ld, paths, n, ld->rs, mg);
	free(paths);
}

/* Level by level: read what a level needs in parallel, then load its packages in order. */
void pkgload_follow(struct pkgload *ld)
{
	settle_flags(ld);
	while (ld->queue.n && !cancel_is_set(modproject_cancel(modload_project(ld->ml)))) {
		const struct modgraph *mg = NULL;
		struct pkgload_list level = ld->queue;

		if (ld->rs->pruning == PRUNING_UNPRUNED &&
		    !requirements_graph(ld->ml, ld->rs, &mg, NULL))
			mg = NULL; /* already reported; then only roots are tried first */
		prefetch_queue(ld, mg);
		ld->queue = (struct pkgload_list){ 0 };
		for (size_t i = 0; i < level.n; i++)
			load_pkg(ld, level.items[i], mg);
		vec_release(&level);
		settle_flags(ld);
	}
}
