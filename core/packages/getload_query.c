#include "packages/getload_impl.h"

#include "gofiles/gover.h"
#include "gofiles/pkgpattern.h"

static bool is_main(const struct getload *g, const char *path)
{
	return modproject_is_main(modload_project(g->ml), path);
}

static bool matches_path(const struct getload_query *q, const char *path)
{
	if (q->wildcard && !gover_is_toolchain(path))
		return pkgpattern_match(q->pattern, path);
	return str_eq(path, q->pattern);
}

static bool can_match_in(const struct getload_query *q, const char *path)
{
	return !gover_is_toolchain(path) && pkgpattern_can_match_below(q->pattern, path);
}

bool getload_match_packages(const struct getload *g)
{
	for (size_t i = 0; i < g->n_queries; i++)
		if (g->queries[i].matches_packages)
			return true;
	return false;
}

bool getload_goes_on(struct getload *g, struct err *e)
{
	return !g->errors.len || err_set(e, ERR_REFUSED, "%s", g->errors.data);
}

void getload_add_set(struct getload_query *q, const char *path, struct getload_set *set)
{
	set->path = path;
	if (set->n || set->only.path || set->error)
		vec_push(&q->sets, *set);
}

static void take_mod(struct getload *g, struct getload_set *set, struct modver m)
{
	set->mods = arena_memdup(&g->ld->arena, &m, sizeof(m));
	set->n = 1;
}

static bool fail(struct getload_set *set, const char *error)
{
	set->error = error;
	return false;
}

/* QueryMatchesMainModulesError. */
const char *getload_of_main(struct getload *g, const char *pattern, const char *version,
			    const char *main)
{
	if (is_main(g, pattern))
		return arena_fmt(&g->ld->arena,
				 "can't request version \"%s\" of the main module (%s)", version,
				 pattern);
	return arena_fmt(
		&g->ld->arena,
		"can't request version \"%s\" of pattern \"%s\" that includes the main module (%s)",
		version, pattern, main);
}

/* QueryMatchesPackagesInMainModuleError. */
static const char *in_main(struct getload *g, const char *path, size_t n, const char *version)
{
	if (n > 1)
		return arena_fmt(
			&g->ld->arena,
			"pattern %s matches %zu packages in the main module, so can't request version %s",
			path, n, version);
	return arena_fmt(&g->ld->arena,
			 "package %s is in the main module, so can't request version %s", path,
			 version);
}

/* QueryPattern's check of the main module: true if that decides. */
static bool query_main(struct getload *g, const char *path, const char *version,
		       struct getload_set *set, bool *matches)
{
	const struct modproject_main *mains;
	const char *error;
	size_t n;

	*matches = false;
	if (!modproject_mains(modload_project(g->ml), &mains))
		return false;
	pkgload_match_in(g->ld, path, mains->mod, &n, &error);
	if (n && !query_is_upgrade(version))
		return !fail(set, in_main(g, path, n, version));
	if (n) {
		take_mod(g, set, mains->mod);
		return true;
	}
	if (error)
		return !fail(set, error);
	*matches = pkgpattern_match(path, mains->mod.path);
	if (*matches && query_is_upgrade(version))
		set->only = mains->mod;
	return false;
}

static void query_pattern(struct getload *g, const char *path, const char *version,
			  const struct modgraph *current, struct getload_set *set,
			  struct pkgload_answer *a)
{
	const struct modproject_main *mains;
	const char *dots = strstr(path, "...");
	bool matches;

	*set = (struct getload_set){ .path = path };
	*a = (struct pkgload_answer){ 0 };
	if (query_main(g, path, version, set, &matches))
		return;
	if (dots && !memchr(path, '/', (size_t)(dots - path))) {
		fail(set,
		     arena_fmt(
			     &g->ld->arena,
			     "no modules to query for %s@%s because first path element contains a wildcard",
			     path, version));
		return;
	}
	if (pkgload_ask(g->ld, &(struct pkgload_question){ path, version, current }, a)) {
		set->mods = a->found;
		set->n = a->n_found;
		if (a->only.path)
			set->only = a->only;
		return;
	}
	modproject_mains(modload_project(g->ml), &mains);
	if (!a->n_asked && set->only.path)
		return;
	if (matches && (!a->n_asked || (!set->only.path && a->failure == QUERY_NOT_EXIST)))
		set->error = getload_of_main(g, path, version, mains->mod.path);
	else
		set->error = a->error;
}

void getload_query_packages(struct getload *g, const char *path, const char *version,
			    const struct modgraph *current, struct getload_set *set,
			    struct pkgload_answer *a)
{
	query_pattern(g, path, version, current, set, a);
	if (set->error || set->n)
		return;
	set->error = pkgload_not_in_module(g->ld, set->only, version, path);
	a->no_package = true;
}

static void query_none(struct getload_query *q, const char *path, struct getload_set *set)
{
	if (is_main(q->g, path))
		fail(set, getload_of_main(q->g, q->pattern, q->version, path));
	else
		set->only = (struct modver){ path, "none" };
}

static void query_path(struct getload_query *q)
{
	struct getload_set set = { 0 };
	struct pkgload_answer a;

	if (str_eq(q->version, "none"))
		query_none(q, q->pattern, &set);
	else if (gostd_is_path(q->pattern) && gostd_has(&q->g->ld->std, q->pattern) &&
		 q->words.bare)
		q->matches_packages = true;
	else if (gostd_is_path(q->pattern) && gostd_has(&q->g->ld->std, q->pattern))
		fail(&set,
		     arena_fmt(
			     &q->g->ld->arena,
			     "can't request explicit version \"%s\" of standard library package %s",
			     q->version, q->pattern));
	else
		query_pattern(q->g, q->pattern, q->version, q->g->initial, &set, &a);
	getload_add_set(q, q->pattern, &set);
}

/* noneForPath: another argument removes the module. */
bool getload_is_removed(const struct getload *g, const char *path)
{
	for (size_t i = 0; i < g->n_queries; i++) {
		const struct getload_query *q = &g->queries[i];

		if (str_eq(q->version, "none") &&
		    (q->wildcard ? matches_path(q, path) : str_eq(q->pattern, path)))
			return true;
	}
	return false;
}

/* tryWildcard. */
static void try_wildcard(struct getload_query *q, struct modver m, struct getload_set *set)
{
	const char *error;
	size_t n;

	if (!pkgload_match_in(q->g->ld, q->pattern, m, &n, &error))
		fail(set, error);
	else if (n)
		take_mod(q->g, set, m);
	else if (matches_path(q, m.path))
		set->only = m;
}

static void query_wildcard_main(struct getload_query *q, struct modver m, struct getload_set *set)
{
	const char *error;
	size_t n;

	if (query_is_upgrade(q->version))
		try_wildcard(q, m, set);
	else if (matches_path(q, m.path))
		fail(set, getload_of_main(q->g, q->pattern, q->version, m.path));
	else if (!pkgload_match_in(q->g->ld, q->pattern, m, &n, &error))
		fail(set, error);
	else if (n)
		fail(set, in_main(q->g, q->pattern, n, q->version));
}

/* queryModule: the version of a module of the build list; QUERY_OK if there is one. */
static enum query_result_failure query_module(struct getload_query *q, const char *path,
					      struct modver *m, const char **error)
{
	struct query_result r = { 0 };
	struct err e = ERR_INIT;

	if (is_main(q->g, path)) {
		*m = (struct modver){ path, "" };
		*error = getload_of_main(q->g, q->pattern, q->version, path);
		return query_is_upgrade(q->version) ? QUERY_OK : QUERY_OTHER;
	}
	if (query_for_get(q->g->ml, path, q->version, modgraph_selected(q->g->initial, path), &r,
			  &e)) {
		*m = modtab_mod(modload_tab(q->g->ml), (struct modver){ path, r.version });
		return QUERY_OK;
	}
	*error = arena_strdup(&q->g->ld->arena, err_text(&e));
	err_release(&e);
	return r.failure == QUERY_OK ? QUERY_OTHER : r.failure;
}

static void query_wildcard(struct getload_query *q, struct modver cur)
{
	struct getload_set set = { 0 };
	struct modver m;
	const char *error;

	if (str_eq(q->version, "none")) {
		query_none(q, cur.path, &set);
	} else if (getload_is_removed(q->g, cur.path)) {
		return;
	} else if (is_main(q->g, cur.path)) {
		query_wildcard_main(q, cur, &set);
	} else {
		enum query_result_failure f = query_module(q, cur.path, &m, &error);

		if (f == QUERY_OK)
			try_wildcard(q, m, &set);
		else if (f != QUERY_NOT_EXIST && f != QUERY_NO_VERSION)
			fail(&set, error);
	}
	getload_add_set(q, cur.path, &set);
}

void getload_query(struct getload_query *q)
{
	bool none = str_eq(q->version, "none");
	const uint32_t *list;
	size_t n;

	if (!q->wildcard && !q->all && map_put(&q->seen, q->pattern, NULL))
		query_path(q);
	list = modgraph_build_list(q->g->now, &n);
	for (size_t i = 0; q->wildcard && i < n; i++) {
		struct modver cur = modload_tab(q->g->ml)->nodes[list[i]].mod;

		if ((none ? matches_path(q, cur.path) : can_match_in(q, cur.path)) &&
		    map_put(&q->seen, cur.path, NULL))
			query_wildcard(q, cur);
	}
}

void getload_query_missing(struct getload_query *q)
{
	struct getload_set set;
	struct pkgload_answer a;

	if (!q->wildcard || q->matches_packages || str_eq(q->version, "none") ||
	    !map_put(&q->seen, q->pattern, NULL))
		return;
	query_pattern(q->g, q->pattern, q->version, q->g->initial, &set, &a);
	/* a pattern of modules only */
	if (set.error && q->n_resolved &&
	    (a.no_package || a.failure == QUERY_NOT_EXIST || a.failure == QUERY_NO_VERSION))
		return;
	getload_add_set(q, q->pattern, &set);
}

void getload_query_one(struct getload_query *q, const char *path)
{
	struct getload_set set;
	struct pkgload_answer a;

	if (!map_put(&q->seen, path, NULL))
		return;
	getload_query_packages(q->g, path, q->version, q->g->initial, &set, &a);
	getload_add_set(q, path, &set);
}

static void check_packages(struct getload_query *q, struct modver cur, struct modver m)
{
	struct arena *a = &q->g->ld->arena;
	const char *error, *version;
	size_t n;

	if (!pkgload_match_in(q->g->ld, q->pattern, m, &n, &error)) {
		getwords_report(&q->words, error, &q->g->errors);
		return;
	}
	version = str_eq(m.version, q->version)
			  ? pkgload_mod_text(a, m)
			  : arena_fmt(a, "%s@%s (%s)", m.path, q->version, m.version);
	getwords_report(
		&q->words,
		n ? "another version is selected"
		  : arena_fmt(
			    a,
			    "%s matches packages in %s but not %s: specify a different version for module %s",
			    q->words.raw, pkgload_mod_text(a, cur), version, m.path),
		&q->g->errors);
}

static void check_module(struct getload_query *q, struct modver cur)
{
	const char *error;
	struct modver m;
	size_t n;

	if (!matches_path(q, cur.path)) {
		bool ok = pkgload_match_in(q->g->ld, q->pattern, cur, &n, &error);

		if (!n && !ok)
			getwords_report(&q->words, error, &q->g->errors);
		if (!n)
			return;
	}
	if (query_module(q, cur.path, &m, &error) != QUERY_OK)
		getwords_report(&q->words, error, &q->g->errors);
	else if (!str_eq(m.version, cur.version))
		check_packages(q, cur, m);
}

void getload_check_wildcard(struct getload_query *q)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(q->g->now, &n);

	for (size_t i = 0; q->wildcard && i < n; i++) {
		struct modver cur = modload_tab(q->g->ml)->nodes[list[i]].mod;

		if (can_match_in(q, cur.path))
			check_module(q, cur);
	}
}
