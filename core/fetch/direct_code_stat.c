/* The version of a revision (codeRepo.Stat, convert). */
#include "base/text.h"
#include "fetch/direct_code_impl.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

struct choice {
	struct direct_code *c;
	const struct githost_rev *rev;
	const char *asked; /* statVers; "" for Latest */
	bool judged;	   /* retracted has been read */
	struct direct_code_retractions retracted;
	int no_root_mod; /* whether the tree has no go.mod; -1: unknown */
};

static bool has_file(struct choice *x, const char *path)
{
	char *data;
	size_t len;

	return githost_read(x->c->host, x->rev->hash, &x->c->arena, path, DIRECT_CODE_MAX_MOD,
			    &data, &len, NULL);
}

static bool major_fits(const struct direct_code *c, const char *v)
{
	return modpath_match_major_n(v, strlen(v), c->major, strlen(c->major));
}

/* canUseIncompatible */
static bool can_be_incompatible(struct choice *x, const char *v)
{
	if (*x->c->dir || *x->c->major)
		return false;
	if (x->no_root_mod < 0)
		x->no_root_mod = !has_file(x, "go.mod");
	if (!x->no_root_mod)
		return false;
	if (!*v || str_has_suffix(x->asked, "+incompatible"))
		return true;
	return !has_file(x, arena_fmt(&x->c->arena, "%.*s/go.mod", (int)semver_major(v), v));
}

static const char *without_suffix(struct arena *a, const char *v)
{
	return str_has_suffix(v, "+incompatible")
		       ? arena_strndup(a, v, strlen(v) - strlen("+incompatible"))
		       : v;
}

/* An error about a version, which the text names unless it is the requested one. */
static bool invalid(const struct choice *x, const char *version, struct err *e)
{
	direct_code_invalid(e, "version");
	if (!e || str_eq(version, x->asked))
		return false;
	err_wrap(e, "%s@%s: ", x->c->path, version);
	e->reason = 0;
	return err_mark(e, ERR_FORM_NAMED);
}

static bool refuse(const struct choice *x, const char *version, struct err *e, const char *text)
{
	err_set(e, ERR_SYNTAX, "%s", text);
	return invalid(x, version, e);
}

/* Why a version must not have, or must not lack, +incompatible; NULL if it is right. Adds the suffix to *v if needed. */
static const char *fix_suffix(struct choice *x, const char *base, const char **v)
{
	struct arena *a = &x->c->arena;
	int n = (int)semver_major(base);

	if (major_fits(x->c, base)) {
		if (!str_has_suffix(*v, "+incompatible"))
			return NULL;
		return arena_fmt(
			a, "+incompatible suffix not allowed: major version %.*s is compatible", n,
			base);
	}
	if (can_be_incompatible(x, base)) {
		*v = arena_fmt(a, "%s+incompatible", base);
		return NULL;
	}
	if (*x->c->major)
		return "module path includes a major version suffix, so major version must match";
	return arena_fmt(
		a,
		"module contains a go.mod file, so module path must match major version (\"%s/%.*s\")",
		x->c->prefix, n, base);
}

/* checkCanonical */
static bool check_canonical(struct choice *x, const char *v, const char **out, struct err *e)
{
	struct arena *a = &x->c->arena;
	const char *rev, *dir, *gomod, *base, *why;
	size_t len;

	if (!direct_code_find_dir(x->c, v, &rev, &dir, &gomod, &len, e)) {
		if (e && e->code != ERR_CANCELLED && e->code != ERR_NETWORK)
			e->code = ERR_NOT_FOUND;
		return invalid(x, v, e);
	}
	if (str_eq(v, without_suffix(a, x->asked)))
		v = x->asked;
	base = without_suffix(a, v);
	why = fix_suffix(x, base, &v);
	if (*x->asked && modpath_version_is_canonical_n(x->asked, strlen(x->asked)) &&
	    !str_eq(without_suffix(a, x->asked), base))
		return refuse(x, x->asked, e,
			      arena_fmt(a, "resolves to version %s (%s is not a tag)", v,
					without_suffix(a, x->asked)));
	if (why)
		return refuse(x, v, e, why);
	*out = v;
	return true;
}

/* tagToVersion: "" for a tag that is not a version. */
static const char *tag_version(struct direct_code *c, const char *tag, bool *canonical)
{
	const char *trimmed = str_cut_prefix(tag, c->tag_prefix), *v;

	*canonical = false;
	if (!trimmed || pseudo_is(tag))
		return "";
	v = semver_canonical(&c->arena, trimmed);
	if (!*v || !str_has_prefix(trimmed, v))
		return "";
	*canonical = str_eq(v, trimmed);
	return v;
}

/* An unreadable go.mod retracts nothing. */
static bool is_retracted(struct choice *x, const char *v)
{
	if (!x->judged)
		direct_code_retractions(x->c, &x->retracted, NULL);
	x->judged = true;
	return direct_code_is_retracted(&x->retracted, v);
}

static bool tag_is_base(void *ctx, const char *tag)
{
	struct choice *x = ctx;
	bool canonical;
	const char *v = tag_version(x->c, tag, &canonical);

	return *v && (major_fits(x->c, v) || can_be_incompatible(x, v)) && !is_retracted(x, v);
}

/* The tags on the commit: true if one of them is the version; else *base may be the base of a pseudo-version. */
static bool pick_tag(struct choice *x, const char **version, const char **base)
{
	const char *highest = "", **tags;
	size_t n;

	*base = "";
	githost_tags_of(x->c->host, x->rev, &x->c->arena, &tags, &n);
	for (size_t i = 0; i < n; i++) {
		bool canonical;
		const char *v = tag_version(x->c, tags[i], &canonical);

		if (*x->asked && semver_compare(v, x->asked) == 0) {
			if (canonical)
				return *version = v, true;
			*base = v;
		}
		if (canonical && semver_compare(highest, v) < 0 && !is_retracted(x, v) &&
		    (major_fits(x->c, v) || can_be_incompatible(x, v)))
			highest = v;
	}
	*version = highest;
	return *highest != 0;
}

static bool make_pseudo(struct choice *x, const char *base, const char **out, struct err *e)
{
	struct arena *a = &x->c->arena;
	const char *tag;
	bool canonical;

	if (!*base) {
		if (!githost_recent_tag(x->c->host, x->rev->hash, a, x->c->tag_prefix, tag_is_base,
					x, &tag, e))
			return false;
		if (*tag)
			base = tag_version(x->c, tag, &canonical);
	}
	return check_canonical(x,
			       pseudo_make(a, x->c->pseudo_major, base, x->rev->time,
					   arena_strndup(a, x->rev->hash, 12)),
			       out, e);
}

static bool convert(struct choice *x, const char **out, struct err *e)
{
	const char *v, *base;
	bool canonical;

	if (pseudo_is(x->asked))
		return check_canonical(x, x->asked, out, e) &&
		       direct_code_check_pseudo(x->c, x->rev, x->asked, e);
	v = tag_version(x->c, x->rev->version, &canonical);
	if (canonical && check_canonical(x, v, out, NULL))
		return true;
	if (pick_tag(x, &v, &base))
		return check_canonical(x, v, out, e);
	return make_pseudo(x, base, out, e);
}

bool direct_code_stat(struct direct_code *c, const char *rev, struct direct_code_version *info,
		      struct err *e)
{
	struct choice x = { .c = c, .asked = rev ? rev : "", .no_root_mod = -1 };

	if (!rev) {
		if (!githost_latest(c->host, &x.rev, e))
			return false;
	} else if (!githost_stat(c->host, direct_code_rev(c, rev), &x.rev, e)) {
		return direct_code_invalid(e, "version");
	}
	if (!convert(&x, &info->version, e))
		return false;
	info->rev = x.rev;
	info->tags_count = pseudo_is(info->version) && (!str_eq(info->version, x.asked) ||
							!str_has_prefix(info->version, "v0.0.0-"));
	return true;
}
