#include "base/buf.h"
#include "base/text.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "graph/query_impl.h"
#include "graph/toolchainrepo.h"

enum query_result_failure query_failure_of(const struct err *e)
{
	/* go treats GOPROXY=off as "does not exist" */
	return e && (e->code == ERR_NOT_FOUND || e->code == ERR_OFFLINE) ? QUERY_NOT_EXIST
									 : QUERY_OTHER;
}

/* The text of a module.ModuleError without its path and version; an InvalidVersionError has the version elsewhere. */
static const char *inner_text(struct arena *a, const char *version, const struct err *e)
{
	if (!e->reason)
		return arena_strdup(a, e->text);
	return arena_fmt(a, "%s %s invalid: %s", pseudo_is(version) ? "pseudo-version" : "version",
			 text_quoted(a, version), e->text + e->reason);
}

bool query_fail_source(struct modproject *mp, struct query_result *r, struct modver m,
		       struct err *e)
{
	struct arena *a = modproject_arena(mp);

	r->failure = query_failure_of(e);
	modproject_note_fatal(mp, e);
	if (e && e->form == ERR_FORM_NAMED)
		r->inner = arena_strdup(a, e->text);
	/* not a module.ModuleError: the caller names the query */
	if (!e || e->form != ERR_FORM_MODULE)
		return false;
	r->inner = inner_text(a, m.version, e);
	if (*m.version)
		return err_wrap(e, "%s@%s: ", m.path, m.version);
	if (!e->reason)
		return err_wrap(e, "module %s: ", m.path);
	/* an error about the version names it, even if empty */
	{
		const char *why = arena_strdup(a, e->text + e->reason);

		err_clear(e);
		return err_set(e, ERR_USAGE, "%s@: invalid version: %s", m.path, why);
	}
}

bool query_fail(struct query_result *r, enum query_result_failure failure, enum err_code code,
		struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, code, fmt, ap);
	va_end(ap);
	r->failure = failure;
	return false;
}

bool query_fail_version(struct query_result *r, enum query_result_failure failure, struct modver m,
			const char *text, struct err *e)
{
	r->inner = text;
	r->failure = failure;
	return err_set(e, ERR_REFUSED, "%s@%s: %s", m.path, m.version, text);
}

static bool replacement_stat(struct modproject *mp, const char *v, struct source_info *info)
{
	int64_t t;

	*info = (struct source_info){ .version = v, .time = "" };
	if (pseudo_is(v) && pseudo_time(&t, v, NULL)) {
		struct tm tm;
		time_t tt = (time_t)t;

		if (gmtime_r(&tt, &tm))
			info->time = arena_fmt(modproject_arena(mp),
					       "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
					       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
					       tm.tm_sec);
	}
	return true;
}

static bool repo_error(struct query_repo *r, struct query_result *res, struct err *e)
{
	if (e)
		err_copy(e, &r->path_err);
	res->failure = QUERY_INVALID_PATH;
	return false;
}

/* One question to the repository; `asked` is the module version that a repository's error belongs to. */
static bool real_stat(struct query_repo *r, const char *rev, struct source_info *info,
		      struct modver *asked, struct err *e)
{
	*asked = (struct modver){ r->path, rev };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_stat(r->mp, r->hop, r->path, rev, info, asked, e);
	return r->usable && source_stat_at(modproject_source(r->mp), r->hop, r->path, rev, info, e);
}

static bool real_versions(struct query_repo *r, const char *prefix, const char *const **list,
			  size_t *n, struct modver *asked, struct err *e)
{
	*asked = (struct modver){ r->path, "" };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_versions(r->mp, r->hop, r->path, list, n, asked, e);
	return !r->usable ||
	       source_versions_at(modproject_source(r->mp), r->hop, r->path, prefix, list, n, e);
}

static bool real_latest(struct query_repo *r, struct source_info *info, struct modver *asked,
			struct err *e)
{
	*asked = (struct modver){ r->path, "" };
	if (gover_is_toolchain(r->path))
		return toolchainrepo_latest(r->mp, r->hop, r->path, info, asked, e);
	return r->usable && source_latest_at(modproject_source(r->mp), r->hop, r->path, info, e);
}

/* Returns the error of one of these. */
static bool real_error(struct query_repo *r, struct query_result *res, struct modver asked,
		       struct err *why, struct err *e)
{
	if (*asked.path)
		query_fail_source(r->mp, res, asked, why);
	else
		res->failure = QUERY_OTHER;
	if (e)
		err_move(e, why);
	err_release(why);
	return false;
}

/* Stat: a replaced version exists even if no proxy has it. */
bool query_repo_stat(struct query_repo *r, const char *rev, struct source_info *info,
		     struct query_result *res, struct err *e)
{
	struct modproject *mp = r->mp;
	struct err local = ERR_INIT;
	struct modver asked;
	const char *v;
	size_t prefix;

	if (real_stat(r, rev, info, &asked, &local))
		return true;
	v = modpath_canonical_version(modproject_arena(mp), rev);
	if (r->replaced && modproject_any_member_replace(mp) && str_eq(v, rev)) {
		if (modpath_split(r->path, &prefix) && !r->path[prefix] &&
		    !modpath_check_major(v, "", NULL) && semver_build(v).len == 0)
			v = arena_fmt(modproject_arena(mp), "%s+incompatible", v);
		if (*modproject_replacement(mp, (struct modver){ r->path, v }).path) {
			err_release(&local);
			return replacement_stat(mp, v, info);
		}
	}
	if (!r->usable) {
		err_release(&local);
		return repo_error(r, res, e);
	}
	return real_error(r, res, asked, &local, e);
}

/* The proxies' list, empty for a module that only has replacements. */
static bool listed_versions(struct query_repo *r, const char *prefix, const char *const **list,
			    size_t *n, struct query_result *res, struct err *e)
{
	struct err local = ERR_INIT;
	struct modver asked;

	*list = NULL;
	*n = 0;
	if (real_versions(r, prefix, list, n, &asked, &local))
		return true;
	if (r->replaced && query_failure_of(&local) == QUERY_NOT_EXIST) {
		err_release(&local);
		return true;
	}
	return real_error(r, res, asked, &local, e);
}

static void add_replaced_versions(struct query_repo *r, const char *prefix, struct query_list *out)
{
	size_t n = modproject_replaced_versions(r->mp, r->path, NULL);
	const char **list = xreallocarray(NULL, n + 1, sizeof(*list));

	modproject_replaced_versions(r->mp, r->path, list);
	for (size_t i = 0; i < n; i++) {
		if (str_has_prefix(list[i], prefix) && !pseudo_is(list[i]))
			vec_push(out, list[i]);
	}
	free(list);
}

bool query_repo_versions(struct query_repo *r, const char *prefix, struct query_list *out,
			 struct query_result *res, struct err *e)
{
	const char *const *list;
	size_t n, kept = 0;

	if (!listed_versions(r, prefix, &list, &n, res, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (gover_is_toolchain(r->path) || str_has_prefix(list[i], prefix))
			vec_push(out, list[i]);
	}
	n = out->n;
	if (r->replaced)
		add_replaced_versions(r, prefix, out);
	r->added = out->n != n;
	if (!r->added)
		return true;
	semver_sort(out->items, out->n);
	for (size_t i = 0; i < out->n; i++) {
		if (kept == 0 || !str_eq(out->items[kept - 1], out->items[i]))
			out->items[kept++] = out->items[i];
	}
	out->n = kept;
	return true;
}

/* Only a wildcard replacement: a version below every real one. */
static const char *zero_version(struct arena *a, const char *path)
{
	size_t prefix;

	if (modpath_split(path, &prefix) && path[prefix])
		return pseudo_zero(a, path + prefix + 1);
	return pseudo_zero(a, "v0");
}

bool query_repo_latest(struct query_repo *r, struct source_info *info, struct query_result *res,
		       struct err *e)
{
	struct modproject *mp = r->mp;
	struct err local = ERR_INIT;
	const char *v = r->replaced ? modproject_highest_replaced(mp, r->path) : NULL;
	struct modver asked;
	bool ok = real_latest(r, info, &asked, &local);

	if (v) {
		if (!*v)
			v = zero_version(modproject_arena(mp), r->path);
		if (!ok || gover_mod_compare(r->path, v, info->version) > 0) {
			err_release(&local);
			return replacement_stat(mp, v, info);
		}
	}
	if (ok)
		return true;
	if (!r->usable)
		return repo_error(r, res, e);
	return real_error(r, res, asked, &local, e);
}

bool query_repo_open(struct query_repo *r, struct query_result *res, struct err *e)
{
	r->replaced = modproject_highest_replaced(r->mp, r->path) != NULL;
	r->usable = gover_is_toolchain(r->path) || modpath_check(r->path, &r->path_err);
	if (r->usable || r->replaced)
		return true;
	return repo_error(r, res, e);
}
