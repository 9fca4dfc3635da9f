/* The tags of go's clone: go goes on seeing those that the server has moved or removed. */
#include "base/text.h"
#include "git/githost_impl.h"

static void add_tag(struct githost *h, const git_reference *ref)
{
	const char *name = str_cut_prefix(h->git->reference_name(ref), "refs/tags/");
	char hex[GIT_OID_HEXSZ + 1];
	git_object *commit;

	if (!name || h->git->reference_peel(&commit, ref, GIT_OBJECT_COMMIT) != 0)
		return;
	h->git->oid_tostr(hex, sizeof(hex), h->git->object_id(commit));
	h->git->object_free(commit);
	vec_push(&h->gone_tags, ((struct githost_ref){ arena_strdup(&h->arena, name),
						       arena_strdup(&h->arena, hex), "" }));
}

static void list(struct githost *h)
{
	git_reference_iterator *it;
	git_reference *ref;

	if (h->gone_listed || !h->gone)
		return;
	h->gone_listed = true;
	if (h->git->reference_iterator_new(&it, h->gone->repo) != 0)
		return;
	while (h->git->reference_next(&ref, it) == 0) {
		add_tag(h, ref);
		h->git->reference_free(ref);
	}
	h->git->reference_iterator_free(it);
}

void githost_gone_tags(struct githost *h, githost_gone_fn *each, void *ctx)
{
	list(h);
	for (size_t i = 0; i < h->gone_tags.n; i++) {
		const struct githost_ref *tag = &h->gone_tags.items[i];

		if (!h->refetched || !githost_refs_find(h, "refs/tags/", tag->name))
			each(ctx, tag->name, tag->hash);
	}
}

bool githost_gone_has(struct githost *h, const char *hash)
{
	git_object *commit;
	git_oid id;

	if (!h->gone || h->git->oid_fromstr(&id, hash) != 0 ||
	    h->git->object_lookup_prefix(&commit, h->gone->repo, &id, GIT_OID_HEXSZ,
					 GIT_OBJECT_COMMIT) != 0)
		return false;
	h->git->object_free(commit);
	return true;
}

bool githost_gone_walk(struct githost *h, const char *hash, git_revwalk **walk)
{
	git_oid id;

	if (!h->gone || h->refetched || h->git->oid_fromstr(&id, hash) != 0 ||
	    h->git->revwalk_new(walk, h->gone->repo) != 0)
		return false;
	if (h->git->revwalk_push(*walk, &id) == 0)
		return true;
	h->git->revwalk_free(*walk);
	return false;
}

struct moved {
	const char *tag, *hash; /* where it is in go's clone */
};

static void find_moved(void *ctx, const char *tag, const char *hash)
{
	struct moved *m = ctx;

	if (str_eq(tag, m->tag))
		m->hash = hash;
}

bool githost_gone_descends(struct githost *h, const char *hash, const struct githost_tag *tag)
{
	struct moved m = { .tag = tag->name };
	git_oid commit, old;

	githost_gone_tags(h, find_moved, &m);
	return m.hash && h->git->oid_fromstr(&commit, hash) == 0 &&
	       h->git->oid_fromstr(&old, m.hash) == 0 &&
	       (str_eq(m.hash, hash) ||
		h->git->graph_descendant_of(h->gone->repo, &commit, &old) == 1);
}
