#include "graph/query.h"

#include "graph/modload_impl.h"
#include "gofiles/pseudo.h"
#include "base/text.h"
#include "graph/toolchainrepo.h"

/* A repository as queries see it: the proxies' versions and those that replace lines name (lookupRepo). */
struct repo {
	struct modload *ml;
	const struct route_hop *hop;
	const char *path;
	bool replaced; /* some replace line names the path */
	bool usable;   /* the path is one that a proxy may be asked for */
	struct err path_err;
};

struct matcher {
	const char *path, *prefix;
	const char *bound; /* the version compared with, NULL if none */
	enum { ANY_VERSION, AT_MOST, BELOW, AT_LEAST, ABOVE, EXACTLY } relation;
	bool can_stat, prefer_lower, may_use_latest, prefer_incompatible;
	enum query_allow allow;
};

struct version_list {
	const char **items;
	size_t n, cap;
};

/* What a query needs while it runs. */
struct run {
	struct repo repo;
	struct matcher m;
	const char *query, *current;
	struct query_result *r;
	struct version_list *listed; /* query_versions: the answer */
};

static bool fail(struct query_result *r, enum query_failure failure)
{
	r->failure = failure;
	return false;
}

static enum query_failure failure_of(const struct err *e)
{
	/* GOPROXY=off counts as "does not exist" for go */
	return e && (e->code == ERR_NOT_FOUND || e->code == ERR_OFFLINE) ? QUERY_NOT_EXIST
									 : QUERY_OTHER;
}

/* The text of a module.ModuleError without its path and version: of "invalid version: WHY" it is `version "V" invalid: WHY`. */
static const char *inner_text(struct arena *a, const char *version, const char *text)
{
	static const char *const nouns[] = { "version", "pseudo-version" };

	for (size_t i = 0; i < ARRAY_LEN(nouns); i++) {
		const char *why = str_cut_prefix(text, "invalid ");
		struct buf quoted = BUF_INIT;

		why = why ? str_cut_prefix(why, nouns[i]) : NULL;
		why = why ? str_cut_prefix(why, ": ") : NULL;
		if (!why)
			continue;
		text_quote(&quoted, version, strlen(version));
		text = arena_fmt(a, "%s %s invalid: %s", nouns[i], quoted.data, why);
		buf_release(&quoted);
		break;
	}
	return arena_strdup(a, text);
}

/* An error of the source becomes go's module.ModuleError: "path@version: text" or "module path: text". */
static bool module_error(struct modload *ml, struct query_result *r, const char *path,
			 const char *version, struct err *e)
{
	r->failure = failure_of(e);
	modload_note_fatal(ml, e);
	if (!e || e->form != ERR_FORM_MODULE)
		return false;
	/* an error about the version names it, be it empty */
	if (!*version && str_has_prefix(e->text, "version \"\" invalid: ")) {
		r->inner = arena_strdup(&ml->arena, e->text);
		err_clear(e);
		return err_set(e, ERR_USAGE, "%s@: invalid version: %s", path,
			       r->inner + strlen("version \"\" invalid: "));
	}
	r->inner = inner_text(&ml->arena, version, e->text);
	return *version ? err_wrap(e, "%s@%s: ", path, version) : err_wrap(e, "module %s: ", path);
}

static bool own_error(struct query_result *r, enum query_failure failure, enum err_code code,
		      struct err *e, const char *fmt, ...) PRINTF_FMT(5, 6);
static bool own_error(struct query_result *r, enum query_failure failure, enum err_code code,
		      struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, code, fmt, ap);
	va_end(ap);
	return fail(r, failure);
}

/* As own_error, for an error that go wraps into a module.ModuleError. */
static bool version_error(struct modload *ml, struct query_result *r, enum query_failure failure,
			  struct modver m, const char *text, struct err *e)
{
	r->inner = text;
	err_set(e, ERR_REFUSED, "%s@%s: %s", m.path, m.version, text);
	(void)ml;
	return fail(r, failure);
}

bool query_is_revision(const char *path, const char *query)
{
	if (str_eq(query, "latest") || str_eq(query, "upgrade") || str_eq(query, "patch") ||
	    *query == '<' || *query == '>')
		return false;
	return !(gover_mod_valid(path, query) && gover_mod_is_prefix(path, query));
}

static bool matches_major(const char *path, const char *version)
{
	size_t prefix;

	return modpath_split(path, &prefix) && modpath_check_major(version, path + prefix, NULL);
}

/* "<=v1.2.3" and its kin. */
static bool match_range(struct matcher *m, const char *query, const char *v, struct query_result *r,
			struct err *e)
{
	bool strict_lower = m->relation == BELOW || m->relation == AT_LEAST;

	if (!gover_mod_valid(m->path, v))
		return own_error(r, QUERY_OTHER, ERR_USAGE, e,
				 "invalid semantic version \"%s\" in range \"%s\"", v, query);
	if (!strict_lower && gover_mod_is_prefix(m->path, v))
		return own_error(r, QUERY_OTHER, ERR_USAGE, e,
				 "ambiguous semantic version \"%s\" in range \"%s\"", v, query);
	m->bound = v;
	m->prefer_lower = m->relation == AT_LEAST || m->relation == ABOVE;
	m->prefer_incompatible |= !matches_major(m->path, v);
	return true;
}

static void match_version(struct run *q)
{
	struct matcher *m = &q->m;
	struct arena *a = &q->repo.ml->arena;

	m->bound = q->query;
	if (gover_mod_is_prefix(m->path, q->query)) {
		m->prefix = arena_fmt(a, "%s.", q->query);
		m->relation = AT_LEAST;
	} else {
		m->can_stat = true;
		m->prefix = semver_canonical(a, q->query);
		m->relation = EXACTLY;
	}
	m->prefer_incompatible |= !matches_major(m->path, q->query);
}

static void match_from_current(struct run *q)
{
	q->m.may_use_latest = pseudo_is(q->current);
	q->m.relation = AT_LEAST;
	q->m.bound = q->current;
}

/* newQueryMatcher; *revision is set for what is no semantic version at all. */
static bool matcher_init(struct run *q, bool *revision, struct err *e)
{
	struct matcher *m = &q->m;
	const char *query = q->query;
	bool known = *q->current && !str_eq(q->current, "none");

	*revision = false;
	m->prefer_incompatible = str_has_suffix(q->current, "+incompatible");
	if (str_eq(query, "latest") || (str_eq(query, "upgrade") && !known)) {
		m->may_use_latest = true;
	} else if (str_eq(query, "upgrade")) {
		match_from_current(q);
	} else if (str_eq(query, "patch")) {
		if (!known)
			return own_error(
				q->r, QUERY_NO_PATCH_BASE, ERR_USAGE, e,
				"can't query version \"patch\" of module %s: no existing version is required",
				m->path);
		match_from_current(q);
		m->prefix = arena_fmt(&q->repo.ml->arena, "%s.",
				      gover_mod_major_minor(&q->repo.ml->arena, m->path,
							    q->current));
	} else if (str_has_prefix(query, "<=")) {
		m->relation = AT_MOST;
		return match_range(m, query, query + 2, q->r, e);
	} else if (*query == '<') {
		m->relation = BELOW;
		return match_range(m, query, query + 1, q->r, e);
	} else if (str_has_prefix(query, ">=")) {
		m->relation = AT_LEAST;
		return match_range(m, query, query + 2, q->r, e);
	} else if (*query == '>') {
		m->relation = ABOVE;
		return match_range(m, query, query + 1, q->r, e);
	} else if (gover_mod_valid(m->path, query)) {
		match_version(q);
	} else {
		*revision = true;
	}
	return true;
}

static bool in_range(const struct matcher *m, const char *v)
{
	int c = m->bound ? gover_mod_compare(m->path, v, m->bound) : 0;

	switch (m->relation) {
	case ANY_VERSION: return true;
	case AT_MOST: return c <= 0;
	case BELOW: return c < 0;
	case AT_LEAST: return c >= 0;
	case ABOVE: return c > 0;
	case EXACTLY: return c == 0;
	}
	return true;
}

/* CheckAllowed as far as it says "disallowed": other errors do not forbid a version. The reason goes to e. */
static bool is_disallowed(struct modload *ml, enum query_allow allow, struct modver m,
			  const char **why)
{
	struct query_retraction ret;
	const char *text;

	if (allow & QUERY_NOT_EXCLUDED && modload_is_excluded(ml, m)) {
		*why = "excluded by go.mod";
		return true;
	}
	if (!(allow & QUERY_NOT_RETRACTED) || !query_retracted(ml, m, &ret, NULL) || !ret.retracted)
		return false;
	text = "retracted by module author";
	*why = ret.n ? arena_fmt(&ml->arena, "%s: %s", text,
				 query_short_message(&ml->arena, ret.rationale[0], text))
		     : text;
	return true;
}

static bool forbids(struct run *q, struct modver m, const char **why)
{
	if (q->m.allow & QUERY_CURRENT && str_eq(m.version, q->current))
		return false;
	return is_disallowed(q->repo.ml, q->m.allow, m, why);
}

static bool allows(struct run *q, const char *v)
{
	const struct matcher *m = &q->m;
	const char *why;

	if (m->prefix && !str_has_prefix(v, m->prefix)) {
		size_t n = strlen(m->prefix);

		if (!gover_is_toolchain(m->path) || strlen(v) + 1 != n ||
		    strncmp(v, m->prefix, n - 1) != 0)
			return false;
	}
	return in_range(m, v) && !forbids(q, (struct modver){ m->path, v }, &why);
}

/* versionHasGoMod: is the go.mod more than what go makes up for a module that has none? */
static bool has_gomod(struct run *q, const char *version, bool *yes, struct err *e)
{
	struct modload *ml = q->repo.ml;
	struct modver m = { q->m.path, version };
	const char *data, *fake;
	size_t len;

	if (!source_gomod(ml->o.source, m, &data, &len, e))
		return module_error(ml, q->r, m.path, m.version, e);
	fake = arena_fmt(&ml->arena, "module %s\n", modsyntax_quote(&ml->arena, m.path));
	*yes = strlen(fake) != len || memcmp(fake, data, len) != 0;
	return true;
}

/* filterVersions: releases and prereleases that qualify, ascending. */
static bool filter(struct run *q, const struct version_list *all, struct version_list *rel,
		   struct version_list *pre, struct err *e)
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
				break; /* from here on all are +incompatible */
			need_incompatible = true;
		}
		if (gover_mod_is_prerelease(q->m.path, v))
			vec_push(pre, v);
		else
			vec_push(rel, v);
	}
	return true;
}

static bool any_member_replaces(const struct modload *ml)
{
	for (size_t i = 1; i < ml->n_replaces; i++) {
		if (ml->replaces[i].n)
			return true;
	}
	return false;
}

static bool replacement_stat(struct modload *ml, const char *v, struct source_info *info)
{
	int64_t t;

	*info = (struct source_info){ .version = v, .time = "" };
	if (pseudo_is(v) && pseudo_time(&t, v, NULL)) {
		struct tm tm;
		time_t tt = (time_t)t;

		if (gmtime_r(&tt, &tm))
			info->time = arena_fmt(&ml->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ",
					       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
					       tm.tm_hour, tm.tm_min, tm.tm_sec);
	}
	return true;
}

static bool repo_error(struct repo *r, struct query_result *res, struct err *e)
{
	if (e)
		err_copy(e, &r->path_err);
	return fail(res, QUERY_INVALID_PATH);
}

/* One question to the repository; asked is the module version that the error belongs to, if it is a repository's error. */
static bool real_stat(struct repo *r, const char *rev, struct source_info *info,
		      struct modver *asked, struct err *e)
{
	*asked = (struct modver){ r->path, rev };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_stat(r->ml, r->hop, r->path, rev, info, asked, e);
	return r->usable && source_stat_at(r->ml->o.source, r->hop, r->path, rev, info, e);
}

static bool real_versions(struct repo *r, const char *const **list, size_t *n, struct modver *asked,
			  struct err *e)
{
	*asked = (struct modver){ r->path, "" };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_versions(r->ml, r->hop, r->path, list, n, asked, e);
	return !r->usable || source_versions_at(r->ml->o.source, r->hop, r->path, list, n, e);
}

static bool real_latest(struct repo *r, struct source_info *info, struct modver *asked,
			struct err *e)
{
	*asked = (struct modver){ r->path, "" };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_latest(r->ml, r->hop, r->path, info, asked, e);
	return r->usable && source_latest_at(r->ml->o.source, r->hop, r->path, info, e);
}

/* Gives the error of one of these. */
static bool real_error(struct run *q, struct modver asked, struct err *why, struct err *e)
{
	if (*asked.path)
		module_error(q->repo.ml, q->r, asked.path, asked.version, why);
	else
		fail(q->r, QUERY_OTHER);
	if (e)
		err_move(e, why);
	err_release(why);
	return false;
}

/* Stat: a replaced version exists even where no proxy knows it. */
static bool repo_stat(struct run *q, const char *rev, struct source_info *info, struct err *e)
{
	struct repo *r = &q->repo;
	struct modload *ml = r->ml;
	struct err local = ERR_INIT;
	struct modver asked;
	const char *v;
	size_t prefix;

	if (real_stat(r, rev, info, &asked, &local))
		return true;
	v = modpath_canonical_version(&ml->arena, rev);
	if (r->replaced && any_member_replaces(ml) && str_eq(v, rev)) {
		if (modpath_split(r->path, &prefix) && !r->path[prefix] &&
		    !modpath_check_major(v, "", NULL) && semver_build(v).len == 0)
			v = arena_fmt(&ml->arena, "%s+incompatible", v);
		if (*modload_replacement(ml, (struct modver){ r->path, v }).path) {
			err_release(&local);
			return replacement_stat(ml, v, info);
		}
	}
	if (!r->usable) {
		err_release(&local);
		return repo_error(r, q->r, e);
	}
	return real_error(q, asked, &local, e);
}

/* What the proxies list. A module of which only replacements exist has an empty list. */
static bool listed_versions(struct run *q, const char *const **list, size_t *n, struct err *e)
{
	struct repo *r = &q->repo;
	struct err local = ERR_INIT;
	struct modver asked;

	*list = NULL;
	*n = 0;
	if (real_versions(r, list, n, &asked, &local))
		return true;
	if (r->replaced && failure_of(&local) == QUERY_NOT_EXIST) {
		err_release(&local);
		return true;
	}
	return real_error(q, asked, &local, e);
}

static void add_replaced_versions(struct run *q, struct version_list *out)
{
	struct modload *ml = q->repo.ml;
	const char *prefix = q->m.prefix ? q->m.prefix : "";

	for (size_t i = 1; i < ml->n_replaces; i++) {
		const struct replace_line *l = map_get(&ml->replaces[i].by_path, q->m.path);

		for (; l; l = l->next) {
			if (*l->old.version && str_has_prefix(l->old.version, prefix) &&
			    !pseudo_is(l->old.version))
				vec_push(out, l->old.version);
		}
	}
}

static bool repo_versions(struct run *q, struct version_list *out, struct err *e)
{
	const char *const *list;
	size_t n, kept = 0;

	if (!listed_versions(q, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!q->m.prefix || gover_is_toolchain(q->m.path) ||
		    str_has_prefix(list[i], q->m.prefix))
			vec_push(out, list[i]);
	}
	n = out->n;
	if (q->repo.replaced)
		add_replaced_versions(q, out);
	if (out->n == n)
		return true;
	semver_sort(out->items, out->n);
	for (size_t i = 0; i < out->n; i++) {
		if (kept == 0 || !str_eq(out->items[kept - 1], out->items[i]))
			out->items[kept++] = out->items[i];
	}
	out->n = kept;
	return true;
}

/* A wildcard replacement alone: a version below every real one. */
static const char *zero_version(struct arena *a, const char *path)
{
	size_t prefix;

	if (modpath_split(path, &prefix) && path[prefix])
		return pseudo_zero(a, path + prefix + 1);
	return pseudo_zero(a, "v0");
}

static bool repo_latest(struct run *q, struct source_info *info, struct err *e)
{
	struct repo *r = &q->repo;
	struct modload *ml = r->ml;
	struct err local = ERR_INIT;
	const char *v = r->replaced ? modload_highest_replaced(ml, r->path) : NULL;
	struct modver asked;
	bool ok = real_latest(r, info, &asked, &local);

	if (v) {
		if (!*v)
			v = zero_version(&ml->arena, r->path);
		if (!ok || gover_mod_compare(r->path, v, info->version) > 0) {
			err_release(&local);
			return replacement_stat(ml, v, info);
		}
	}
	if (ok)
		return true;
	if (!r->usable)
		return repo_error(r, q->r, e);
	return real_error(q, asked, &local, e);
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Seconds since 1970 of an RFC 3339 time; false if it is none. */
bool query_parse_time(const char *s, int64_t *t)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	struct tm tm = { 0 };
	int sign, offset = 0;

	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return false;
	}
	tm.tm_year = two(s) * 100 + two(s + 2) - 1900;
	tm.tm_mon = two(s + 5) - 1;
	tm.tm_mday = two(s + 8);
	tm.tm_hour = two(s + 11);
	tm.tm_min = two(s + 14);
	tm.tm_sec = two(s + 17);
	s += 19;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	sign = *s == '-' ? -1 : 1;
	if ((*s == '+' || *s == '-') && strlen(s) == 6)
		offset = sign * (two(s + 1) * 3600 + two(s + 4) * 60);
	else if (*s != 'Z')
		return false;
	*t = (int64_t)timegm(&tm) - offset;
	return true;
}

static bool give(struct run *q, const struct source_info *info)
{
	struct arena *a = &q->repo.ml->arena;

	q->r->version = arena_strdup(a, info->version);
	q->r->time = info->time ? arena_strdup(a, info->time) : "";
	q->r->origin = info->origin ? arena_strdup(a, info->origin) : NULL;
	q->r->failure = QUERY_OK;
	return true;
}

/* The chosen version's .info; from a pseudo-version an upgrade never goes back in time. */
static bool lookup(struct run *q, const char *v, struct err *e)
{
	struct modver current = { q->m.path, q->current };
	struct source_info info;
	int64_t t, now;
	const char *why;

	if (!repo_stat(q, v, &info, e))
		return false;
	if ((str_eq(q->query, "upgrade") || str_eq(q->query, "patch")) && pseudo_is(q->current) &&
	    query_parse_time(info.time ? info.time : "", &t) &&
	    pseudo_time(&now, q->current, NULL) && t < now) {
		if (forbids(q, current, &why))
			return version_error(q->repo.ml, q->r, QUERY_DISALLOWED, current, why, e);
		if (!repo_stat(q, q->current, &info, e))
			return false;
	}
	return give(q, &info);
}

/* An exact version or a revision. */
static bool query_stat(struct run *q, struct err *e)
{
	struct modload *ml = q->repo.ml;
	struct source_info info;
	struct modver m;
	const char *why;

	if (!repo_stat(q, q->query, &info, e)) {
		const char *canonical = modpath_canonical_version(&ml->arena, q->query);
		struct query_result first = *q->r;
		struct err second = ERR_INIT;
		bool found;

		if (!*canonical || str_eq(canonical, q->query))
			return false;
		found = repo_stat(q, canonical, &info, &second);
		err_release(&second);
		if (!found) {
			*q->r = first;
			return false;
		}
		err_clear(e);
	}
	m = (struct modver){ q->m.path, info.version };
	if (forbids(q, m, &why))
		return version_error(ml, q->r, QUERY_DISALLOWED, m, why, e);
	return give(q, &info);
}

static bool no_match(struct run *q, struct err *e)
{
	bool named = (str_eq(q->query, "upgrade") || str_eq(q->query, "patch")) && *q->current &&
		     !str_eq(q->current, "none");

	if (named)
		return own_error(q->r, QUERY_NO_VERSION, ERR_NO_MATCH, e,
				 "no matching versions for query \"%s\" (current version is %s)",
				 q->query, q->current);
	return own_error(q->r, QUERY_NO_VERSION, ERR_NO_MATCH, e,
			 "no matching versions for query \"%s\"", q->query);
}

/* What is left where no listed version qualifies. */
static bool query_fallback(struct run *q, struct err *e)
{
	struct modver current = { q->m.path, q->current };
	struct source_info info;
	struct err local = ERR_INIT;
	const char *why;

	if (q->m.may_use_latest) {
		bool ok = repo_latest(q, &info, &local);

		if (ok && allows(q, info.version))
			return lookup(q, info.version, e);
		if (!ok && q->r->failure != QUERY_NOT_EXIST)
			return e ? err_move(e, &local) : (err_release(&local), false);
		/* GOPROXY=off is a reason that a person wants to hear; go says "no matching versions" */
		err_release(&local);
		q->r->failure = QUERY_OK;
		q->r->inner = NULL;
	}
	if ((str_eq(q->query, "upgrade") || str_eq(q->query, "patch")) && *q->current &&
	    !str_eq(q->current, "none")) {
		if (forbids(q, current, &why))
			return version_error(q->repo.ml, q->r, QUERY_DISALLOWED, current, why, e);
		return lookup(q, q->current, e);
	}
	return no_match(q, e);
}

static bool query_list(struct run *q, struct err *e)
{
	struct version_list all = { 0 }, rel = { 0 }, pre = { 0 };
	const struct version_list *from;
	bool ok = repo_versions(q, &all, e) && filter(q, &all, &rel, &pre, e);

	if (ok) {
		from = rel.n ? &rel : &pre;
		ok = from->n ? lookup(q, from->items[q->m.prefer_lower ? 0 : from->n - 1], e)
			     : query_fallback(q, e);
	}
	vec_release(&all);
	vec_release(&rel);
	vec_release(&pre);
	return ok;
}

static bool query_disabled(struct run *q, struct err *e)
{
	const struct modload *ml = q->repo.ml;

	if (!*ml->build_mod_reason)
		return own_error(q->r, QUERY_OTHER, ERR_REFUSED, e,
				 "cannot query module due to -mod=vendor");
	return own_error(q->r, QUERY_OTHER, ERR_REFUSED, e,
			 "cannot query module due to -mod=vendor\n\t(%s)", ml->build_mod_reason);
}

static bool repo_open(struct run *q, struct err *e)
{
	struct repo *r = &q->repo;

	r->replaced = r->ml->n_replaces && modload_highest_replaced(r->ml, r->path) != NULL;
	r->usable = gover_is_toolchain(r->path) || modpath_check(r->path, &r->path_err);
	if (r->usable || r->replaced)
		return true;
	return repo_error(r, q->r, e);
}

static bool query_run(struct run *q, struct err *e)
{
	struct modload *ml = q->repo.ml;
	bool revision;

	if (*q->current && !str_eq(q->current, "none") && !gover_mod_valid(q->m.path, q->current))
		return own_error(q->r, QUERY_OTHER, ERR_USAGE, e, "invalid previous version %s@%s",
				 q->m.path, q->current);
	if (ml->build_mod == BUILD_MOD_VENDOR)
		return query_disabled(q, e);
	if ((str_eq(q->query, "upgrade") || str_eq(q->query, "patch")) &&
	    modload_is_main(ml, q->m.path))
		return give(q, &(struct source_info){ .version = "", .time = "" });
	if (str_eq(q->m.path, "std") || str_eq(q->m.path, "cmd"))
		return own_error(
			q->r, QUERY_OTHER, ERR_USAGE, e,
			"can't query specific version (\"%s\") of standard-library module \"%s\"",
			q->query, q->m.path);
	if (!repo_open(q, e) || !matcher_init(q, &revision, e))
		return false;
	return revision || q->m.can_stat ? query_stat(q, e) : query_list(q, e);
}

/* A query of one hop after the other, each time from the beginning. */
struct query_in_turn {
	struct run start; /* a copy of it is run */
	bool (*work)(struct run *q, struct err *e);
	/* the results of the hops that failed, with their texts: one of them is the one that counts */
	VEC(struct query_result) results;
	VEC(char *) texts;
};

static bool query_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	struct query_in_turn *t = ctx;
	struct query_result r = { .version = "", .time = "" };
	struct run q = t->start;
	struct err why = ERR_INIT;
	bool ok;

	q.repo.hop = hop;
	q.r = &r;
	ok = t->work(&q, &why);
	err_release(&q.repo.path_err);
	if (ok) {
		*t->start.r = r;
		err_release(&why);
		return true;
	}
	vec_push(&t->results, r);
	vec_push(&t->texts, xstrdup(why.text ? why.text : ""));
	return err_move(e, &why);
}

/* TryProxies around a query; q->r is what belongs to the error that is given. */
static bool query_in_turn(const struct run *q, bool (*work)(struct run *q, struct err *e),
			  struct err *e)
{
	struct query_in_turn t = { .start = *q, .work = work };
	struct err local = ERR_INIT;
	bool ok;

	*q->r = (struct query_result){ .version = "", .time = "", .failure = QUERY_OTHER };
	ok = source_try_hops(q->repo.ml->o.source, query_hop, &t, &local);
	for (size_t i = 0; i < t.texts.n; i++) {
		if (!ok && local.text && str_eq(t.texts.items[i], local.text))
			*q->r = t.results.items[i];
		free(t.texts.items[i]);
	}
	vec_release(&t.texts);
	vec_release(&t.results);
	if (!ok && e)
		err_move(e, &local);
	err_release(&local);
	return ok;
}

bool query_version(struct modload *ml, const char *path, const char *query, const char *current,
		   enum query_allow allow, struct query_result *r, struct err *e)
{
	struct run q = { .repo = { .ml = ml, .path = path },
			 .m = { .path = path, .allow = allow },
			 .query = query,
			 .current = current,
			 .r = r };

	return query_in_turn(&q, query_run, e);
}

static bool list_run(struct run *q, struct err *e)
{
	struct modload *ml = q->repo.ml;
	struct version_list all = { 0 };
	const char *why;
	bool ok = repo_open(q, e) && repo_versions(q, &all, e);

	for (size_t i = 0; ok && i < all.n; i++) {
		if (!is_disallowed(ml, q->m.allow, (struct modver){ q->m.path, all.items[i] },
				   &why))
			vec_push(q->listed, arena_strdup(&ml->arena, all.items[i]));
	}
	vec_release(&all);
	return ok;
}

bool query_versions(struct modload *ml, const char *path, enum query_allow allow,
		    const char *const **versions, size_t *n, struct err *e)
{
	struct version_list out = { 0 };
	struct query_result r;
	struct run q = { .repo = { .ml = ml, .path = path },
			 .m = { .path = path, .allow = allow },
			 .query = "",
			 .current = "",
			 .r = &r,
			 .listed = &out };
	bool ok = query_in_turn(&q, list_run, e);

	*versions = arena_memdup(&ml->arena, out.items, out.n * sizeof(*out.items));
	*n = out.n;
	vec_release(&out);
	return ok;
}

/* One answer of query_latest, kept. */
struct latest {
	bool ok;
	struct modver mod;
	enum query_failure failure;
	enum err_code code;
	enum err_form form;
	const char *text;
};

bool query_latest(struct modload *ml, const char *path, struct modver *latest,
		  enum query_failure *failure, struct err *e)
{
	struct latest *l = map_get(&ml->latest, path);

	if (!l) {
		struct modver all;
		struct query_result r;
		struct err local = ERR_INIT;

		path = arena_strdup(&ml->arena, path); /* the answer keeps it */
		all = modload_replacement(ml, (struct modver){ path, "" });
		l = arena_calloc(&ml->arena, 1, sizeof(*l));
		l->ok = *all.path || query_version(ml, path, "latest", "", QUERY_ANY, &r, &local);
		if (!l->ok) {
			l->failure = r.failure;
			l->code = local.code;
			l->form = local.form;
			l->text = arena_strdup(&ml->arena, local.text ? local.text : "");
		} else {
			l->mod = *all.path
					 ? all
					 : modload_resolve(ml, (struct modver){ path, r.version });
		}
		err_release(&local);
		map_put(&ml->latest, path, l);
	}
	*latest = l->mod;
	*failure = l->failure;
	return l->ok || err_set(e, l->code, "%s", l->text) || err_mark(e, l->form);
}

/* The go.mod that speaks for all versions of a module: NULL with ok set where none does. */
static const struct mod_summary *speaker(struct modload *ml, struct modver m, bool *ok,
					 enum query_failure *failure, struct err *e)
{
	const struct mod_summary *s;
	struct modver latest;
	bool too_new;

	*ok = true;
	*failure = QUERY_OK;
	if (!*m.version || *modload_replacement(ml, (struct modver){ m.path, "" }).path)
		return NULL;
	*ok = query_latest(ml, m.path, &latest, failure, e);
	if (!*ok)
		return NULL;
	s = modload_raw_summary(ml, latest, &too_new, e);
	*ok = s != NULL;
	if (!s)
		*failure = failure_of(e);
	return s;
}

bool query_retracted(struct modload *ml, struct modver m, struct query_retraction *r, struct err *e)
{
	struct err local = ERR_INIT;
	const char **list;
	const struct mod_summary *s;
	bool ok;

	*r = (struct query_retraction){ 0 };
	s = speaker(ml, m, &ok, &r->failure, &local);
	if (!ok) {
		err_set(e, local.code, "loading module retractions for %s@%s: %s", m.path,
			m.version, local.text);
		err_release(&local);
		return false;
	}
	if (!s)
		return true;
	list = arena_alloc(&ml->arena, s->n_retract * sizeof(*list));
	for (size_t i = 0; i < s->n_retract; i++) {
		const struct mod_retraction *x = &s->retract[i];

		if (gover_mod_compare(m.path, x->low, m.version) > 0 ||
		    gover_mod_compare(m.path, m.version, x->high) > 0)
			continue;
		r->retracted = true;
		if (*x->rationale)
			list[r->n++] = x->rationale;
	}
	r->rationale = list;
	return true;
}

bool query_deprecated(struct modload *ml, struct modver m, const char **text,
		      enum query_failure *failure, struct err *e)
{
	struct err local = ERR_INIT;
	bool ok;
	const struct mod_summary *s = speaker(ml, m, &ok, failure, &local);

	*text = s ? s->deprecated : "";
	if (ok)
		return true;
	err_set(e, local.code, "loading deprecation for %s: %s", m.path, local.text);
	err_release(&local);
	return false;
}

const char *query_short_message(struct arena *a, const char *message, const char *empty)
{
	static const char blanks[] = " \t\r\f\v";
	size_t len = strcspn(message, "\n"), n;
	uint32_t rune;

	while (len && strchr(blanks, *message)) {
		message++;
		len--;
	}
	while (len && strchr(blanks, message[len - 1]))
		len--;
	if (!len)
		return empty;
	if (len > 500)
		return "(message omitted: too long)";
	for (size_t i = 0; i < len; i += n) {
		n = text_rune(message + i, len - i, &rune);
		if (!text_is_print(rune) && rune != '\t' && rune != 0x3000 && rune != 0xa0)
			return "(message omitted: contains non-printable characters)";
	}
	return arena_strndup(a, message, len);
}

struct prefetch {
	struct modload *ml;
	const char *const *paths;
	const struct modver *mods;
};

static void prefetch_list(void *ctx, size_t i)
{
	struct prefetch *p = ctx;
	const char *const *list;
	struct source_info info;
	size_t n;

	if (cancel_is_set(p->ml->o.cancel) || !modpath_check(p->paths[i], NULL))
		return;
	if (source_versions(p->ml->o.source, p->paths[i], &list, &n, NULL) && n == 0)
		source_latest(p->ml->o.source, p->paths[i], &info, NULL);
	else if (n)
		source_stat(p->ml->o.source, p->paths[i], list[n - 1], &info, NULL);
}

static void prefetch_gomod(void *ctx, size_t i)
{
	struct prefetch *p = ctx;
	const char *data;
	size_t len;

	if (!cancel_is_set(p->ml->o.cancel) && *p->mods[i].version)
		source_gomod(p->ml->o.source, p->mods[i], &data, &len, NULL);
}

#define NETWORK_THREADS 32u

void query_prefetch(struct modload *ml, const char *const *paths, size_t n, enum query_allow allow)
{
	struct prefetch p = { .ml = ml, .paths = paths };
	struct modver *mods;
	size_t n_mods = 0;

	par_for(n, NETWORK_THREADS, prefetch_list, &p);
	if (!(allow & QUERY_NOT_RETRACTED))
		return;
	mods = xreallocarray(NULL, n + 1, sizeof(*mods));
	for (size_t i = 0; i < n && !cancel_is_set(ml->o.cancel); i++) {
		enum query_failure failure;

		if (query_latest(ml, paths[i], &mods[n_mods], &failure, NULL))
			n_mods++;
	}
	p.mods = mods;
	par_for(n_mods, NETWORK_THREADS, prefetch_gomod, &p);
	free(mods);
}
