#include "packages/getload_impl.h"

#include "gofiles/gomod.h"

static const struct modproject_main *main_module(const struct getload *g)
{
	const struct modproject_main *mains;

	modproject_mains(modload_project(g->ml), &mains);
	return &mains[0];
}

/* DirImportPath: the pattern as an import path; NULL outside the module. */
static const char *import_path(struct getload_query *q, const char *dir)
{
	const struct modproject_main *main = main_module(q->g);
	const char *prefix = pkgload_prefix(q->g->ld, main), *sub;

	if (str_eq(dir, main->dir))
		return prefix;
	if (!path_under(dir, main->dir))
		return NULL;
	sub = dir + strlen(main->dir) + (str_eq(main->dir, "/") ? 0 : 1);
	if (str_has_prefix(sub, "vendor/"))
		return sub + strlen("vendor/");
	return *prefix ? arena_fmt(&q->g->ld->arena, "%s/%s", prefix, sub) : sub;
}

static void take_main(struct getload_query *q, struct getload_set *set)
{
	set->mods = &main_module(q->g)->mod;
	set->n = 1;
}

/* The error for a pattern without packages in the module. */
static const char *no_package(struct getload_query *q, const char *abs)
{
	struct arena *a = &q->g->ld->arena;

	if (str_eq(q->pattern, "."))
		return "no package to get in current directory";
	return arena_fmt(a, "%s%s is not a package in module rooted at %s", q->pattern,
			 path_is_abs(q->pattern) ? "" : arena_fmt(a, " (%s)", abs),
			 main_module(q->g)->dir);
}

static void warn_unmatched(struct getload_query *q, const char *pattern)
{
	modproject_message(modload_project(q->g->ml), "go: warning: \"%s\" matched no packages\n",
			   pattern);
}

static void query_directory(struct getload_query *q, struct getload_set *set)
{
	struct arena *a = &q->g->ld->arena;
	bool is_abs = path_is_abs(q->pattern);
	const char *abs = is_abs ? path_clean(a, q->pattern)
				 : path_join(a, modproject_cwd(modload_project(q->g->ml)),
					     q->pattern);
	const char *path = import_path(q, abs);
	size_t n;

	if (!path) {
		set->error = arena_fmt(a, "%s%s is not within module rooted at %s", q->pattern,
				       is_abs ? "" : arena_fmt(a, " (%s)", abs),
				       main_module(q->g)->dir);
		return;
	}
	if (!pkgload_match_in(q->g->ld, path, main_module(q->g)->mod, &n, &set->error))
		return;
	if (n)
		take_main(q, set);
	else if (strstr(q->pattern, "..."))
		warn_unmatched(q, path);
	else
		set->error = no_package(q, abs);
}

static void query_tools(struct getload_query *q)
{
	const char *const *tools;
	size_t n = modproject_tools(modload_project(q->g->ml), &tools);

	for (size_t i = 0; i < n; i++)
		getload_query_one(q, tools[i]);
}

static void query_work(struct getload_query *q, struct getload_set *set)
{
	const char *all = arena_fmt(&q->g->ld->arena, "%s/...", main_module(q->g)->mod.path);
	size_t n;

	if (!pkgload_match_in(q->g->ld, all, main_module(q->g)->mod, &n, &set->error))
		return;
	if (n)
		take_main(q, set);
	else
		warn_unmatched(q, q->pattern);
}

bool getload_query_local(struct getload_query *q)
{
	struct getload_set set = { 0 };
	bool tool = str_eq(q->pattern, "tool"), work = str_eq(q->pattern, "work");

	if (!q->local && !tool && !work)
		return false;
	if (tool) {
		query_tools(q);
	} else if (map_put(&q->seen, q->pattern, NULL)) {
		if (work)
			query_work(q, &set);
		else
			query_directory(q, &set);
		getload_add_set(q, q->pattern, &set);
	}
	return true;
}
