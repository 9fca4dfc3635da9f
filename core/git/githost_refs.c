/* The refs of a repository, as git ls-remote lists them. */
#include "git/githost_impl.h"
#include "base/text.h"

#define MAX_REFS 2000000u
#define MAX_HIDDEN 1000u

static bool counts(const char *name)
{
	return str_eq(name, "HEAD") || str_has_prefix(name, "refs/heads/") ||
	       str_has_prefix(name, "refs/tags/");
}

static bool add(struct githost *h, const char *name, const git_oid *id, struct err *e)
{
	char hex[GIT_OID_HEXSZ + 1];
	struct text_field words[2];
	struct githost_ref ref;
	const char *hash;

	if (h->refs.n >= MAX_REFS)
		return err_set(e, ERR_LIMIT, "%s has too many refs", h->o.url);
	h->git->oid_tostr(hex, sizeof(hex), id);
	hash = arena_strdup(&h->arena, hex);
	ref = (struct githost_ref){ arena_strdup(&h->arena, name), hash, hash };
	if (text_fields(name, strlen(name), words, 2) == 1)
		vec_push(&h->refs, ref);
	else
		vec_push(&h->spaced, ref);
	return true;
}

/* The object that a tag object leads to, through other tags; the id itself if it is not a tag. Returns libgit2's code. */
static int peel(struct githost *h, git_oid *id)
{
	git_object *object, *inner;
	int code = h->git->object_lookup_prefix(&object, h->repo->repo, id, GIT_OID_HEXSZ,
						GIT_OBJECT_TAG);

	if (code != 0)
		return code == GIT_ENOTFOUND ? 0 : code;
	code = h->git->object_peel(&inner, object, GIT_OBJECT_ANY);
	if (code == 0) {
		*id = *h->git->object_id(inner);
		h->git->object_free(inner);
	}
	h->git->object_free(object);
	return code;
}

static bool add_end(struct githost *h, const char *name, const git_reference *end, struct err *e)
{
	const git_oid *target = h->git->reference_target_peel(end);
	git_oid id;
	int code;

	if (!target)
		target = h->git->reference_target(end);
	if (!target)
		return true;
	id = *target;
	code = str_has_prefix(name, "refs/tags/") ? peel(h, &id) : 0;
	return code == 0 ? add(h, name, &id, e) : gitrepo_fail(h->git, code, name, e);
}

/* Patterns of transfer.hideRefs and uploadpack.hideRefs, in the order of the configuration. */
struct hidden {
	ARENA_VEC(const char *) patterns;
};

static void load_hidden(struct githost *h, struct hidden *hidden)
{
	git_config_iterator *it;
	git_config_entry *entry;
	git_config *cfg;

	if (h->git->repository_config(&cfg, h->repo->repo) != 0)
		return;
	if (h->git->config_iterator_glob_new(&it, cfg, "^(transfer|uploadpack)\\.hiderefs$") == 0) {
		while (hidden->patterns.n < MAX_HIDDEN && h->git->config_next(&entry, it) == 0) {
			const char *value = entry->value ? entry->value : "";
			size_t n = strlen(value);

			while (n && value[n - 1] == '/')
				n--;
			arena_vec_push(&h->arena, &hidden->patterns,
				       arena_strndup(&h->arena, value, n));
		}
		h->git->config_iterator_free(it);
	}
	h->git->config_free(cfg);
}

/* ref_is_hidden: the last pattern that fits decides. */
static bool is_hidden(const struct hidden *hidden, const char *name)
{
	for (size_t i = hidden->patterns.n; i--;) {
		const char *pattern = hidden->patterns.items[i], *rest;
		bool negated = *pattern == '!';

		pattern += negated;
		pattern += *pattern == '^';
		rest = str_cut_prefix(name, pattern);
		if (rest && (!*rest || *rest == '/'))
			return !negated;
	}
	return false;
}

static bool add_local(struct githost *h, const struct hidden *hidden, const git_reference *ref,
		      struct err *e)
{
	const char *name = h->git->reference_name(ref);
	git_reference *end = NULL;
	bool ok;
	int code;

	if (!counts(name) || strstr(name, "/.") || is_hidden(hidden, name))
		return true;		   /* git leaves out files whose names begin with a dot */
	if (h->git->reference_target(ref)) /* also if the name is none that git would give */
		return add_end(h, name, ref, e);
	code = h->git->reference_resolve(&end, ref);
	if (code != 0) /* a symbolic ref that leads nowhere is not listed */
		return code == GIT_ENOTFOUND || gitrepo_fail(h->git, code, name, e);
	ok = add_end(h, name, end, e);
	h->git->reference_free(end);
	return ok;
}

static bool list_local(struct githost *h, struct err *e)
{
	struct hidden hidden = { 0 };
	git_reference_iterator *it;
	git_reference *ref;
	bool ok;
	int code;

	load_hidden(h, &hidden);
	code = h->git->reference_lookup(&ref, h->repo->repo, "HEAD");
	ok = code == GIT_ENOTFOUND;
	if (code == 0) {
		ok = add_local(h, &hidden, ref, e);
		h->git->reference_free(ref);
	} else if (!ok) {
		return gitrepo_fail(h->git, code, "HEAD", e);
	}
	if (!ok || h->git->reference_iterator_new(&it, h->repo->repo) != 0)
		return ok ? gitrepo_fail(h->git, GIT_ERROR, h->o.url, e) : false;
	while (ok && (code = h->git->reference_next(&ref, it)) == 0) {
		ok = !cancel_is_set(h->o.cancel) ? add_local(h, &hidden, ref, e)
						 : err_set(e, ERR_CANCELLED, "cancelled");
		h->git->reference_free(ref);
	}
	h->git->reference_iterator_free(it);
	return ok && (code == GIT_ITEROVER || gitrepo_fail(h->git, code, h->o.url, e));
}

/* "refs/tags/v1^{}" follows "refs/tags/v1" and has the object that it leads to. */
static void set_target(struct githost *h, struct githost_ref *refs, size_t count,
		       const git_remote_head *head, size_t n)
{
	char hex[GIT_OID_HEXSZ + 1];

	if (!count || strlen(refs[count - 1].name) != n ||
	    memcmp(refs[count - 1].name, head->name, n) != 0)
		return;
	h->git->oid_tostr(hex, sizeof(hex), &head->oid);
	refs[count - 1].hash = arena_strdup(&h->arena, hex);
}

static bool add_remote(struct githost *h, const git_remote_head *head, struct err *e)
{
	size_t n = strlen(head->name);

	if (n > 3 && str_eq(head->name + n - 3, "^{}")) {
		set_target(h, h->refs.items, h->refs.n, head, n - 3);
		set_target(h, h->spaced.items, h->spaced.n, head, n - 3);
		return true;
	}
	return !counts(head->name) || add(h, head->name, &head->oid, e);
}

static bool list_remote(struct githost *h, struct err *e)
{
	const git_remote_head **heads;
	size_t n = 0;
	bool ok = true;

	if (h->o.offline)
		return githost_open_forbidden(h, e);
	githost_connect_end(h);
	if (!githost_connect_remote(h, e))
		return false;
	if (h->git->remote_ls(&heads, &n, h->remote) != 0)
		ok = gitrepo_fail(h->git, GIT_ERROR, h->o.url, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = add_remote(h, heads[i], e);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct githost_ref *)a)->name, ((const struct githost_ref *)b)->name);
}

bool githost_refs_load(struct githost *h, struct err *e)
{
	if (h->listed)
		return true;
	if (!githost_open_stores(h, e))
		return false;
	h->refs.n = h->spaced.n = 0;
	if (!(h->local ? list_local(h, e) : list_remote(h, e)))
		return false;
	if (h->refs.n)
		qsort(h->refs.items, h->refs.n, sizeof(*h->refs.items), by_name);
	for (size_t i = 0; i < h->refs.n; i++)
		map_put(&h->by_name, h->refs.items[i].name, &h->refs.items[i]);
	h->listed = true;
	githost_open_keep_refs(h);
	return true;
}

void githost_refs_forget(struct githost *h)
{
	h->refs.n = h->spaced.n = 0;
	map_release(&h->by_name);
	h->by_name = (struct map)MAP_INIT;
	h->listed = false;
}

const struct githost_ref *githost_refs_find(const struct githost *h, const char *prefix,
					    const char *name)
{
	char *full = xasprintf("%s%s", prefix, name);
	const struct githost_ref *ref = map_get(&h->by_name, full);

	free(full);
	return ref;
}
