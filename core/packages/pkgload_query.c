#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "graph/modgraph_load.h"
#include "graph/query.h"
#include "packages/pkgload_impl.h"

/* Replaced modules that are not required but would provide the path: go tries them before the proxies. */
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

static const char *not_in_module(struct pkgload *ld, struct modver m, const char *path)
{
	struct modver r = modproject_replacement(modload_project(ld->ml), m);
	const char *by = r.path && r.path[0] ? arena_fmt(&ld->arena, ", replaced by %s",
							 pkgload_mod_text(&ld->arena, r))
					     : "";

	return arena_fmt(&ld->arena,
			 "module %s@latest found (%s%s), but does not contain package %s", m.path,
			 m.version, by, path);
}

/* *done if the question is answered here, for or against. */
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
		return pkgload_fail(f, PKG_ERROR, not_in_module(ld, mods[0], path));
	}
	*done = false;
	return true;
}

/* What the proxies say of one import path: the modules that have it, longest path first, or why none. */
struct query_answer {
	struct modver *found;
	size_t n_found;
	const char *error, *too_new;
	bool not_exist;
};

/* One prefix, asked. */
struct asked {
	struct modver mod;
	bool has_package, no_package;
	enum query_result_failure failure; /* QUERY_OK: asked with success */
	const char *error, *too_new;
};

static void ask_fetch(struct pkgload *ld, const char *path, struct asked *q)
{
	struct pkgload_source *s = pkgload_source(ld, q->mod);
	struct pkgroot_dir *d = NULL;
	const char *error = NULL;

	if (!s->root) {
		q->failure = s->not_exist ? QUERY_NOT_EXIST : QUERY_OTHER;
		q->error = s->error;
		q->too_new = s->too_new;
	} else if (!pkgload_dir_in_module(ld, path, q->mod.path, s->root, &d, &error)) {
		q->failure = QUERY_OTHER;
		q->error = arena_strdup(&ld->arena, error);
	} else if (d && d->is_go_dir) {
		q->has_package = true;
	} else if (!str_eq(path, q->mod.path)) {
		q->no_package = true;
		q->error = not_in_module(ld, q->mod, path);
	}
}

/* current: the version in the graph, which matters if it is +incompatible. */
static void ask_prefix(struct pkgload *ld, const char *path, const char *prefix,
		       const char *current, struct asked *q)
{
	struct query_result r = { 0 };
	struct err e = ERR_INIT;

	*q = (struct asked){ .mod = { arena_strdup(&ld->arena, prefix), "" } };
	if (query_version(ld->ml, prefix, "latest", current, QUERY_ALLOWED, &r, &e)) {
		q->mod = modtab_mod(modload_tab(ld->ml), (struct modver){ prefix, r.version });
		ask_fetch(ld, path, q);
		return;
	}
	q->failure = r.failure == QUERY_OK ? QUERY_OTHER : r.failure;
	/* go asks the next entry of GOPROXY, `direct` among them, only if no prefix is known to this one: what
	 * only a repository could tell counts as not there unless nothing else is found */
	if (q->failure == QUERY_OTHER &&
	    (e.code == ERR_NOT_FOUND || e.code == ERR_OFFLINE || e.code == ERR_NOT_HERE))
		q->failure = QUERY_NOT_EXIST;
	q->error = arena_strdup(&ld->arena, e.text ? e.text : "");
	err_release(&e);
}

/* queryPrefixModules: of all failures the one that helps most. Prefixes come longest first. */
static void rank_answers(struct pkgload *ld, const struct asked *q, size_t n,
			 struct query_answer *a)
{
	static const enum query_result_failure order[] = { QUERY_NO_VERSION, QUERY_NO_PATCH_BASE,
							   QUERY_INVALID_PATH,
							   QUERY_INVALID_VERSION, QUERY_NOT_EXIST };
	const char *other = NULL, *no_package = NULL, *only_module = NULL;

	a->found = arena_alloc(&ld->arena, (n + 1) * sizeof(*a->found));
	for (size_t i = 0; i < n; i++) {
		if (q[i].has_package)
			a->found[a->n_found++] = q[i].mod;
		else if (q[i].no_package && !no_package)
			no_package = q[i].error;
		else if (q[i].failure == QUERY_OK && !q[i].no_package && !only_module)
			only_module = not_in_module(ld, q[i].mod, q[i].mod.path);
		else if ((q[i].failure == QUERY_OTHER || q[i].failure == QUERY_DISALLOWED) &&
			 !other && !no_package && !a->n_found && !only_module) {
			other = q[i].error;
			a->too_new = q[i].too_new;
		}
	}
	/* a failure of a longer path counts even if a shorter one has the package */
	if (other) {
		a->error = other;
		a->n_found = 0;
	} else if (!a->n_found) {
		a->error = only_module ? only_module : no_package;
	}
	for (size_t k = 0; k < ARRAY_LEN(order) && !a->n_found && !a->error; k++) {
		for (size_t i = 0; i < n && !a->error; i++) {
			if (q[i].failure == order[k]) {
				a->error = q[i].error;
				a->not_exist = order[k] == QUERY_NOT_EXIST;
			}
		}
	}
}

static const char *current_incompatible(const struct modgraph *mg, const char *prefix)
{
	const char *v = modgraph_selected(mg, prefix);

	return str_has_suffix(v, "+incompatible") ? v : "";
}

/* What an answer depends on: the path, and which of its prefixes are there as +incompatible. */
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

static struct query_answer *ask_proxies(struct pkgload *ld, const char *path,
					const struct modgraph *mg)
{
	const char *key = question_key(ld, path, mg);
	struct query_answer *a = map_get(&ld->query_cache, key);
	VEC(struct asked) q = { 0 };
	char *prefix;

	if (a)
		return a;
	a = arena_calloc(&ld->arena, 1, sizeof(*a));
	prefix = xstrdup(path);
	do {
		size_t major;
		struct asked one;

		if (modproject_is_main(modload_project(ld->ml), prefix) ||
		    !modpath_split(prefix, &major))
			continue;
		ask_prefix(ld, path, prefix, current_incompatible(mg, prefix), &one);
		vec_push(&q, one);
	} while (pkgload_shorten(prefix));
	free(prefix);
	if (q.n)
		rank_answers(ld, q.items, q.n, a);
	else
		a->error = arena_fmt(&ld->arena,
				     "module @latest found (), but does not contain package %s",
				     path);
	vec_release(&q);
	map_put(&ld->query_cache, arena_strdup(&ld->arena, key), a);
	return a;
}

static bool pick_candidate(struct pkgload *ld, const char *path, const struct query_answer *a,
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
	const struct query_answer *a;
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
	if (a->too_new)
		return pkgload_fail_source(f, &(struct pkgload_source){ .error = a->error,
									.too_new = a->too_new });
	if (!a->not_exist)
		return pkgload_fail(f, PKG_ERROR, a->error);
	return pkgload_fail(f, PKG_MISSING,
			    arena_fmt(&ld->arena, "cannot find module providing package %s: %s",
				      path, a->error));
}
