#include "graph/query.h"

#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"
#include "graph/query_impl.h"
#include "graph/retraction.h"

bool query_is_revision(const char *path, const char *query)
{
	if (str_eq(query, "latest") || query_is_upgrade(query) || *query == '<' || *query == '>')
		return false;
	return !(gover_mod_valid(path, query) && gover_mod_is_prefix(path, query));
}

/* CheckAllowed's "disallowed"; its other errors do not forbid a version. */
static bool is_disallowed(const struct query_run *q, struct modver m, const char **why)
{
	struct retraction ret;
	const char *text = "retracted by module author";
	struct arena *a = modload_arena(q->ml);

	if (q->allow & QUERY_CURRENT && str_eq(m.version, q->current))
		return false;
	if (q->allow & QUERY_NOT_EXCLUDED && modproject_is_excluded(q->repo.mp, m)) {
		*why = "excluded by go.mod";
		return true;
	}
	if (!(q->allow & QUERY_NOT_RETRACTED) || !retraction_check(q->ml, m, &ret, q->unknown) ||
	    !ret.retracted)
		return false;
	*why = ret.n ? arena_fmt(a, "%s: %s", text,
				 retraction_short_message(a, ret.rationale[0], text))
		     : text;
	return true;
}

bool query_version(struct modload *ml, const char *path, const char *query, const char *current,
		   enum query_allow allow, struct query_result *r, struct err *e)
{
	struct query_run q = { .ml = ml,
			       .path = path,
			       .query = query,
			       .current = current,
			       .allow = allow,
			       .forbid = is_disallowed,
			       .r = r };

	return query_run(&q, query_run_choose, e);
}

bool query_is_named(struct arena *a, const char *path, const char *version)
{
	const char *canonical;

	if (gover_is_toolchain(path))
		return gover_mod_valid(path, version);
	canonical = semver_canonical(a, version);
	return canonical && *version && (str_eq(canonical, version) || strchr(version, '+')) &&
	       semver_valid(version);
}

static enum query_allow allow_for_get(struct modload *ml, const char *path, const char *query)
{
	bool named = query_is_named(modload_arena(ml), path, query);
	enum query_allow allow = named ? QUERY_NOT_EXCLUDED : QUERY_ALLOWED;

	return query_is_upgrade(query) ? allow | QUERY_CURRENT : allow;
}

bool query_for_get(struct modload *ml, const char *path, const char *query, const char *current,
		   struct query_result *r, struct err *e)
{
	return query_version(ml, path, query, current, allow_for_get(ml, path, query), r, e);
}

bool query_for_get_at(struct modload *ml, const struct route_hop *hop, const char *path,
		      const char *query, const char *current, struct query_result *r, struct err *e)
{
	struct query_run q = { .ml = ml,
			       .path = path,
			       .query = query,
			       .current = current,
			       .allow = allow_for_get(ml, path, query),
			       .forbid = is_disallowed,
			       .r = r };

	return query_run_at(&q, hop, query_run_choose, e);
}

static bool list_versions(struct query_run *q, const char *const **versions, size_t *n,
			  struct err *e)
{
	struct query_list out = { 0 };
	bool ok;

	q->query = q->current = "";
	q->forbid = is_disallowed;
	q->listed = &out;
	q->judged = q->allow & QUERY_JUDGED;
	ok = query_run(q, query_run_list, e);
	*versions = arena_memdup(modload_arena(q->ml), out.items, out.n * sizeof(*out.items));
	*n = out.n;
	vec_release(&out);
	return ok;
}

bool query_versions(struct modload *ml, const char *path, enum query_allow allow,
		    const char *const **versions, size_t *n, struct err *e)
{
	struct query_result r = { 0 };
	struct query_run q = { .ml = ml, .path = path, .allow = allow, .r = &r };

	return list_versions(&q, versions, n, e);
}

bool query_versions_origin(struct modload *ml, const char *path, enum query_allow allow,
			   const char *const **versions, size_t *n, const char **origin,
			   struct err *e)
{
	struct query_result r = { 0 };
	struct query_run q = {
		.ml = ml, .path = path, .allow = allow, .r = &r, .wants_origin = true
	};
	bool ok = list_versions(&q, versions, n, e);

	*origin = ok ? r.origin : NULL;
	return ok;
}

struct prefetch {
	struct modproject *mp;
	const char *const *paths;
	const struct modver *mods;
};

static void prefetch_list(void *ctx, size_t i)
{
	struct prefetch *p = ctx;
	const char *const *list;
	struct source_info info;
	size_t n = 0; /* where no proxy may be asked */

	if (cancel_is_set(modproject_cancel(p->mp)) || !modpath_check(p->paths[i], NULL))
		return;
	if (source_versions(modproject_source(p->mp), p->paths[i], &list, &n, NULL) && n == 0)
		source_latest(modproject_source(p->mp), p->paths[i], &info, NULL);
	else if (n)
		source_stat(modproject_source(p->mp), p->paths[i], list[n - 1], &info, NULL);
}

static void prefetch_gomod(void *ctx, size_t i)
{
	struct prefetch *p = ctx;
	const char *data;
	size_t len;

	if (!cancel_is_set(modproject_cancel(p->mp)) && *p->mods[i].version)
		source_gomod(modproject_source(p->mp), p->mods[i], &data, &len, NULL);
}

#define NETWORK_THREADS 32u

void query_prefetch(struct modload *ml, const char *const *paths, size_t n, enum query_allow allow)
{
	struct prefetch p = { .mp = modload_project(ml), .paths = paths };
	struct modver *mods;
	size_t n_mods = 0;

	par_for(n, NETWORK_THREADS, prefetch_list, &p);
	if (!(allow & QUERY_NOT_RETRACTED))
		return;
	mods = xreallocarray(NULL, n + 1, sizeof(*mods));
	for (size_t i = 0; i < n && !cancel_is_set(modproject_cancel(p.mp)); i++) {
		enum query_result_failure failure;

		if (retraction_latest(ml, paths[i], &mods[n_mods], &failure, NULL))
			n_mods++;
	}
	p.mods = mods;
	par_for(n_mods, NETWORK_THREADS, prefetch_gomod, &p);
	free(mods);
}
