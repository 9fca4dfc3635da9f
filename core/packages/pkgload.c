#include "packages/pkgload_impl.h"

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "base/par.h"

/* The directories of the main modules name the project. */
static char *project_name(const struct modload *ml)
{
	const struct main_module *mains;
	size_t n = modload_mains(ml, &mains);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s\n", mains[i].dir);
	return buf_detach(&b);
}

struct pkgload *pkgload_new(struct modload *ml, const struct pkgload_options *o)
{
	struct pkgload *ld = xcalloc(1, sizeof(*ld));
	const char *own = goenv_own_cache(modload_env(ml));
	char *index = own ? xasprintf("%s/imports", own) : NULL, *project = project_name(ml);

	ld->ml = ml;
	ld->o = *o;
	ld->cpus = par_cpus();
	pkgroots_init(&ld->roots, index, project);
	free(index);
	free(project);
	gostd_init(&ld->std, &ld->arena, goenv_goroot(modload_env(ml)));
	ld->rs = modload_requirements(ml);
	return ld;
}

static void reset(struct pkgload *ld)
{
	map_clear(&ld->pkgs_by_path);
	ld->queue.n = ld->roots_of.n = ld->pkgs.n = ld->pending.n = 0;
}

void pkgload_free(struct pkgload *ld)
{
	if (!ld)
		return;
	pkgroots_save(&ld->roots);
	pkgroots_release(&ld->roots);
	map_release(&ld->std_dirs);
	map_release(&ld->query_cache);
	map_release(&ld->tools);
	for (size_t i = 0; i < ld->directs.n; i++)
		map_release(ld->directs.items[i]);
	vec_release(&ld->directs);
	map_release(&ld->pkgs_by_path);
	vec_release(&ld->queue);
	vec_release(&ld->roots_of);
	vec_release(&ld->pkgs);
	free(ld->pending.pkgs);
	free(ld->pending.flags);
	free(ld->sources);
	err_release(&ld->first_error);
	err_release(&ld->unread);
	arena_release(&ld->arena);
	free(ld);
}

struct requirements *pkgload_requirements(const struct pkgload *ld)
{
	return ld->rs;
}

struct modload *pkgload_modload(const struct pkgload *ld)
{
	return ld->ml;
}

const struct gostd *pkgload_std(const struct pkgload *ld)
{
	return &ld->std;
}

size_t pkgload_pkgs(const struct pkgload *ld, struct pkg *const **pkgs)
{
	*pkgs = ld->pkgs.items;
	return ld->pkgs.n;
}

struct pkg *pkgload_find(const struct pkgload *ld, const char *path)
{
	return map_get(&ld->pkgs_by_path, path);
}

size_t pkgload_error_count(const struct pkgload *ld)
{
	return ld->n_errors;
}

const struct err *pkgload_unread(const struct pkgload *ld)
{
	return &ld->unread;
}

void pkgload_fatal(struct pkgload *ld, const char *text)
{
	modload_message(ld->ml, "go: %s\n", text);
	ld->n_errors++;
	err_set(&ld->first_error, ERR_REFUSED, "%s", text);
}

void pkgload_error(struct pkgload *ld, const char *text)
{
	if (ld->o.allow_errors)
		modload_message(ld->ml, "go: %s\n", text);
	else
		pkgload_fatal(ld, text);
}

/* An error of a part below, told as go does; consumed. */
static void tell(struct pkgload *ld, struct err *e)
{
	const char *text = e->text ? e->text : "";

	if (err_is_final(e)) { /* told at the end: see stopped() */
		err_clear(e);
		return;
	}
	if (!ld->o.allow_errors && e->code != ERR_NONE)
		err_copy(&ld->first_error, e);
	pkgload_error(ld, text);
	err_clear(e);
}

/* True also for what makes go end at once, wherever it came up: it is then the only error. */
static bool stopped(struct pkgload *ld, struct err *e)
{
	if (err_is_set(modload_fatal(ld->ml))) {
		err_clear(e);
		err_copy(e, modload_fatal(ld->ml));
		return true;
	}
	if (ld->n_errors == 0)
		return false;
	err_copy(e, &ld->first_error);
	return true;
}

const char *pkgload_go_version(const struct pkgload *ld)
{
	if (ld->o.go_version && ld->o.go_version[0])
		return ld->o.go_version;
	return requirements_go_version(ld->rs);
}

bool pkg_is_external(const struct pkgload *ld, const struct pkg *p)
{
	return p->mod.path[0] && !modload_is_main(ld->ml, p->mod.path);
}

static bool in_main(const struct pkgload *ld, const struct pkg *p)
{
	return p->mod.path[0] && modload_is_main(ld->ml, p->mod.path);
}

/*
 * Flags. go's recursion is a worklist here: what a flag means for imports and tests happens when the imports are
 * known. Flags only grow, so the order does not matter.
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

static struct pkg *get_pkg(struct pkgload *ld, const char *path, unsigned flags)
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
	if (flags)
		want_flags(ld, p, flags);
	return p;
}

/* What std and cmd vendor are their dependencies where they are main modules, but for what is vendored itself (stdVendor). */
static const char *imported_path(struct pkgload *ld, const struct pkg *importer, const char *path)
{
	const char *own = path_under(importer->path, "cmd") ? "cmd" : "std";

	if (!importer->in_std ||
	    (modload_is_main(ld->ml, own) && !path_under(importer->path, "vendor")))
		return path;
	return gostd_vendor(&ld->std, &ld->arena, importer->path, path);
}

static void set_imports(struct pkgload *ld, struct pkg *p, const char *const *imports, size_t n)
{
	unsigned flags = p->flags & PKG_IN_ALL;

	p->imports = arena_alloc(&ld->arena, (n + 1) * sizeof(*p->imports));
	p->n_imports = n;
	for (size_t i = 0; i < n; i++)
		p->imports[i] = get_pkg(ld, imported_path(ld, p, imports[i]), flags);
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
			   .error = p->error,
			   .error_text = p->error_text,
			   .too_new = p->too_new,
			   .too_new_text = p->too_new_text,
			   .missing_std = p->missing_std };
	p->test = t;
	t->flags = flags;
	set_imports(ld, t, p->test_imports, p->n_test_imports);
}

static bool needs_test(const struct pkgload *ld, const struct pkg *p)
{
	if (ld->all_is_root &&
	    (in_main(ld, p) || (ld->closes_over_tests && (p->flags & PKG_IN_ALL))))
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
		bool all = in_main(ld, p) || (ld->closes_over_tests && (p->flags & PKG_IN_ALL));

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

/* What a directory of the standard library holds; read once. */
static const struct pkgdir *std_dir(struct pkgload *ld, const char *path)
{
	struct pkgdir *d = map_get(&ld->std_dirs, path);
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

static void take_error(struct pkg *p, const struct pkg_found *f)
{
	p->error = f->error;
	p->error_text = f->error_text;
	p->too_new = f->too_new;
	p->too_new_text = f->too_new_text;
	p->missing_std = f->missing_std;
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
	take_error(p, f);
}

static bool is_tool(struct pkgload *ld, const char *path)
{
	if (!ld->tools_done) {
		const char *const *tools;
		size_t n = modload_tools(ld->ml, &tools);

		for (size_t i = 0; i < n; i++)
			map_put(&ld->tools, tools[i], ld);
		ld->tools_done = true;
	}
	return ld->tools.n && map_has(&ld->tools, path);
}

static void load_pkg(struct pkgload *ld, struct pkg *p, const struct modgraph *mg)
{
	struct pkg_found f;
	const struct pkgdir *d;

	pkgload_resolve(ld, p->path, ld->rs, mg, ld->skip_modfiles, &f);
	take_found(p, &f);
	/* settled at once: imports inherit what is known now, and tests look at the module */
	if (is_tool(ld, p->path) || in_main(ld, p))
		want_flags(ld, p, PKG_IN_ALL);
	if (!p->has_dir)
		return;
	if (p->root) {
		struct pkgdir *own = pkgroot_dir(p->root, p->rel);

		pkgroot_need(p->root, own);
		d = own;
	} else {
		d = std_dir(ld, p->path);
	}
	if (err_is_set(&d->err) && d->err.code != ERR_SYNTAX)
		err_copy(&ld->unread, &d->err);
	if (err_is_set(&d->err) || d->no_go) {
		p->error = err_is_set(&d->err) ? PKG_ERROR : PKG_NO_GO;
		p->error_text = err_is_set(&d->err) ? d->err.text : "no Go source files";
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

/* Level by level: what a level needs is read in parallel, then its packages are worked out in turn. */
static void load_queue(struct pkgload *ld)
{
	settle_flags(ld);
	while (ld->queue.n && !cancel_is_set(modload_cancel(ld->ml))) {
		const struct modgraph *mg = NULL;
		struct pkg_list level = ld->queue;

		if (ld->rs->pruning == MOD_UNPRUNED &&
		    !requirements_graph(ld->ml, ld->rs, &mg, NULL))
			mg = NULL; /* told before; roots alone are tried first then */
		prefetch_queue(ld, mg);
		ld->queue = (struct pkg_list){ 0 };
		for (size_t i = 0; i < level.n; i++)
			load_pkg(ld, level.items[i], mg);
		vec_release(&level);
		settle_flags(ld);
	}
}

/* buildStacks: the breadth-first order and each package's shortest chain. */
static void build_stacks(struct pkgload *ld)
{
	for (size_t i = 0; i < ld->roots_of.n; i++) {
		struct pkg *p = ld->roots_of.items[i];

		p->stack = p;
		vec_push(&ld->pkgs, p);
	}
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];

		for (size_t k = 0; k < p->n_imports; k++) {
			if (!p->imports[k]->stack) {
				p->imports[k]->stack = p;
				vec_push(&ld->pkgs, p->imports[k]);
			}
		}
		if (p->test && !p->test->stack) {
			p->test->stack = p;
			vec_push(&ld->pkgs, p->test);
		}
	}
	for (size_t i = 0; i < ld->roots_of.n; i++)
		ld->roots_of.items[i]->stack = NULL;
}

static size_t stack_depth(const struct pkg *p)
{
	size_t n = 0;

	for (; p; p = p->stack)
		n++;
	return n;
}

void pkg_stack_text(const struct pkg *p, struct buf *out)
{
	size_t n = stack_depth(p);
	const struct pkg **stack = xreallocarray(NULL, n + 1, sizeof(*stack));

	for (size_t i = n; p; p = p->stack)
		stack[--i] = p;
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s", stack[i]->path, stack[i]->test_of ? ".test" : "");
		if (i + 1 < n)
			buf_addstr(out, stack[i + 1]->test_of == stack[i] ? " tested by\n\t"
									  : " imports\n\t");
	}
	free(stack);
}

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
		if (pkg_is_external(ld, p->imports[i]))
			map_put(direct, p->imports[i]->mod.path, ld);
}

/* Of two packages, of which the first may be NULL, the one that wants the newer go. */
static const struct pkg *newer_of(const struct pkg *best, const struct pkg *p)
{
	if (p->error != PKG_TOO_NEW || (best && gover_compare(p->too_new, best->too_new) <= 0))
		return best;
	return p;
}

/* The paths of modules that the main modules import from; fails for the newest go that some package wants. */
static bool find_direct(struct pkgload *ld, struct map *direct, struct err *e)
{
	const struct pkg *too_new = NULL;

	if (!ld->all_is_root) {
		for (size_t i = 0; i < ld->rs->direct->n; i++)
			map_put(direct, ld->rs->direct->entries[i].key, ld);
	}
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		const struct pkg *p = ld->pkgs.items[i];

		too_new = newer_of(too_new, p);
		if (!in_main(ld, p) || p->mod.version[0])
			continue;
		mark_direct(ld, p, direct);
	}
	if (too_new)
		return err_set(e, ERR_REFUSED, "%s", too_new->too_new_text);
	return true;
}

/* Modules outside of the main ones whose packages are in "all" or were asked for. */
static struct modver *used_modules(struct pkgload *ld, size_t *n)
{
	struct modver *use = arena_alloc(&ld->arena, (ld->pkgs.n + 1) * sizeof(*use));
	const char *last = NULL;

	*n = 0;
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		const struct pkg *p = ld->pkgs.items[i];

		if (!pkg_is_external(ld, p) || !(p->flags & (PKG_IN_ALL | PKG_IS_ROOT)) ||
		    p->mod.path == last)
			continue;
		last = p->mod.path;
		use[(*n)++] = p->mod;
	}
	return use;
}

/* Did new roots change what a loaded package comes from, or make one loadable? */
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

		if (pkg_is_external(ld, p) &&
		    !str_eq(modgraph_selected(mg, p->mod.path), p->mod.version))
			*changed = true;
		else if (p->error != PKG_OK &&
			 pkgload_resolve(ld, p->path, rs, NULL, ld->skip_modfiles, &f))
			*changed = true;
	}
	return true;
}

/* Requirements borrow the set; it goes with the loader of packages. */
static struct map *new_direct(struct pkgload *ld)
{
	struct map *direct = arena_calloc(&ld->arena, 1, sizeof(*direct));

	vec_push(&ld->directs, direct);
	return direct;
}

static bool update_requirements(struct pkgload *ld, bool *changed, struct err *e)
{
	struct map *direct = new_direct(ld);
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
	ld->rs = rs;
	return true;
}

/* A module to be added, and the first package that asks for it. */
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

		if (p->error != PKG_MISSING || p->test_of)
			continue;
		if (!pkgload_query_import(ld, p->path, ld->rs, &m, &f)) {
			take_error(p, &f);
			newer = newer_of(newer, p);
			continue;
		}
		vec_push(&found, (struct addition){ m, p });
	}
	if (newer) {
		modload_message(ld->ml, "go: toolchain upgrade needed to resolve %s\n",
				newer->path);
		err_set(e, ERR_REFUSED, "%s", newer->too_new_text);
		found.n = 0;
	}
	for (size_t i = 0; i < found.n; i++) {
		struct addition *f = &found.items[i];

		modload_message(ld->ml, "go: found %s in %s %s\n", f->pkg->path, f->mod.path,
				f->mod.version);
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

/* Of an error in the go.mod of a module that was to be added, the import chain says more than the chain of requirements. */
static void tell_addition(struct pkgload *ld, const struct additions *v, struct err *e)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct mod_failure *why = modload_failure(ld->ml,
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
	tell(ld, e);
}

static bool add_modules(struct pkgload *ld, const struct additions *v, struct requirements **rs,
			struct err *e)
{
	struct requirements_change change = { .direct = ld->rs->direct,
					      .add = { addition_mods(ld, v), v->n } };

	return requirements_update(ld->ml, ld->rs, &change, rs, e);
}

/* True if modules were added, so that packages are to be loaded again. */
static bool add_missing(struct pkgload *ld)
{
	struct additions v = { 0 };
	struct requirements *rs = NULL;
	struct err e = ERR_INIT;
	bool again = false;

	if (!resolve_missing(ld, &v, &e))
		tell(ld, &e);
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

/* preloadRootModules: promotes the modules of root packages, so that one pass is enough in the common case. */
static bool preload_roots(struct pkgload *ld, const char *const *paths, size_t n)
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
		else if (f.error != PKG_MISSING || !ld->o.resolve_missing ||
			 !pkgload_query_import(ld, paths[i], ld->rs, &m, &f))
			continue;
		if (!m.path[0])
			continue;
		v_root = requirements_root(ld->ml, ld->rs, m.path);
		if (!v_root || !str_eq(v_root, m.version))
			add_addition(&v, m, NULL);
	}
	if (v.n && !add_modules(ld, &v, &rs, &e))
		tell(ld, &e);
	else if (v.n && !roots_equal(rs, ld->rs))
		changed = true;
	if (changed)
		ld->rs = rs;
	vec_release(&v);
	err_release(&e);
	return changed;
}

static bool update_go_version(struct pkgload *ld)
{
	const char *go = pkgload_go_version(ld);
	struct err e = ERR_INIT;

	if (ld->rs->pruning != MOD_WORKSPACE &&
	    !requirements_convert(ld->ml, ld->rs, mod_pruning_for(go), &ld->rs, &e))
		tell(ld, &e);
	err_release(&e);
	if (ld->n_errors)
		return false;
	ld->skip_modfiles = ld->o.tidy && gover_compare(go, GOVER_TIDY_GOMOD_SUM) < 0;
	ld->closes_over_tests = gover_compare(go, GOVER_NARROW_ALL) < 0 && !ld->o.use_vendor_all;
	return true;
}

static void load_roots(struct pkgload *ld, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pkg *p = get_pkg(ld, paths[i], PKG_IS_ROOT);

		if (!p->is_listed) {
			p->is_listed = true;
			vec_push(&ld->roots_of, p);
		}
	}
	load_queue(ld);
	build_stacks(ld);
}

/* The root packages of all patterns, as they are now. */
static size_t list_roots(struct pkgload *ld, struct pkg_match *matches, size_t n,
			 const char ***paths)
{
	size_t total = 0, w = 0;

	for (size_t i = 0; i < n; i++) {
		pkgload_match(ld, &matches[i], true, ld->rs);
		total += matches[i].n_pkgs;
	}
	*paths = arena_alloc(&ld->arena, (total + 1) * sizeof(**paths));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < matches[i].n_pkgs; k++)
			(*paths)[w++] = matches[i].pkgs[k];
	return w;
}

/* One turn of the loop of loadFromRoots; false when it is over. */
static bool load_once(struct pkgload *ld, struct pkg_match *matches, size_t n)
{
	const char **paths;
	size_t n_paths;
	struct err e = ERR_INIT;
	bool changed, ok;

	reset(ld);
	if (err_is_set(modload_fatal(ld->ml)) || !update_go_version(ld) ||
	    cancel_is_set(modload_cancel(ld->ml)))
		return false;
	n_paths = list_roots(ld, matches, n, &paths);
	if (ld->rs->pruning == MOD_PRUNED && modload_build_mod(ld->ml) == BUILD_MOD_MOD) {
		if (preload_roots(ld, paths, n_paths))
			return true;
		if (ld->n_errors)
			return false;
	}
	load_roots(ld, paths, n_paths);
	ok = update_requirements(ld, &changed, &e);
	if (!ok)
		tell(ld, &e);
	err_release(&e);
	if (!ok || changed)
		return ok;
	return ld->o.resolve_missing && add_missing(ld);
}

/* -go: the go line as asked for, unless something in the graph wants more. */
static struct requirements *force_go(struct pkgload *ld, struct requirements *rs)
{
	struct modver go = { "go", ld->o.go_version };
	struct requirements *tidy = requirements_override(ld->ml, rs, &go, 1);
	const struct modgraph *mg;
	struct err e = ERR_INIT;
	const char *v;
	const uint32_t *chain;
	struct arena tmp = ARENA_INIT;
	size_t n;

	if (!requirements_graph(ld->ml, tidy, &mg, &e))
		tell(ld, &e);
	err_release(&e);
	v = modgraph_selected(mg, "go");
	if (str_eq(v, ld->o.go_version))
		return tidy;
	n = modgraph_chain(mg, modtab_find(modload_tab(ld->ml), (struct modver){ "go", v }), &tmp,
			   &chain);
	if (n >= 2) {
		const struct modnode *nodes = modload_tab(ld->ml)->nodes;
		struct modver first = nodes[chain[1]].mod;

		if (n == 2)
			pkgload_error(ld,
				      arena_fmt(&tmp, "go@%s is above %s", v, ld->o.go_version));
		else
			pkgload_error(ld, arena_fmt(&tmp,
						    "%s%s%s %srequires go@%s, but %s is requested",
						    first.path, first.version[0] ? "@" : "",
						    first.version, n > 3 ? "indirectly " : "", v,
						    ld->o.go_version));
	}
	arena_release(&tmp);
	return rs;
}

static void tidy_end(struct pkgload *ld)
{
	struct requirements *rs;
	struct err e = ERR_INIT;

	if (!pkgload_tidy_roots(ld, ld->rs, &rs, &e)) {
		tell(ld, &e);
		err_release(&e);
		return;
	}
	if (ld->o.go_version && ld->o.go_version[0])
		rs = force_go(ld, rs);
	if (ld->rs->pruning == MOD_PRUNED) {
		for (size_t i = 0; i < rs->n_roots; i++) {
			struct modver m = rs->roots[i];
			const char *v = requirements_root(ld->ml, ld->rs, m.path);

			if (str_eq(m.path, "go") && ld->o.go_version && ld->o.go_version[0])
				continue;
			if (!v || !str_eq(v, m.version))
				pkgload_error(
					ld,
					arena_fmt(
						&ld->arena,
						"internal error: a requirement on %s@%s is needed but was not added "
						"during package loading (selected %s)",
						m.path, m.version, v ? v : ""));
		}
	}
	ld->rs = rs;
}

const char *pkgload_error_text(struct pkgload *ld, struct pkg *p)
{
	const char *v;

	if (p->error == PKG_OK || !p->missing_std || !p->stack)
		return p->error == PKG_OK ? NULL : p->error_text;
	v = p->stack->mod.path[0] ? modload_raw_go_version(ld->ml, p->stack->mod) : "";
	if (!v || !v[0] || gover_compare(modload_local_version(ld->ml), v) >= 0)
		return p->error_text;
	return arena_fmt(&ld->arena, "%s\nnote: imported by a module that requires go %s",
			 p->error_text, v);
}

static void report_packages(struct pkgload *ld)
{
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];
		struct buf b = BUF_INIT;

		if (p->error == PKG_OK || ld->o.silence_errors ||
		    (p->missing_std && ld->o.silence_missing_std))
			continue;
		pkg_stack_text(p, &b);
		buf_addf(&b, ": %s", pkgload_error_text(ld, p));
		pkgload_error(ld, b.data);
		buf_release(&b);
	}
}

static void check_path(struct pkgload *ld, struct map *first, struct modver m)
{
	struct modver src = modload_resolve(ld->ml, m);
	const char *key = arena_fmt(&ld->arena, "%s@%s", src.path, src.version);
	const char *prev = map_get(first, key);

	if (!prev)
		map_put(first, key, (void *)(uintptr_t)m.path);
	else if (!str_eq(prev, m.path))
		pkgload_error(ld, arena_fmt(&ld->arena,
					    "%s used for two different module paths (%s and %s)",
					    key, prev, m.path));
}

/* checkMultiplePaths: one source must not serve two module paths. */
static void check_multiple_paths(struct pkgload *ld)
{
	struct map first = MAP_INIT;
	const struct modgraph *mg;

	if (requirements_graph_loaded(ld->rs)) {
		const uint32_t *list;
		size_t n;

		requirements_graph(ld->ml, ld->rs, &mg, NULL);
		list = modgraph_build_list(mg, &n);
		for (size_t i = 0; i < n; i++)
			check_path(ld, &first, modload_tab(ld->ml)->nodes[list[i]].mod);
	} else {
		for (size_t i = 0; i < ld->rs->n_roots; i++)
			check_path(ld, &first, ld->rs->roots[i]);
	}
	map_release(&first);
}

/* loadFromRoots. */
static bool load_from_roots(struct pkgload *ld, struct pkg_match *matches, size_t n, struct err *e)
{
	struct err expand = ERR_INIT;
	const struct modgraph *mg;

	if (ld->rs->pruning == MOD_UNPRUNED && !requirements_expand(ld->ml, &ld->rs, &mg, &expand))
		tell(ld, &expand);
	err_release(&expand);
	if (stopped(ld, e))
		return false;
	while (load_once(ld, matches, n))
		;
	if (cancel_is_set(modload_cancel(ld->ml)))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (stopped(ld, e))
		return false;
	if (ld->o.tidy) {
		tidy_end(ld);
		if (stopped(ld, e))
			return false;
	}
	report_packages(ld);
	check_multiple_paths(ld);
	return true;
}

bool pkgload_run(struct pkgload *ld, const char *const *patterns, size_t n, struct pkg_match **out,
		 struct err *e)
{
	struct pkg_match *matches = arena_calloc(&ld->arena, n + 1, sizeof(*matches));

	ld->all_is_root = false;
	for (size_t i = 0; i < n; i++) {
		matches[i].pattern = patterns[i];
		matches[i].all = str_eq(patterns[i], "all");
		ld->all_is_root |= matches[i].all;
	}
	if (!load_from_roots(ld, matches, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		pkgload_match(ld, &matches[i], false, ld->rs);
		for (size_t k = 0; k < matches[i].n_errors && !ld->o.silence_errors; k++)
			pkgload_error(ld, matches[i].errors[k]);
		if (!matches[i].n_pkgs && !matches[i].n_errors && !ld->n_errors)
			modload_message(ld->ml, "go: warning: \"%s\" matched no packages\n",
					patterns[i]);
	}
	if (out)
		*out = matches;
	return !stopped(ld, e);
}
