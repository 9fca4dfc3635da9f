#include "base/arena.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "graph/query_impl.h"

bool query_is_upgrade(const char *query)
{
	return str_eq(query, "upgrade") || str_eq(query, "patch");
}

bool query_is_known(const char *current)
{
	return *current && !str_eq(current, "none");
}

static bool matches_major(const char *path, const char *version)
{
	size_t prefix;

	return modpath_split(path, &prefix) && modpath_check_major(version, path + prefix, NULL);
}

/* "<=v1.2.3" and similar. */
static bool match_range(struct query_match *m, const char *query, struct query_result *r,
			struct err *e)
{
	bool less = *query == '<', or_equal = query[1] == '=';
	const char *v = query + 1 + or_equal;

	m->relation = less ? (or_equal ? AT_MOST : BELOW) : (or_equal ? AT_LEAST : ABOVE);
	if (!gover_mod_valid(m->path, v))
		return query_fail(r, QUERY_OTHER, ERR_USAGE, e,
				  "invalid semantic version \"%s\" in range \"%s\"", v, query);
	if (less == or_equal && gover_mod_is_prefix(m->path, v))
		return query_fail(r, QUERY_OTHER, ERR_USAGE, e,
				  "ambiguous semantic version \"%s\" in range \"%s\"", v, query);
	m->bound = v;
	m->prefer_lower = !less;
	m->prefer_incompatible |= !matches_major(m->path, v);
	return true;
}

static void match_version(struct query_match *m, struct arena *a, const char *query)
{
	m->bound = query;
	if (gover_mod_is_prefix(m->path, query)) {
		m->prefix = arena_fmt(a, "%s.", query);
		m->relation = AT_LEAST;
	} else {
		m->can_stat = true;
		m->prefix = semver_canonical(a, query);
		m->relation = EXACTLY;
	}
	m->prefer_incompatible |= !matches_major(m->path, query);
}

static void match_from_current(struct query_match *m, const char *current)
{
	m->may_use_latest = pseudo_is(current);
	m->relation = AT_LEAST;
	m->bound = current;
}

static bool match_patch(struct query_match *m, struct arena *a, const char *current,
			struct query_result *r, struct err *e)
{
	if (!query_is_known(current))
		return query_fail(
			r, QUERY_NO_PATCH_BASE, ERR_USAGE, e,
			"can't query version \"patch\" of module %s: no existing version is required",
			m->path);
	match_from_current(m, current);
	m->prefix = arena_fmt(a, "%s.", gover_mod_major_minor(a, m->path, current));
	return true;
}

bool query_match_init(struct query_match *m, struct arena *a, const char *query,
		      const char *current, struct query_result *r, struct err *e)
{
	m->prefer_incompatible = str_has_suffix(current, "+incompatible");
	if (str_eq(query, "patch"))
		return match_patch(m, a, current, r, e);
	if (*query == '<' || *query == '>')
		return match_range(m, query, r, e);
	if (str_eq(query, "latest") || (str_eq(query, "upgrade") && !query_is_known(current)))
		m->may_use_latest = true;
	else if (str_eq(query, "upgrade"))
		match_from_current(m, current);
	else if (gover_mod_valid(m->path, query))
		match_version(m, a, query);
	else
		m->is_revision = true;
	return true;
}

static bool in_range(const struct query_match *m, const char *v)
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

bool query_match_version(const struct query_match *m, const char *v)
{
	if (m->prefix && !str_has_prefix(v, m->prefix)) {
		size_t n = strlen(m->prefix);

		if (!gover_is_toolchain(m->path) || strlen(v) + 1 != n ||
		    strncmp(v, m->prefix, n - 1) != 0)
			return false;
	}
	return in_range(m, v);
}
