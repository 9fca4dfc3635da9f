#include "packages/pkgload_impl.h"

#include "packages/constraint.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pkgpattern.h"
#include "packages/pkgwalk.h"

static bool is_local_pattern(const char *p)
{
	return str_eq(p, ".") || str_eq(p, "..") || str_has_prefix(p, "./") ||
	       str_has_prefix(p, "../") || p[0] == '/';
}

static void add_error(struct pkgload *ld, struct pkgload_match *m, const char *text)
{
	const char **list = arena_alloc(&ld->arena, (m->n_errors + 1) * sizeof(*list));

	if (m->n_errors)
		memcpy(list, m->errors, m->n_errors * sizeof(*list));
	list[m->n_errors++] = arena_strdup(&ld->arena, text);
	m->errors = list;
}

struct path_list {
	const char **items;
	size_t n, cap;
};

/* The ignore directives of a module. */
struct ignores {
	const char *const *items;
	size_t n;
};

static struct ignores main_ignores(struct pkgload *ld, const struct modproject_main *main)
{
	const char **list = arena_alloc(&ld->arena, (main->file->ignore.n + 1) * sizeof(*list));

	for (size_t i = 0; i < main->file->ignore.n; i++)
		list[i] = main->file->ignore.items[i].path;
	return (struct ignores){ list, main->file->ignore.n };
}

static struct ignores module_ignores(struct pkgload *ld, struct modver mod)
{
	const struct modproject_main *main = mod.version[0]
						     ? NULL
						     : modproject_main(modload_project(ld->ml),
								       mod.path);
	const struct modload_summary *summary;
	bool too_new;

	if (main)
		return main_ignores(ld, main);
	/* a file read for the graph lacks them */
	summary = modload_raw_summary(ld->ml, modproject_resolve(modload_project(ld->ml), mod),
				      &too_new, NULL);
	return summary ? (struct ignores){ summary->ignore, summary->n_ignore }
		       : (struct ignores){ NULL, 0 };
}

/* The directories of one tree that are packages and match. pattern NULL: all. `have` has the names seen before, with or without
 * a package: they are skipped in every module. */
static void walk_tree(struct pkgload *ld, struct pkgload_match *m, struct pkgroot *root,
		      const char *prefix, const char *pattern, struct ignores ignores,
		      struct map *have, struct path_list *out)
{
	struct pkgwalk w = { .known = pkgroot_known,
			     .known_ctx = root,
			     .overlay = root->overlay,
			     .ignore = ignores.items,
			     .n_ignore = ignores.n,
			     .stop_at_gomod = root->local,
			     .stop_at_vendor = true };
	VEC(struct pkgload_fill) fill = { 0 };
	struct err e = ERR_INIT;
	size_t kept = 0;

	if (!pkgwalk(&ld->arena, root->dir, prefix, &w, &e))
		add_error(ld, m, e.text);
	for (size_t i = 0; i < w.n_errors; i++) {
		add_error(ld, m, w.errors[i]);
		err_set(&ld->unread, ERR_SYS, "%s", w.errors[i]);
		if (!ld->unread_dir)
			ld->unread_dir = w.errors[i];
	}
	for (size_t i = 0; i < w.n; i++) {
		struct pkgroot_dir *d;

		if (pattern && !pkgpattern_can_match_below(pattern, w.dirs[i].path))
			continue;
		if (!map_put(have, w.dirs[i].path, ld))
			continue;
		if (pattern && !pkgpattern_match(pattern, w.dirs[i].path))
			continue;
		w.dirs[kept++] = w.dirs[i];
		d = pkgroot_dir(root, w.dirs[i].rel);
		if (!d->filled)
			vec_push(&fill, (struct pkgload_fill){ root, d });
	}
	if (fill.n)
		pkgload_fill(ld, fill.items, fill.n);
	for (size_t i = 0; i < kept; i++)
		if (!pkgroot_dir(root, w.dirs[i].rel)->no_go ||
		    err_is_set(&pkgroot_dir(root, w.dirs[i].rel)->err))
			vec_push(out, w.dirs[i].path);
	vec_release(&fill);
	err_release(&e);
}

static void keep_sorted(struct pkgload *ld, struct pkgload_match *m, struct path_list *list)
{
	m->n_pkgs = list->n ? imports_sort_unique(list->items, list->n) : 0;
	m->pkgs = arena_memdup(&ld->arena, list->n ? (void *)list->items : (void *)"",
			       m->n_pkgs * sizeof(*list->items));
	vec_release(list);
}

#if defined(__aarch64__)
#define HOST_GOARCH "arm64"
#elif defined(__i386__)
#define HOST_GOARCH "386"
#elif defined(__arm__)
#define HOST_GOARCH "arm"
#elif defined(__riscv)
#define HOST_GOARCH "riscv64"
#elif defined(__powerpc64__)
#define HOST_GOARCH "ppc64le"
#elif defined(__s390x__)
#define HOST_GOARCH "s390x"
#else
#define HOST_GOARCH "amd64"
#endif
#ifdef __APPLE__
#define HOST_GOOS "darwin"
#else
#define HOST_GOOS "linux"
#endif

struct constraint_env pkgload_platform(struct pkgload *ld)
{
	const struct goenv *env = modproject_env(modload_project(ld->ml));
	const char *os = goenv_get(env, "GOOS"), *arch = goenv_get(env, "GOARCH");
	const char *minor = strchr(modproject_local_version(modload_project(ld->ml)), '.');

	if (ld->o.platform)
		return *ld->o.platform;
	return (struct constraint_env){ .goos = os[0] ? os : HOST_GOOS,
					.goarch = arch[0] ? arch : HOST_GOARCH,
					.cgo = !str_eq(goenv_get(env, "CGO_ENABLED"), "0"),
					.release = minor ? (int)strtol(minor + 1, NULL, 10) : 0 };
}

/* Names that are never matched: builtin exists only for its documentation. */
static void never_matched(struct pkgload *ld, struct map *have)
{
	map_put(have, "builtin", ld);
	if (!pkgload_platform(ld).cgo)
		map_put(have, "runtime/cgo", ld);
}

static void main_packages(struct pkgload *ld, struct pkgload_match *m, struct path_list *list)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);
	struct map have = MAP_INIT;

	never_matched(ld, &have);
	for (size_t i = 0; i < n; i++) {
		struct pkgload_source *s = mains[i].dir[0] ? pkgload_source(ld, mains[i].mod)
							   : NULL;

		if (s && s->root)
			walk_tree(ld, m, s->root, pkgload_prefix(ld, &mains[i]), NULL,
				  main_ignores(ld, &mains[i]), &have, list);
	}
	map_release(&have);
}

static void all_main_packages(struct pkgload *ld, struct pkgload_match *m)
{
	struct path_list list = { 0 };

	m->n_errors = 0;
	main_packages(ld, m, &list);
	keep_sorted(ld, m, &list);
}

/* The main modules' packages, then the tools, each tool as written. */
static void match_all_roots(struct pkgload *ld, struct pkgload_match *m)
{
	const char *const *tools;
	size_t n = modproject_tools(modload_project(ld->ml), &tools);
	const char **list;

	all_main_packages(ld, m);
	list = arena_alloc(&ld->arena, (m->n_pkgs + n + 1) * sizeof(*list));
	memcpy(list, m->pkgs, m->n_pkgs * sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[m->n_pkgs++] = tools[i];
	m->pkgs = list;
}

/* Names like "std" are valid paths but not packages. */
static bool is_of_all(const struct pkg *p)
{
	return (p->flags & PKG_IN_ALL) && !p->test_of && modpath_check_import(p->path, NULL);
}

/* computePatternAll: the result of "all". */
static void match_all(struct pkgload *ld, struct pkgload_match *m)
{
	struct path_list list = { 0 };

	for (size_t i = 0; i < ld->pkgs.n; i++)
		if (is_of_all(ld->pkgs.items[i]))
			vec_push(&list, ld->pkgs.items[i]->path);
	keep_sorted(ld, m, &list);
}

/* The same, but only whether it is empty. */
static void match_all_any(struct pkgload *ld, struct pkgload_match *m)
{
	m->n_pkgs = 0;
	for (size_t i = 0; i < ld->pkgs.n && !m->n_pkgs; i++)
		m->n_pkgs = is_of_all(ld->pkgs.items[i]);
	m->pkgs = NULL;
}

/* A wildcard over the standard library and all modules of the build list (matchPackages). */
static void match_wildcard(struct pkgload *ld, struct pkgload_match *m, struct requirements *rs)
{
	struct path_list list = { 0 };
	const struct modgraph *mg;
	const uint32_t *build;
	const char *const *std;
	struct constraint_env env = pkgload_platform(ld);
	struct map have = MAP_INIT;
	size_t n;
	struct err e = ERR_INIT;

	m->n_errors = 0;
	never_matched(ld, &have);
	if (!requirements_graph(ld->ml, rs, &mg, &e))
		add_error(ld, m, e.text);
	err_release(&e);
	n = gostd_list(&ld->std, &ld->arena, "", &env, &std);
	for (size_t i = 0; i < n; i++)
		if (pkgpattern_match(m->pattern, std[i]))
			vec_push(&list, std[i]);
	build = modgraph_build_list(mg, &n);
	for (size_t i = 0; i < n; i++) {
		struct modver mod = modload_tab(ld->ml)->nodes[build[i]].mod;
		const struct modproject_main *main =
			mod.version[0] ? NULL : modproject_main(modload_project(ld->ml), mod.path);
		struct pkgload_source *s;

		if (gover_is_toolchain(mod.path) ||
		    !pkgpattern_can_match_below(m->pattern, mod.path))
			continue;
		s = pkgload_source(ld, mod);
		if (s->root)
			walk_tree(ld, m, s->root, main ? pkgload_prefix(ld, main) : mod.path,
				  m->pattern, module_ignores(ld, mod), &have, &list);
		else
			add_error(ld, m, s->error);
	}
	map_release(&have);
	keep_sorted(ld, m, &list);
}

static void match_literal_in(struct pkgload *ld, struct pkgload_match *m, const char *prefix,
			     struct pkgroot *root)
{
	struct pkgroot_dir *d;
	const char *error;

	if (!pkgload_dir_in_module(ld, m->pattern, prefix, root, &d, &error))
		add_error(ld, m, error);
	m->n_pkgs = d && d->is_go_dir;
	m->pkgs = &m->pattern;
}

bool pkgload_match_in(struct pkgload *ld, const char *pattern, struct modver mod, size_t *n,
		      const char **error)
{
	const struct modproject_main *main = mod.version[0]
						     ? NULL
						     : modproject_main(modload_project(ld->ml),
								       mod.path);
	const char *prefix = main ? pkgload_prefix(ld, main) : mod.path;
	struct pkgload_source *s = pkgload_source(ld, mod);
	struct pkgload_match m = { .pattern = pattern };
	struct path_list list = { 0 };
	struct map have = MAP_INIT;
	bool wildcard = strstr(pattern, "...") != NULL;

	if (!s->root) {
		add_error(ld, &m, s->error);
	} else if (!wildcard) {
		match_literal_in(ld, &m, prefix, s->root);
	} else if (pkgpattern_can_match_below(pattern, mod.path)) {
		never_matched(ld, &have);
		walk_tree(ld, &m, s->root, prefix, pattern, module_ignores(ld, mod), &have, &list);
		keep_sorted(ld, &m, &list);
	}
	map_release(&have);
	*n = m.n_pkgs;
	*error = m.n_errors ? m.errors[0] : NULL;
	/* a search.MatchError, but for a module that cannot be had */
	if (*error && (wildcard || s->root))
		*error = arena_fmt(&ld->arena, "%s%s: %s", wildcard ? "pattern " : "", pattern,
				   *error);
	return !*error;
}

static void match_std(struct pkgload *ld, struct pkgload_match *m)
{
	struct constraint_env env = pkgload_platform(ld);

	if (!m->pkgs)
		m->n_pkgs = gostd_list(&ld->std, &ld->arena, m->pattern, &env, &m->pkgs);
}

/* The tree of a module, if available without the network. */
static const char *tree_of(struct pkgload *ld, struct modver m)
{
	struct modver r = modproject_resolve(modload_project(ld->ml), m);

	if (!r.version[0])
		return modproject_dir_of(modload_project(ld->ml), r);
	return source_cached_dir(modproject_source(modload_project(ld->ml)), r);
}

static const char *path_in_tree(struct pkgload *ld, struct modver m, const char *abs)
{
	const char *root = gover_is_toolchain(m.path) ||
					   modproject_is_main(modload_project(ld->ml), m.path)
				   ? NULL
				   : tree_of(ld, m),
		   *sub;

	if (!root || !root[0] || !path_under(abs, root))
		return NULL;
	sub = abs + strlen(root);
	sub += *sub == '/';
	if (strstr(sub, "/vendor/") || str_has_prefix(sub, "vendor/") || strchr(sub, '@'))
		return NULL;
	return *sub ? arena_fmt(&ld->arena, "%s/%s", m.path, sub) : m.path;
}

static const char *path_in_dependency(struct pkgload *ld, const char *abs, struct requirements *rs)
{
	const struct modgraph *mg;
	const uint32_t *list;
	const char *path = NULL;
	size_t n;

	requirements_graph(ld->ml, rs, &mg, NULL);
	list = modgraph_build_list(mg, &n);
	for (size_t i = 0; i < n && !path; i++)
		path = path_in_tree(ld, modload_tab(ld->ml)->nodes[list[i]].mod, abs);
	return path;
}

/* pathInModuleCache and findModuleRoot: whether packages may come from below this directory. Others are not walked: it could be /. */
static bool worth_walking(struct pkgload *ld, const char *abs, struct requirements *rs,
			  const struct modproject_main **in)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);
	const char *root = modproject_find_root(modload_project(ld->ml), abs);
	bool worth = false;

	*in = NULL;
	for (size_t i = 0; i < n; i++) {
		if (mains[i].dir[0] && path_under(abs, mains[i].dir))
			*in = &mains[i];
		worth = worth || (root && str_eq(root, mains[i].dir));
	}
	return worth || (ld->std.src[0] && path_under(abs, ld->std.src)) ||
	       path_in_dependency(ld, abs, rs);
}

static bool skipped_top(const char *dir)
{
	const char *slash = strrchr(dir, '/'), *name = slash ? slash + 1 : dir;

	return (name[0] == '.' && !str_eq(name, ".") && !str_eq(name, "..")) || name[0] == '_' ||
	       str_eq(name, "testdata");
}

/* MatchDirs below one directory; `prefix` is the start of every name. */
static void walk_local(struct pkgload *ld, struct pkgload_match *m, const char *pattern,
		       const char *prefix, const char *abs, const struct modproject_main *in,
		       struct path_list *list)
{
	struct pkgwalk w = { .stop_at_gomod = true, .stop_at_error = true };
	struct constraint_env env = pkgload_platform(ld);
	struct err e = ERR_INIT;

	if (in) {
		struct ignores ignores = main_ignores(ld, in);

		w.ignore = ignores.items;
		w.n_ignore = ignores.n;
		w.ignore_base = abs + strlen(in->dir);
		w.ignore_base += w.ignore_base[0] == '/';
		if (pkgwalk_ignored(w.ignore, w.n_ignore, w.ignore_base))
			return;
	}
	if (!pkgwalk(&ld->arena, abs, prefix, &w, &e))
		add_error(ld, m, e.text);
	for (size_t i = 0; i < w.n_errors; i++)
		add_error(ld, m, w.errors[i]);
	for (size_t i = 0; i < w.n; i++)
		if (pkgpattern_match(pattern, w.dirs[i].path) ||
		    (w.dirs[i].rel[0] == 0 && str_eq(pattern, "./...")))
			if (imports_builds(w.dirs[i].dir, &env, NULL))
				vec_push(list, w.dirs[i].dir);
	err_release(&e);
}

/* A wildcard over directories: "./...". */
static void match_local_dirs(struct pkgload *ld, struct pkgload_match *m, struct requirements *rs)
{
	const char *clean = path_clean(&ld->arena, m->pattern), *pattern = clean, *dir, *abs, *dots;
	struct path_list list = { 0 };
	const struct modproject_main *in;

	if (!strstr(m->pattern, "...")) {
		vec_push(&list, m->pattern);
	} else {
		if (!str_eq(clean, ".") && str_has_prefix(m->pattern, "./"))
			pattern = arena_fmt(&ld->arena, "./%s", clean);
		dots = strstr(pattern, "...");
		dir = arena_strndup(&ld->arena, pattern, (size_t)(dots - pattern));
		dir = strrchr(dir, '/')
			      ? arena_strndup(&ld->arena, dir, (size_t)(strrchr(dir, '/') - dir))
			      : ".";
		abs = path_is_abs(dir)
			      ? path_clean(&ld->arena, dir)
			      : path_join(&ld->arena, modproject_cwd(modload_project(ld->ml)), dir);
		if (!worth_walking(ld, abs, rs, &in))
			add_error(ld, m,
				  arena_fmt(&ld->arena, "%s is not in a module", m->pattern));
		else if (!skipped_top(path_clean(&ld->arena, dir)))
			walk_local(ld, m, pattern, str_eq(dir, ".") ? "." : dir, abs, in, &list);
	}
	m->n_dirs = list.n;
	m->dirs = arena_memdup(&ld->arena, list.n ? (void *)list.items : (void *)"",
			       list.n * sizeof(*list.items));
	vec_release(&list);
}

/* In a main module: its import path, NULL if it is not one of its packages, for example of a module that is replaced by a directory there. False if
 * the directory is not in a main module. */
static bool path_in_main(struct pkgload *ld, const char *abs, const char **path)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);
	bool within = false;

	*path = NULL;
	for (size_t i = 0; i < n; i++)
		if (mains[i].dir[0] && str_eq(abs, mains[i].dir)) {
			if (!str_eq(abs, ld->std.src))
				*path = pkgload_prefix(ld, &mains[i]);
			return true;
		}
	for (size_t i = 0; i < n; i++) {
		const char *sub;
		struct pkgload_source *s;
		struct pkgroot_dir *d;
		const char *error, *full, *prefix = pkgload_prefix(ld, &mains[i]);

		if (!mains[i].dir[0] || !path_under(abs, mains[i].dir))
			continue;
		sub = abs + strlen(mains[i].dir) + 1;
		if (strchr(sub, '@'))
			continue;
		if (str_has_prefix(sub, "vendor/"))
			return true;
		if (!*prefix)
			return *path = str_eq(sub, "builtin") ? NULL : sub, true;
		full = arena_fmt(&ld->arena, "%s/%s", prefix, sub);
		s = pkgload_source(ld, mains[i].mod);
		if (!s->root || !pkgload_dir_in_module(ld, full, prefix, s->root, &d, &error))
			return true;
		if (d && d->is_go_dir)
			return *path = full, true;
		within = true;
	}
	return within;
}

/* resolveLocalPackage; NULL if the directory has no package path: go does not report why for directory
 * patterns. */
static const char *local_package(struct pkgload *ld, const char *dir, struct requirements *rs)
{
	const char *cwd = modproject_cwd(modload_project(ld->ml)), *path;
	const char *abs = path_is_abs(dir) ? path_clean(&ld->arena, dir)
					   : path_join(&ld->arena, cwd, dir);

	if (!imports_has_files(abs))
		return NULL;
	if (path_in_main(ld, abs, &path))
		return path;
	if (ld->std.src[0] && path_under(abs, ld->std.src) && abs[strlen(ld->std.src)]) {
		path = abs + strlen(ld->std.src) + 1;
		return strchr(path, '@') || str_eq(path, "builtin") ? NULL : path;
	}
	return path_in_dependency(ld, abs, rs);
}

static void match_local(struct pkgload *ld, struct pkgload_match *m, bool first,
			struct requirements *rs)
{
	struct path_list list = { 0 };

	if (!m->dirs_done)
		match_local_dirs(ld, m, rs);
	m->dirs_done = true;
	for (size_t i = 0; i < m->n_dirs; i++) {
		const char *path = local_package(ld, m->dirs[i], rs);

		if (path)
			vec_push(&list, path);
		else if (!first)
			add_error(ld, m, arena_fmt(&ld->arena, "%s: no package", m->dirs[i]));
	}
	m->n_pkgs = list.n;
	m->pkgs = arena_memdup(&ld->arena, list.n ? (void *)list.items : (void *)"",
			       list.n * sizeof(*list.items));
	vec_release(&list);
}

/* go appends the tools on each match, so `why tool` answers twice. */
static void match_tools(struct pkgload *ld, struct pkgload_match *m)
{
	const char *const *tools;
	size_t n = modproject_tools(modload_project(ld->ml), &tools);
	const char **list = arena_alloc(&ld->arena, (m->n_pkgs + n + 1) * sizeof(*list));

	if (m->n_pkgs)
		memcpy(list, m->pkgs, m->n_pkgs * sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[m->n_pkgs++] = tools[i];
	m->pkgs = list;
}

void pkgload_match(struct pkgload *ld, struct pkgload_match *m, enum pkgload_when when,
		   struct requirements *rs)
{
	if (is_local_pattern(m->pattern)) {
		match_local(ld, m, when == PKGLOAD_ROOTS, rs);
	} else if (m->all) {
		if (when == PKGLOAD_ROOTS)
			match_all_roots(ld, m);
		else if (when == PKGLOAD_RESULT)
			match_all(ld, m);
		else
			match_all_any(ld, m);
	} else if (str_eq(m->pattern, "std") || str_eq(m->pattern, "cmd")) {
		match_std(ld, m);
	} else if (str_eq(m->pattern, "work")) {
		all_main_packages(ld, m);
	} else if (str_eq(m->pattern, "tool")) {
		match_tools(ld, m);
	} else if (strstr(m->pattern, "...")) {
		match_wildcard(ld, m, rs);
	} else {
		m->pkgs = arena_memdup(&ld->arena, &m->pattern, sizeof(m->pattern));
		m->n_pkgs = 1;
	}
}
