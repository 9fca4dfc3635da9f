/* The versions that tags give, and the retracted ones. */
#include "fetch/direct_code_impl.h"
#include "gofiles/gomod.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

struct list {
	const char **items;
	size_t n, cap;
};

static bool has_gomod(struct direct_code *c, const char *version, bool *yes, struct err *e)
{
	struct err why = ERR_INIT;
	char *data;
	size_t len;

	*yes = githost_read(c->host, version, &c->arena, "go.mod", DIRECT_CODE_MAX_MOD, &data, &len,
			    &why);
	if (*yes || why.code == ERR_NOT_FOUND)
		return err_release(&why), true;
	err_move(e, &why);
	return false;
}

static bool same_major(const char *v, const char *w)
{
	size_t n = semver_major(v);

	return n == semver_major(w) && memcmp(v, w, n) == 0;
}

/* appendIncompatibleVersions: those of each major version whose newest tag has no go.mod. */
static bool add_incompatible(struct direct_code *c, struct list *list, const struct list *old,
			     struct err *e)
{
	bool has = false;

	if (!old->n)
		return true;
	if (list->n && (!has_gomod(c, list->items[list->n - 1], &has, e) || has))
		return has;
	for (size_t i = 0; i < old->n; i++) {
		size_t last = i;

		if (i == 0 || !same_major(old->items[i], old->items[i - 1])) {
			while (last + 1 < old->n && same_major(old->items[i], old->items[last + 1]))
				last++;
			if (!has_gomod(c, old->items[last], &has, e))
				return false;
		}
		if (!has)
			arena_vec_push(&c->arena, list,
				       arena_fmt(&c->arena, "%s+incompatible", old->items[i]));
	}
	return true;
}

static void sort_tag(struct direct_code *c, const char *v, struct list *list, struct list *old)
{
	size_t n = semver_major(v);

	if (!*v || !str_eq(v, semver_canonical(&c->arena, v)) || pseudo_is(v))
		return;
	if (modpath_check_major(v, c->major, NULL))
		arena_vec_push(&c->arena, list, v);
	else if (!*c->dir && !*c->major && !(n == 2 && (v[1] == '0' || v[1] == '1')))
		arena_vec_push(&c->arena, old, v);
}

static bool make_list(struct direct_code *c, const char *prefix, struct list *out, struct err *e)
{
	struct list list = { 0 }, old = { 0 };
	struct githost_tag *tags;
	char sum[GITHOST_SUM_LEN + 1];
	size_t n;

	prefix = arena_fmt(&c->arena, "%s%s", c->tag_prefix, prefix);
	if (!githost_tags(c->host, &c->arena, prefix, &tags, &n, sum, e))
		return false;
	for (size_t i = 0; i < n; i++)
		sort_tag(c, tags[i].name + strlen(c->tag_prefix), &list, &old);
	semver_sort(list.items, list.n);
	semver_sort(old.items, old.n);
	if (!add_incompatible(c, &list, &old, e))
		return false;
	*out = list;
	return true;
}

bool direct_code_is_unstable(const struct direct_code *c)
{
	return str_has_prefix(c->path, "gopkg.in/") && str_has_suffix(c->path, "-unstable");
}

bool direct_code_versions(struct direct_code *c, const char *prefix, const char *const **list,
			  size_t *n, struct err *e)
{
	struct list made = { 0 };

	if (*prefix) {
		if (!direct_code_is_unstable(c) && !make_list(c, prefix, &made, e))
			return false;
		*list = made.items;
		*n = made.n;
		return true;
	}
	if (!c->listed && !direct_code_is_unstable(c)) {
		if (!make_list(c, "", &made, e))
			return false;
		c->versions = made.items;
		c->n_versions = made.n;
	}
	c->listed = true;
	*list = c->versions;
	*n = c->n_versions;
	return true;
}

/* The newest release, else the newest prerelease; NULL if there is none. */
static const char *newest(const char *const *list, size_t n)
{
	while (n && semver_is_incompatible(list[n - 1]))
		n--;
	for (size_t i = n; i-- > 0;)
		if (!semver_prerelease(list[i]).len)
			return list[i];
	return n ? list[n - 1] : NULL;
}

bool direct_code_retractions(struct direct_code *c, struct direct_code_retractions *r,
			     struct err *e)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	const char *const *list, *version, *rev, *dir, *gomod;
	struct gomod *f;
	size_t n, len;
	bool ok;

	*r = (struct direct_code_retractions){ 0 };
	if (!direct_code_versions(c, "", &list, &n, e))
		return false;
	version = newest(list, n);
	if (!version)
		return true;
	if (!direct_code_find_dir(c, version, &rev, &dir, &gomod, &len, e))
		return false;
	ok = !gomod || gomod_parse(&f, &c->arena, &o, gomod, len, e);
	if (ok && gomod && f->retract.n) {
		r->n = f->retract.n;
		r->low = arena_alloc(&c->arena, r->n * sizeof(*r->low));
		r->high = arena_alloc(&c->arena, r->n * sizeof(*r->high));
		for (size_t i = 0; i < r->n; i++) {
			r->low[i] = f->retract.items[i].low;
			r->high[i] = f->retract.items[i].high;
		}
	}
	return ok;
}

bool direct_code_is_retracted(const struct direct_code_retractions *r, const char *version)
{
	for (size_t i = 0; i < r->n; i++)
		if (semver_compare(r->low[i], version) <= 0 &&
		    semver_compare(version, r->high[i]) <= 0)
			return true;
	return false;
}
