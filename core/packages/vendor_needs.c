#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "packages/gostd.h"
#include "packages/imports.h"
#include "packages/pkgwalk.h"
#include "packages/vendor_impl.h"

#define NO_LOOKUP \
	"%scannot find module providing package %s: import lookup disabled by -mod=vendor%s%s%s"

struct needed {
	const char *path, *by;
	const struct modproject_main *of; /* NULL if it is vendored */
};
struct needs {
	struct vendor_report *r;
	struct arena *a;
	struct modproject *mp;
	const struct modulestxt *t;
	const struct overlay *overlay;
	struct gostd std;
	const struct constraint_env *platform; /* NULL: any, and tests */
	bool tests;
	struct map seen; /* path -> index + 1 of queue */
	VEC(struct needed) queue;
	struct err *e;
};

/* The main module of a package, with the longest path. NULL if it is vendored. */
static const struct modproject_main *main_of(const struct needs *k, const char *path)
{
	const struct modproject_main *mains, *best = NULL;
	size_t n = modproject_mains(k->mp, &mains);

	for (size_t i = 0; i < n && !map_has(&k->t->packages, path); i++)
		if (path_under(path, mains[i].mod.path) &&
		    (!best || strlen(mains[i].mod.path) > strlen(best->mod.path)))
			best = &mains[i];
	return best;
}

static bool is_std(const struct needs *k, const char *path)
{
	return gostd_is_path(path) && gostd_has(&k->std, path);
}

static void need(struct needs *k, const char *path, const char *by)
{
	struct needed n = { arena_strdup(k->a, path), by, main_of(k, path) };

	if (str_eq(path, "C") || is_std(k, path) || !modpath_check_import(path, NULL) ||
	    !map_put(&k->seen, n.path, k))
		return;
	vec_push(&k->queue, n);
}

static void need_all(struct needs *k, const char *const *paths, size_t n, const char *by)
{
	for (size_t i = 0; i < n; i++)
		need(k, paths[i], by);
}

/* The graph reports unreadable directories. */
static void need_imports(struct needs *k, const char *dir, const char *path, bool tests)
{
	struct arena tmp = ARENA_INIT;
	struct imports_dir d;

	if (imports_scan_platform(&tmp, dir, IMPORTS_AUTO, k->overlay, k->platform, &d, NULL)) {
		need_all(k, d.imports, d.n_imports, path);
		if (tests)
			need_all(k, d.tests, d.n_tests, path);
	}
	arena_release(&tmp);
}

static bool need_main(struct needs *k, const struct modproject_main *m)
{
	struct pkgwalk w = { .stop_at_gomod = true, .stop_at_vendor = true, .overlay = k->overlay };
	const char **ignore;

	if (!m->file)
		return true;
	ignore = arena_calloc(k->a, m->file->ignore.n + 1, sizeof(*ignore));
	for (size_t i = 0; i < m->file->ignore.n; i++)
		ignore[i] = m->file->ignore.items[i].path;
	w.ignore = ignore;
	w.n_ignore = m->file->ignore.n;
	if (!pkgwalk(k->a, m->dir, m->mod.path, &w, k->e))
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!path_under(w.dirs[i].dir, k->r->dir))
			need(k, w.dirs[i].path, "");
	return true;
}

static const char *dir_of(const struct needs *k, const struct needed *n)
{
	return n->of ? path_join(k->a, n->of->dir, n->path + strlen(n->of->mod.path))
		     : path_join(k->a, k->r->dir, n->path);
}

/* The imports of vendored packages are needed too; their tests are not. */
static bool follow(struct needs *k)
{
	for (size_t i = 0; i < k->queue.n; i++) {
		struct needed n = k->queue.items[i];

		if (cancel_is_set(modproject_cancel(k->mp)))
			return err_set(k->e, ERR_CANCELLED, "cancelled");
		need_imports(k, dir_of(k, &n), n.path, n.of && k->tests);
	}
	return true;
}

static int by_path(const void *va, const void *vb)
{
	const struct vendor_package *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

static void compare(struct needs *k)
{
	ARENA_VEC(struct vendor_package) lacking = { 0 }, needless = { 0 };

	for (size_t i = 0; i < k->queue.n; i++)
		if (!k->queue.items[i].of && !map_has(&k->t->packages, k->queue.items[i].path))
			arena_vec_push(k->a, &lacking,
				       (struct vendor_package){ k->queue.items[i].path,
								k->queue.items[i].by, false });
	for (size_t i = 0; i < k->t->packages.n; i++)
		if (!map_has(&k->seen, k->t->packages.entries[i].key))
			arena_vec_push(k->a, &needless,
				       (struct vendor_package){ k->t->packages.entries[i].key, "",
								true });
	if (lacking.n)
		qsort(lacking.items, lacking.n, sizeof(*lacking.items), by_path);
	if (needless.n)
		qsort(needless.items, needless.n, sizeof(*needless.items), by_path);
	k->r->lacking = lacking.items;
	k->r->n_lacking = lacking.n;
	k->r->needless = needless.items;
	k->r->n_needless = needless.n;
}

/* Main packages and all that they import; without a platform tools too. */
static bool find_needs(struct needs *k)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(k->mp, &mains), n_tools;
	const char *const *paths;
	bool ok = true;

	gostd_init(&k->std, k->a, goenv_goroot(modproject_env(k->mp)));
	for (size_t i = 0; ok && i < n; i++)
		ok = need_main(k, &mains[i]);
	n_tools = k->platform ? 0 : modproject_tools(k->mp, &paths);
	if (n_tools)
		need_all(k, paths, n_tools, "");
	return ok && follow(k);
}

static void release(struct needs *k)
{
	map_release(&k->seen);
	vec_release(&k->queue);
}

bool vendor_needs(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e)
{
	struct modproject *mp = modload_project(ml);
	struct needs k = { .r = r,
			   .a = a,
			   .mp = mp,
			   .t = modproject_vendor(mp),
			   .overlay = goenv_overlay(modproject_env(mp)),
			   .tests = true,
			   .e = e };
	bool ok = find_needs(&k);

	if (ok)
		compare(&k);
	release(&k);
	return ok;
}

/* Before go 1.23 a directory was enough. */
static bool is_there(const struct needs *k, const struct needed *n)
{
	if (!map_has(&k->t->packages, n->path) &&
	    gover_compare(modproject_go_version(k->mp), GOVER_EXPLICIT_MODULES_TXT) >= 0)
		return false;
	return imports_is_go_dir(dir_of(k, n), IMPORTS_PLAIN, k->overlay, NULL);
}

/* go counts from the name that an import is given, if there is one. */
static int spec_column(const struct needs *k, const char *file, const struct imports_place *p)
{
	char *data, *line;
	size_t len;

	if (!overlay_read(k->overlay, k->a, file, IMPORTS_MAX_FILE, &data, &len, NULL))
		return p->column;
	line = data;
	for (int i = 1; i < p->line && line; i++) {
		line = memchr(line, '\n', len - (size_t)(line - data));
		line = line ? line + 1 : NULL;
	}
	if (!line || len - (size_t)(line - data) < (size_t)p->column)
		return p->column;
	data = line + strspn(line, " \t");
	if (str_has_prefix(data, "import") && strchr(" \t(\"`", data[6]))
		data += 6 + strspn(data + 6, " \t(");
	return MIN(p->column, (int)(data - line) + 1);
}

/* "client/client.go:32:2: " for the import of n by a package; else the package's name. */
static const char *place_of(const struct needs *k, const struct needed *n)
{
	struct needed by = { n->by, "", main_of(k, n->by) };
	struct imports_place *places;
	size_t n_places;
	const char *dir, *file;

	if (!*n->by)
		return "";
	dir = dir_of(k, &by);
	if (!imports_places(k->a, dir, k->overlay, &places, &n_places, NULL))
		n_places = 0;
	for (size_t i = 0; i < n_places; i++) {
		if (!str_eq(places[i].path, n->path) || (!k->tests && places[i].test))
			continue;
		file = path_join(k->a, dir, places[i].file);
		return arena_fmt(k->a, "%s:%d:%d: ", modproject_short(k->mp, file), places[i].line,
				 spec_column(k, file, &places[i]));
	}
	return arena_fmt(k->a, "%s: ", n->by);
}

bool vendor_builds(struct modload *ml, struct arena *a, const struct constraint_env *platform,
		   bool tests, struct err *e)
{
	struct modproject *mp = modload_project(ml);
	struct vendor_report r = { .dir = modproject_vendor_dir(mp, a) };
	struct needs k = { .r = &r,
			   .a = a,
			   .mp = mp,
			   .t = modproject_vendor(mp),
			   .overlay = goenv_overlay(modproject_env(mp)),
			   .platform = platform,
			   .tests = tests,
			   .e = e };
	const char *reason = modproject_build_mod_reason(mp);
	bool ok = find_needs(&k);

	for (size_t i = 0; ok && i < k.queue.n; i++) {
		const struct needed *n = &k.queue.items[i];

		if (!n->of && !is_there(&k, n))
			ok = err_set(e, ERR_NOT_FOUND, NO_LOOKUP, place_of(&k, n), n->path,
				     *reason ? "\n\t(" : "", reason, *reason ? ")" : "");
	}
	release(&k);
	return ok;
}
