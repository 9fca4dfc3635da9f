#include "fetch/origin.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/modsyntax.h"
#include "graph/query_impl.h"
#include "gofiles/rfc3339.h"

static bool forbids(struct query_run *q, struct modver m, const char **why)
{
	return q->forbid && q->forbid(q, m, why);
}

static bool allows(struct query_run *q, const char *v)
{
	const char *why;

	return query_match_version(&q->m, v) && !forbids(q, (struct modver){ q->path, v }, &why);
}

static struct arena *memory(struct query_run *q)
{
	return modload_arena(q->ml);
}

static bool stat_version(struct query_run *q, const char *v, struct source_info *info,
			 struct err *e)
{
	return query_repo_stat(&q->repo, v, info, q->r, e);
}

static const char *merged(struct query_run *q, const char *origin)
{
	return origin_merge(memory(q), q->origin, origin);
}

static const char *failed_origin(struct query_run *q, const char *rev)
{
	return source_failed_origin(modproject_source(q->repo.mp), q->repo.hop, q->path, memory(q),
				    rev);
}

static bool disallowed(struct query_run *q, struct modver m, const char *why, struct err *e)
{
	return query_fail_version(q->r, QUERY_DISALLOWED, m, why, e);
}

/* versionHasGoMod: is the go.mod more than the one that go synthesizes for a module without? */
static bool has_gomod(struct query_run *q, const char *version, bool *yes, struct err *e)
{
	struct modver m = { q->path, version };
	const char *data, *fake;
	size_t len;

	if (!source_gomod(modproject_source(q->repo.mp), m, &data, &len, e))
		return query_fail_source(q->repo.mp, q->r, m, e);
	fake = arena_fmt(memory(q), "module %s\n", modsyntax_quote(memory(q), m.path));
	*yes = strlen(fake) != len || memcmp(fake, data, len) != 0;
	return true;
}

/* filterVersions: releases and prereleases that qualify, ascending. */
static bool filter(struct query_run *q, const struct query_list *all, struct query_list *rel,
		   struct query_list *pre, struct err *e)
{
	bool need_incompatible = q->m.prefer_incompatible;
	const char *last_compatible = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const char *v = all->items[i];
		bool yes = false;

		if (!allows(q, v))
			continue;
		if (!need_incompatible && !str_has_suffix(v, "+incompatible")) {
			last_compatible = v;
		} else if (!need_incompatible && last_compatible) {
			if (!has_gomod(q, last_compatible, &yes, e))
				return false;
			if (yes)
				break; /* all from here on are +incompatible */
			need_incompatible = true;
		}
		if (gover_mod_is_prerelease(q->path, v))
			vec_push(pre, v);
		else
			vec_push(rel, v);
	}
	return true;
}

static bool give(struct query_run *q, const struct source_info *info)
{
	struct arena *a = memory(q);

	q->r->version = arena_strdup(a, info->version);
	q->r->time = info->time ? arena_strdup(a, info->time) : "";
	q->r->origin = info->origin ? arena_strdup(a, info->origin) : NULL;
	q->r->failure = QUERY_OK;
	return true;
}

/* lookup's Stat: adds its origin to the list's. */
static bool stat_listed(struct query_run *q, const char *v, struct source_info *info, struct err *e)
{
	if (!stat_version(q, v, info, e)) {
		const char *failed = q->origin ? failed_origin(q, v) : NULL;

		if (failed)
			q->origin = merged(q, failed);
		return false;
	}
	q->origin = merged(q, q->latest && str_eq(q->latest, info->version) ? q->latest_origin
									    : info->origin);
	return true;
}

/* The chosen version's .info; from a pseudo-version an upgrade never goes back in time. */
static bool lookup(struct query_run *q, const char *v, struct err *e)
{
	struct modver current = { q->path, q->current };
	struct source_info info;
	int64_t t, now;
	const char *why;

	if (!stat_listed(q, v, &info, e))
		return false;
	if (query_is_upgrade(q->query) && pseudo_is(q->current) &&
	    rfc3339_parse(info.time ? info.time : "", &t) && pseudo_time(&now, q->current, NULL) &&
	    t < now) {
		if (forbids(q, current, &why))
			return disallowed(q, current, why, e);
		v = q->current;
		if (!stat_listed(q, v, &info, e))
			return false;
	}
	info.origin = q->origin;
	if (!str_eq(v, info.version))
		q->r->misnamed = arena_strdup(memory(q), v);
	return give(q, &info);
}

/* Uses a version without its metadata in place of a missing one, whose error is in `e`. */
static bool stat_canonical(struct query_run *q, struct source_info *info, struct err *e)
{
	const char *canonical = modpath_canonical_version(memory(q), q->query);
	struct query_result first = *q->r;
	struct err second = ERR_INIT;
	bool found;

	q->origin = failed_origin(q, q->query);
	if (!*canonical || str_eq(canonical, q->query))
		return false;
	found = stat_version(q, canonical, info, &second);
	if (!found)
		q->origin = failed_origin(q, canonical);
	if (!found && q->r->failure == QUERY_NOT_EXIST) {
		*q->r = first;
	} else if (e) {
		err_clear(e);
		err_move(e, &second);
	}
	err_release(&second);
	return found;
}

/* An exact version or a revision. */
static bool choose_exact(struct query_run *q, struct err *e)
{
	struct source_info info;
	struct modver m;
	const char *why;

	if (!stat_version(q, q->query, &info, e) && !stat_canonical(q, &info, e))
		return false;
	q->origin = NULL;
	m = (struct modver){ q->path, info.version };
	if (forbids(q, m, &why))
		return disallowed(q, m, why, e);
	return give(q, &info);
}

static bool no_match(struct query_run *q, struct err *e)
{
	if (query_is_upgrade(q->query) && query_is_known(q->current))
		return query_fail(q->r, QUERY_NO_VERSION, ERR_NO_MATCH, e,
				  "no matching versions for query \"%s\" (current version is %s)",
				  q->query, q->current);
	return query_fail(q->r, QUERY_NO_VERSION, ERR_NO_MATCH, e,
			  "no matching versions for query \"%s\"", q->query);
}

/* The remaining candidates if no listed version qualifies. */
static bool fall_back(struct query_run *q, struct err *e)
{
	struct modver current = { q->path, q->current };
	struct source_info info;
	struct err local = ERR_INIT;
	const char *why;

	if (q->m.may_use_latest) {
		bool ok = query_repo_latest(&q->repo, &info, q->r, &local);

		if (ok) {
			q->latest = info.version;
			q->latest_origin = info.origin;
		} else if (q->origin)
			info.origin = failed_origin(q, NULL);
		if (q->origin && (ok || info.origin))
			q->origin = merged(q, info.origin);
		if (ok && allows(q, info.version))
			return lookup(q, info.version, e);
		if (!ok && q->r->failure != QUERY_NOT_EXIST)
			return e ? err_move(e, &local) : (err_release(&local), false);
		/* GOPROXY=off is the more useful reason; go says "no matching versions" */
		err_release(&local);
		q->r->failure = QUERY_OK;
		q->r->inner = NULL;
	}
	if (query_is_upgrade(q->query) && query_is_known(q->current)) {
		if (forbids(q, current, &why))
			return disallowed(q, current, why, e);
		return lookup(q, q->current, e);
	}
	return no_match(q, e);
}

/* With versions from replace lines the list is not the repository's. */
static const char *list_origin(struct query_run *q, const char *prefix)
{
	return q->repo.added ? NULL
			     : source_list_origin(modproject_source(q->repo.mp), q->repo.hop,
						  q->path, memory(q), prefix);
}

static bool choose_listed(struct query_run *q, struct err *e)
{
	struct query_list all = { 0 }, rel = { 0 }, pre = { 0 };
	const char *prefix = q->m.prefix ? q->m.prefix : "";
	const struct query_list *from;
	bool ok = query_repo_versions(&q->repo, prefix, &all, q->r, e);

	if (ok)
		q->origin = list_origin(q, prefix);
	ok = ok && filter(q, &all, &rel, &pre, e);

	if (ok) {
		from = rel.n ? &rel : &pre;
		ok = from->n ? lookup(q, from->items[q->m.prefer_lower ? 0 : from->n - 1], e)
			     : fall_back(q, e);
	}
	vec_release(&all);
	vec_release(&rel);
	vec_release(&pre);
	return ok;
}

static bool disabled(struct query_run *q, struct err *e)
{
	const char *reason = modproject_build_mod_reason(q->repo.mp);

	if (!*reason)
		return query_fail(q->r, QUERY_OTHER, ERR_REFUSED, e,
				  "cannot query module due to -mod=vendor");
	return query_fail(q->r, QUERY_OTHER, ERR_REFUSED, e,
			  "cannot query module due to -mod=vendor\n\t(%s)", reason);
}

bool query_run_choose(struct query_run *q, struct err *e)
{
	const struct modproject *mp = q->repo.mp;

	if (query_is_known(q->current) && !gover_mod_valid(q->path, q->current))
		return query_fail(q->r, QUERY_OTHER, ERR_USAGE, e, "invalid previous version %s@%s",
				  q->path, q->current);
	if (modproject_build_mod(mp) == MODPROJECT_MOD_VENDOR)
		return disabled(q, e);
	if (query_is_upgrade(q->query) && modproject_is_main(mp, q->path))
		return give(q, &(struct source_info){ .version = "", .time = "" });
	if (str_eq(q->path, "std") || str_eq(q->path, "cmd"))
		return query_fail(
			q->r, QUERY_OTHER, ERR_USAGE, e,
			"can't query specific version (\"%s\") of standard-library module \"%s\"",
			q->query, q->path);
	if (!query_repo_open(&q->repo, q->r, e) ||
	    !query_match_init(&q->m, memory(q), q->query, q->current, q->r, e))
		return false;
	return q->m.is_revision || q->m.can_stat ? choose_exact(q, e) : choose_listed(q, e);
}

bool query_run_list(struct query_run *q, struct err *e)
{
	struct query_list all = { 0 };
	struct err unknown = ERR_INIT;
	const char *why;
	bool ok;

	if (q->judged)
		q->unknown = &unknown;
	ok = query_repo_open(&q->repo, q->r, e) && query_repo_versions(&q->repo, "", &all, q->r, e);

	if (ok && q->wants_origin)
		q->r->origin = list_origin(q, "");
	for (size_t i = 0; ok && i < all.n; i++) {
		if (!forbids(q, (struct modver){ q->path, all.items[i] }, &why))
			vec_push(q->listed, arena_strdup(memory(q), all.items[i]));
		if (err_is_set(&unknown))
			ok = query_fail(q->r, QUERY_OTHER, unknown.code, e, "%s", unknown.text);
	}
	err_release(&unknown);
	vec_release(&all);
	return ok;
}

/* One query, run for each hop in turn, from the beginning each time. */
struct in_turn {
	struct query_run start; /* each run uses a copy */
	bool (*work)(struct query_run *q, struct err *e);
	/* the results of failed hops: the returned error is one of theirs, recognised by its address */
	VEC(struct failed_hop {
		struct query_result r;
		const char *text;
	}) failed;
};

static bool run_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct in_turn *t = ctx;
	struct query_result r = { .version = "", .time = "" };
	struct query_run q = t->start;
	struct err why = ERR_INIT;
	bool ok;

	q.repo.hop = hop;
	q.r = &r;
	ok = t->work(&q, &why);
	if (!ok)
		r.origin = q.origin;
	err_release(&q.repo.path_err);
	if (ok) {
		*t->start.r = r;
		err_release(&why);
		return true;
	}
	vec_push(&t->failed, (struct failed_hop){ r, why.text });
	return err_move(e, &why);
}

static void prepare(struct query_run *q)
{
	q->repo = (struct query_repo){ .mp = modload_project(q->ml), .path = q->path };
	q->m.path = q->path;
	*q->r = (struct query_result){ .version = "", .time = "", .failure = QUERY_OTHER };
}

bool query_run_at(struct query_run *q, const struct route_hop *hop,
		  bool (*work)(struct query_run *q, struct err *e), struct err *e)
{
	bool ok;

	prepare(q);
	q->repo.hop = hop;
	ok = work(q, e);
	err_release(&q->repo.path_err);
	return ok;
}

bool query_run(struct query_run *q, bool (*work)(struct query_run *q, struct err *e), struct err *e)
{
	struct in_turn t = { .work = work };
	struct err local = ERR_INIT;
	bool ok;

	prepare(q);
	t.start = *q;
	ok = source_try_hops(modproject_source(q->repo.mp), run_hop, &t, &local);
	for (size_t i = 0; !ok && i < t.failed.n; i++) {
		/* a later error may reuse the address of a dropped one: take the last match */
		if (t.failed.items[i].text == local.text)
			*q->r = t.failed.items[i].r;
	}
	if (!ok && t.failed.n) /* go's is the last hop's, whichever hop's error it returns */
		q->r->origin = t.failed.items[t.failed.n - 1].r.origin;
	vec_release(&t.failed);
	if (!ok && e)
		err_move(e, &local);
	err_release(&local);
	return ok;
}
