/* Commits that our copies or go's clone have, by their hashes: no server is asked. */
#include "base/fs.h"
#include "git/gitclone.h"
#include "git/githost_impl.h"

static bool find_commit(struct githost *h, struct gitrepo *store, const char *digits,
			struct githost_rev *out)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object *commit;
	git_oid id;
	size_t n = strlen(digits);

	if (h->git->oid_fromstrn(&id, digits, n) != 0 ||
	    h->git->object_lookup_prefix(&commit, store->repo, &id, n, GIT_OBJECT_COMMIT) != 0)
		return false;
	h->git->oid_tostr(hex, sizeof(hex), h->git->object_id(commit));
	out->hash = out->version = arena_strdup(&h->arena, hex);
	out->ref = "";
	out->time = h->git->commit_time((const git_commit *)commit);
	h->git->object_free(commit);
	return githost_time_read(h, out, NULL);
}

/* Fewer digits than a whole hash may be the name of a tag or branch, which git prefers. */
static bool is_go_ref(struct githost *h, const char *digits)
{
	static const char *const below[] = { "refs", "refs/tags", "refs/heads" };
	git_reference *ref;

	for (size_t i = 0; i < ARRAY_LEN(below); i++) {
		if (h->git->reference_lookup(&ref, h->gone->repo,
					     arena_fmt(&h->arena, "%s/%s", below[i], digits)) != 0)
			continue;
		h->git->reference_free(ref);
		return true;
	}
	return false;
}

bool githost_here_find_go(struct githost *h, const char *digits, struct githost_rev *out)
{
	if (!h->gone || (strlen(digits) < GIT_OID_HEXSZ && is_go_ref(h, digits)) ||
	    !find_commit(h, h->gone, digits, out))
		return false;
	h->deep |= !fs_exists(arena_fmt(&h->arena, "%s/shallow", gitrepo_dir(h->gone)));
	return true;
}

bool githost_here_may_be_ref(struct githost *h, const char *digits)
{
	struct buf lines = BUF_INIT;
	const char *line = arena_fmt(&h->arena, "/%s\n", digits);
	bool may = !gitclone_kept_refs(&lines, gitclone_dir(&h->arena, h->o.own_dir, h->o.url)) ||
		   memmem(lines.data, lines.len, line, strlen(line));

	buf_release(&lines);
	return may;
}

bool githost_here_find_own(struct githost *h, const char *digits, struct githost_rev *out)
{
	return h->whole && !githost_here_may_be_ref(h, digits) &&
	       find_commit(h, h->repo, digits, out);
}
