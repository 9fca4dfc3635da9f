#include "packages/getload_impl.h"

#include "gofiles/gomod.h"

static const struct modproject_main *main_module(const struct getload *g)
{
	const struct modproject_main *mains;

	modproject_mains(modload_project(g->ml), &mains);
	return &mains[0];
}

/* DirImportPath: the pattern as an import path; NULL outside the module. */
static const char *import_path(struct getload *g, const char *dir)
{
	const struct modproject_main *main = main_module(g);
	const char *prefix = pkgload_prefix(g->ld, main), *sub;

	if (str_eq(dir, main->dir))
		return prefix;
	if (!path_under(dir, main->dir))
		return NULL;
	sub = dir + strlen(main->dir) + (str_eq(main->dir, "/") ? 0 : 1);
	if (str_has_prefix(sub, "vendor/"))
		return sub + strlen("vendor/");
	return *prefix ? arena_fmt(&g->ld->arena, "%s/%s", prefix, sub) : sub;
}

static void take_main(struct getload *g, struct getload_set *set)
{
	set->mods = &main_module(g)->mod;
	set->n = 1;
}

/* The error for a pattern without packages in the module. */
static const char *no_package(struct getload *g, const char *abs)
{
	struct arena *a = &g->ld->arena;

	if (str_eq(g->pattern, "."))
		return "no package to get in current directory";
	return arena_fmt(a, "%s%s is not a package in module rooted at %s", g->pattern,
			 path_is_abs(g->pattern) ? "" : arena_fmt(a, " (%s)", abs),
			 main_module(g)->dir);
}

static void warn_unmatched(struct getload *g, const char *pattern)
{
	modproject_message(modload_project(g->ml), "go: warning: \"%s\" matched no packages\n",
			   pattern);
}

static void query_directory(struct getload *g, struct getload_set *set)
{
	struct arena *a = &g->ld->arena;
	bool is_abs = path_is_abs(g->pattern);
	const char *abs = is_abs ? path_clean(a, g->pattern)
				 : path_join(a, modproject_cwd(modload_project(g->ml)), g->pattern);
	const char *path = import_path(g, abs);
	size_t n;

	if (!path) {
		set->error = arena_fmt(a, "%s%s is not within module rooted at %s", g->pattern,
				       is_abs ? "" : arena_fmt(a, " (%s)", abs),
				       main_module(g)->dir);
		return;
	}
	if (!pkgload_match_in(g->ld, path, main_module(g)->mod, &n, &set->error))
		return;
	if (n)
		take_main(g, set);
	else if (strstr(g->pattern, "..."))
		warn_unmatched(g, path);
	else
		set->error = no_package(g, abs);
}

static void query_tools(struct getload *g)
{
	const char *const *tools;
	size_t n = modproject_tools(modload_project(g->ml), &tools);

	for (size_t i = 0; i < n; i++)
		getload_query_one(g, tools[i]);
}

static void query_work(struct getload *g, struct getload_set *set)
{
	const char *all = arena_fmt(&g->ld->arena, "%s/...", main_module(g)->mod.path);
	size_t n;

	if (!pkgload_match_in(g->ld, all, main_module(g)->mod, &n, &set->error))
		return;
	if (n)
		take_main(g, set);
	else
		warn_unmatched(g, g->pattern);
}

bool getload_query_local(struct getload *g)
{
	struct getload_set set = { 0 };
	bool tool = str_eq(g->pattern, "tool"), work = str_eq(g->pattern, "work");

	if (!g->local && !tool && !work)
		return false;
	if (tool) {
		query_tools(g);
	} else if (map_put(&g->seen, g->pattern, NULL)) {
		if (work)
			query_work(g, &set);
		else
			query_directory(g, &set);
		getload_add_set(g, g->pattern, &set);
	}
	return true;
}
