#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "graph/modgraph_load.h"
#include "graph/query.h"
#include "packages/pkgload_impl.h"

/* Replaced modules that are not required but provide the path: go tries them before the proxies. */
static int longer_first(const void *a, const void *b)
{
	size_t x = strlen(((const struct modver *)a)->path),
	       y = strlen(((const struct modver *)b)->path);

	return x > y ? -1 : x < y;
}

static const char *zero_version(struct pkgload *ld, const char *path)
{
	size_t prefix;

	if (!modpath_split(path, &prefix) || path[prefix] == 0)
		return pseudo_zero(&ld->arena, "v0");
	return pseudo_zero(&ld->arena, path + prefix + 1);
}

static bool replaced_candidates(struct pkgload *ld, const char *path, struct requirements *rs,
				struct modver **mods, size_t *n, struct err *e)
{
	const struct map *replaced = modproject_replaced_paths(modload_project(ld->ml));

	*mods = arena_alloc(&ld->arena, (replaced->n + 1) * sizeof(**mods));
	*n = 0;
	for (size_t i = 0; i < replaced->n; i++) {
		const char *mp = replaced->entries[i].key, *mv = replaced->entries[i].value;
		const struct modgraph *mg;

		if (!pkgload_path_within(path, mp))
			continue;
		if (!mv || !mv[0])
			mv = zero_version(ld, mp);
		if (!requirements_graph(ld->ml, rs, &mg, e))
			return false;
		if (gover_mod_compare(mp, modgraph_selected(mg, mp), mv) < 0)
			(*mods)[(*n)++] = modtab_mod(modload_tab(ld->ml),
						     (struct modver){ mp, mv });
	}
	qsort(*mods, *n, sizeof(**mods), longer_first);
	return true;
}

/* *done if the answer, positive or negative, is known here. */
static bool query_replaced(struct pkgload *ld, const char *path, struct requirements *rs,
			   struct modver *m, bool *done, struct pkg_found *f)
{
	struct modver *mods;
	struct err e = ERR_INIT, invalid = ERR_INIT;
	size_t n;

	*done = true;
	if (!replaced_candidates(ld, path, rs, &mods, &n, &e)) {
		pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, e.text));
		err_release(&e);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct pkgload_source *s = pkgload_source(ld, mods[i]);
		struct pkgroot_dir *d = NULL;
		const char *error;

		if (!s->root)
			return pkgload_fail_source(f, s);
		if (!pkgload_dir_in_module(ld, path, mods[i].path, s->root, &d, &error))
			return pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
		if (d && d->is_go_dir) {
			*m = mods[i];
			return true;
		}
	}
	if (n && !modpath_check(path, &invalid)) {
		err_release(&invalid);
		return pkgload_fail(f, PKG_ERROR,
				    pkgload_not_in_module(ld, mods[0], "latest", path));
	}
	*done = false;
	return true;
}

static const char *current_incompatible(const struct modgraph *mg, const char *prefix)
{
	const char *v = modgraph_selected(mg, prefix);

	return str_has_suffix(v, "+incompatible") ? v : "";
}

/* The key of an answer: the path, and its prefixes in the graph as +incompatible. */
static const char *question_key(struct pkgload *ld, const char *path, const struct modgraph *mg)
{
	char *prefix = xstrdup(path);
	const char *key = path;

	do {
		if (current_incompatible(mg, prefix)[0])
			key = arena_fmt(&ld->arena, "%s %s", key, prefix);
	} while (pkgload_shorten(prefix));
	free(prefix);
	return key;
}

static struct pkgload_answer *ask_proxies(struct pkgload *ld, const char *path,
					  const struct modgraph *mg)
{
	const char *key = question_key(ld, path, mg);
	struct pkgload_answer *a = map_get(&ld->query_cache, key);

	if (a)
		return a;
	a = arena_calloc(&ld->arena, 1, sizeof(*a));
	pkgload_ask(ld, &(struct pkgload_question){ path, "latest", mg }, a);
	map_put(&ld->query_cache, arena_strdup(&ld->arena, key), a);
	return a;
}

static bool pick_candidate(struct pkgload *ld, const char *path, const struct pkgload_answer *a,
			   const struct modgraph *mg, struct modver *m, struct pkg_found *f)
{
	const char *newer = "";

	for (size_t i = 0; i < a->n_found; i++) {
		const char *v = modgraph_selected(mg, a->found[i].path);

		if (gover_mod_compare(a->found[i].path, v, a->found[i].version) <= 0) {
			*m = a->found[i];
			return true;
		}
		if (i == 0)
			newer = v;
	}
	return pkgload_fail(
		f, PKG_MISSING,
		newer[0]
			? arena_fmt(
				  &ld->arena,
				  "package %s provided by %s at latest version %s but not at required version %s",
				  path, a->found[0].path, a->found[0].version, newer)
			: arena_fmt(&ld->arena, "missing module for import: %s@%s provides %s",
				    a->found[0].path, a->found[0].version, path));
}

bool pkgload_query_import(struct pkgload *ld, const char *path, struct requirements *rs,
			  struct modver *m, struct pkg_found *f)
{
	const struct pkgload_answer *a;
	const struct modgraph *mg;
	bool done, ok = query_replaced(ld, path, rs, m, &done, f);

	if (done)
		return ok;
	if (gostd_is_path(path))
		return pkgload_missing(ld, path, f);
	modproject_message(modload_project(ld->ml), "go: finding module for package %s\n", path);
	if (!pkgload_graph(ld, rs, &mg, f))
		return false;
	a = ask_proxies(ld, path, mg);
	if (a->n_found)
		return pick_candidate(ld, path, a, mg, m, f);
	if (a->only.path)
		return pkgload_fail(f, PKG_ERROR,
				    pkgload_not_in_module(ld, a->only, "latest", path));
	if (a->too_new)
		return pkgload_fail_source(f, &(struct pkgload_source){ .error = a->error,
									.too_new = a->too_new });
	if (a->failure != QUERY_NOT_EXIST)
		return pkgload_fail(f, PKG_ERROR, a->error);
	return pkgload_fail(f, PKG_MISSING,
			    arena_fmt(&ld->arena, "cannot find module providing package %s: %s",
				      path, a->error));
}
