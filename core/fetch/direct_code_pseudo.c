/* Whether a pseudo-version matches its revision (validatePseudoVersion). */
#include "fetch/direct_code_impl.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

static bool pseudo_error(struct err *e, const char *fmt, ...) PRINTF_FMT(2, 3);
static bool pseudo_error(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, ERR_SYNTAX, fmt, ap);
	va_end(ap);
	return direct_code_invalid(e, "pseudo-version");
}

/* module.InvalidVersionError for this version. */
static bool not_pseudo(struct err *why, struct err *e)
{
	pseudo_error(e, "%s", why->text + why->reason);
	err_release(why);
	return false;
}

/* The same for the version without its +incompatible. */
static bool no_base(const struct direct_code *c, const char *version, const char *plain,
		    struct err *why, struct err *e)
{
	not_pseudo(why, e);
	if (!e || str_eq(version, plain))
		return false;
	err_wrap(e, "%s@%s: ", c->path, plain);
	e->reason = 0;
	return err_mark(e, ERR_FORM_NAMED);
}

static bool check_rev(struct direct_code *c, const struct githost_rev *rev, const char *version,
		      const char **digits, struct err *e)
{
	struct err why = ERR_INIT;
	const char *given;

	if (!pseudo_rev(&given, &c->arena, version, &why))
		return not_pseudo(&why, e);
	*digits = given;
	if (strlen(given) == 12 && memcmp(given, rev->hash, 12) == 0)
		return true;
	return pseudo_error(e,
			    strncmp(given, rev->hash, 12) == 0
				    ? "revision is longer than canonical (expected %.12s)"
			    : str_has_prefix(rev->hash, given)
				    ? "revision is shorter than canonical (expected %.12s)"
				    : "does not match short name of revision (expected %.12s)",
			    rev->hash);
}

static bool check_time(struct direct_code *c, const struct githost_rev *rev, const char *version,
		       struct err *e)
{
	struct err why = ERR_INIT;
	const char *want;
	int64_t t;

	if (!pseudo_time(&t, version, &why))
		return not_pseudo(&why, e);
	if (t == rev->time)
		return true;
	want = pseudo_make(&c->arena, "", "", rev->time, "0");
	return pseudo_error(e, "does not match version-control timestamp (expected %.14s)",
			    want + 7);
}

/* A tag of the base version must be an ancestor of the revision. */
static bool check_ancestor(struct direct_code *c, const struct githost_rev *rev, const char *base,
			   const char *digits, struct err *e)
{
	const char *full = arena_fmt(&c->arena, "%s%s", c->tag_prefix, base), *last = "";
	char sum[GITHOST_SUM_LEN + 1];
	struct githost_tag *tags;
	size_t n;

	if (!githost_tags(c->host, &c->arena, full, &tags, &n, sum, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		if (semver_compare(tags[i].name + strlen(c->tag_prefix), base) != 0)
			continue;
		last = tags[i].name;
		if (!githost_descends(c->host, rev->hash, &tags[i], &found, e))
			return false;
		if (found)
			return true;
	}
	if (!*last)
		return pseudo_error(e, "preceding tag (%s) not found", base);
	return pseudo_error(e, "revision %s is not a descendent of preceding tag (%s)", digits,
			    last);
}

bool direct_code_check_pseudo(struct direct_code *c, const struct githost_rev *rev,
			      const char *version, struct err *e)
{
	const char *base, *digits, *plain = version, **tags;
	struct err why = ERR_INIT;
	size_t n;

	if (!check_rev(c, rev, version, &digits, e) || !check_time(c, rev, version, e))
		return false;
	if (str_has_suffix(version, "+incompatible"))
		plain = arena_strndup(&c->arena, version,
				      strlen(version) - strlen("+incompatible"));
	if (!pseudo_base(&base, &c->arena, plain, &why))
		return no_base(c, version, plain, &why, e);
	if (!*base) {
		if (!*c->pseudo_major && semver_major(version) == 2 && version[1] == '1')
			return pseudo_error(
				e, "major version without preceding tag must be v0, not v1");
		return true;
	}
	githost_tags_of(c->host, rev, &c->arena, &tags, &n);
	for (size_t i = 0; i < n; i++) {
		const char *tag = tags[i], *v = str_cut_prefix(tag, c->tag_prefix);

		if (str_eq(v ? v : tag, base))
			return pseudo_error(
				e,
				"tag (%s) found on revision %s is already canonical, so should not be replaced with a pseudo-version derived from that tag",
				tag, digits);
	}
	return check_ancestor(c, rev, base, digits, e);
}
