#include "fetch/direct_policy.h"

#include "base/map.h"
#include "base/text.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

struct rule {
	const char *pattern, *allowed;
};
struct rules {
	struct arena arena;
	struct map have;
	ARENA_VEC(struct rule) list;
};

static bool bad(struct err *e, const char *what, const char *item, const char *old)
{
	struct buf b = BUF_INIT;

	text_quote(&b, item, strlen(item));
	if (old) {
		buf_addstr(&b, " after ");
		text_quote(&b, old, strlen(old));
	}
	err_set(e, ERR_REFUSED, "%s: %s", what, b.data);
	buf_release(&b);
	return false;
}

static const char *trimmed(struct arena *a, const char *s, size_t len)
{
	text_trim(&s, &len);
	return arena_strndup(a, s, len);
}

/* The names between "|", none of them empty. */
static bool check_names(struct arena *a, const char *list, const char *item, struct err *e)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, "|");

		if (!*trimmed(a, s, n))
			return bad(e, "empty VCS name in GOVCS", item, NULL);
		s += n;
		if (!*s)
			return true;
	}
}

static bool add_item(struct rules *r, const char *item, struct err *e)
{
	const char *colon = strchr(item, ':'), *pattern, *list, *old;

	if (!*item)
		return err_set(e, ERR_REFUSED, "empty entry in GOVCS");
	if (!colon)
		return bad(e, "malformed entry in GOVCS (missing colon)", item, NULL);
	pattern = trimmed(&r->arena, item, (size_t)(colon - item));
	list = trimmed(&r->arena, colon + 1, strlen(colon + 1));
	if (!*pattern)
		return bad(e, "empty pattern in GOVCS", item, NULL);
	if (!*list)
		return bad(e, "empty VCS list in GOVCS", item, NULL);
	if (str_has_prefix(pattern, "./") || str_has_prefix(pattern, "../") ||
	    str_eq(pattern, ".") || str_eq(pattern, ".."))
		return bad(e, "relative pattern not allowed in GOVCS", pattern, NULL);
	old = map_get(&r->have, pattern);
	if (old)
		return bad(e, "unreachable pattern in GOVCS", item, old);
	map_put(&r->have, pattern, (void *)(uintptr_t)item);
	arena_vec_push(&r->arena, &r->list, (struct rule){ pattern, list });
	return check_names(&r->arena, list, item, e);
}

static bool parse(struct rules *r, const char *s, struct err *e)
{
	size_t len = strlen(s);

	text_trim(&s, &len);
	if (!len)
		return true;
	for (const char *text = arena_strndup(&r->arena, s, len);; text++) {
		size_t n = strcspn(text, ",");

		if (!add_item(r, trimmed(&r->arena, text, n), e))
			return false;
		text += n;
		if (!*text)
			return true;
	}
}

static bool names(struct arena *a, const char *list, const char *vcs)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, "|");
		const char *name = trimmed(a, s, n);

		if (str_eq(name, vcs) || str_eq(name, "all"))
			return true;
		s += n;
		if (!*s)
			return false;
	}
}

/* The first rule that matches decides; go's own rules come last, and one of them does. */
static bool allows(struct rules *r, const char *root, bool private, const char *vcs)
{
	arena_vec_push(&r->arena, &r->list, (struct rule){ "private", "all" });
	arena_vec_push(&r->arena, &r->list, (struct rule){ "public", "git|hg" });
	for (size_t i = 0;; i++) {
		const char *pattern = r->list.items[i].pattern;
		bool match = str_eq(pattern, "private")	 ? private
			     : str_eq(pattern, "public") ? !private
							 : modpath_match_globs(pattern, root);

		if (match)
			return names(&r->arena, r->list.items[i].allowed, vcs);
	}
}

bool direct_policy_check(const struct goenv *env, const char *vcs, const char *root, struct err *e)
{
	bool private = modpath_match_globs(goenv_get(env, "GOPRIVATE"), root), ok;
	struct rules r = { 0 };

	if (str_eq(vcs, "mod"))
		return true;
	ok = parse(&r, goenv_get(env, "GOVCS"), e);
	if (ok && !allows(&r, root, private, vcs))
		ok = err_set(e, ERR_REFUSED,
			     "GOVCS disallows using %s for %s %s; see 'go help vcs'", vcs,
			     private ? "private" : "public", root);
	map_release(&r.have);
	arena_release(&r.arena);
	return ok;
}
