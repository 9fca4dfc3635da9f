#include "git/githistory.h"

#include <stdlib.h>

#include "git/gitrepo_impl.h"

static const char *copy(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : "";
}

static struct githistory_commit read_commit(const struct git_lib *git, struct arena *a,
					    const git_commit *c)
{
	const git_signature *author = git->commit_author(c);
	struct githistory_commit out;
	char id[GIT_OID_HEXSZ + 1];

	git->oid_tostr(id, sizeof(id), git->object_id((const git_object *)c));
	out.id = arena_strdup(a, id);
	out.subject = copy(a, git->commit_summary((git_commit *)(uintptr_t)c));
	out.author = copy(a, author ? author->name : NULL);
	out.time = (int64_t)git->commit_time(c);
	return out;
}

struct githistory_commit githistory_commit(struct arena *a, struct gitrepo *r,
					   const struct gitrepo_commit *c)
{
	return read_commit(r->git, a, (const git_commit *)c->commit);
}

static int start_walk(git_revwalk **walk, struct gitrepo *r, const struct gitrepo_commit *from,
		      const struct gitrepo_commit *to)
{
	const struct git_lib *git = r->git;
	int code = git->revwalk_new(walk, r->repo);

	if (code != 0) {
		*walk = NULL;
		return code;
	}
	git->revwalk_sorting(*walk, GIT_SORT_TIME);
	code = git->revwalk_push(*walk, git->object_id(to->commit));
	return code == 0 && from ? git->revwalk_hide(*walk, git->object_id(from->commit)) : code;
}

bool githistory_commits(struct githistory_commit **out, size_t *n, struct arena *a,
			struct gitrepo *r, const struct gitrepo_commit *from,
			const struct gitrepo_commit *to, size_t max, struct err *e)
{
	const struct git_lib *git = r->git;
	ARENA_VEC(struct githistory_commit) list = { 0 };
	git_revwalk *walk;
	int code = start_walk(&walk, r, from, to);
	git_oid id;

	while (code == 0 && list.n < max && (code = git->revwalk_next(&id, walk)) == 0) {
		git_commit *c;

		code = git->commit_lookup(&c, r->repo, &id);
		if (code != 0)
			break;
		arena_vec_push(a, &list, read_commit(git, a, c));
		git->object_free((git_object *)c);
	}
	git->revwalk_free(walk);
	*out = list.items;
	*n = list.n;
	return code == 0 || code == GIT_ITEROVER || gitrepo_fail(git, code, "the commits", e);
}

bool githistory_count(size_t *n, struct gitrepo *r, const struct gitrepo_commit *from,
		      const struct gitrepo_commit *to, size_t max, struct err *e)
{
	git_revwalk *walk;
	int code = start_walk(&walk, r, from, to);
	git_oid id;

	*n = 0;
	while (code == 0 && *n < max && (code = r->git->revwalk_next(&id, walk)) == 0)
		*n += 1;
	r->git->revwalk_free(walk);
	return code == 0 || code == GIT_ITEROVER || gitrepo_fail(r->git, code, "the commits", e);
}

static bool name_of(struct githistory_name *name, struct arena *a, const char *full)
{
	static const struct {
		const char *prefix;
		enum githistory_kind kind;
	} kinds[] = {
		{ "refs/tags/", GITHISTORY_TAG },
		{ "refs/heads/", GITHISTORY_BRANCH },
		{ "refs/remotes/", GITHISTORY_REMOTE },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *rest = str_cut_prefix(full, kinds[i].prefix);

		if (!rest || str_has_suffix(rest, "/HEAD"))
			continue;
		name->kind = kinds[i].kind;
		name->name = arena_strdup(a, rest);
		return true;
	}
	return false;
}

static int newest_first(const void *va, const void *vb)
{
	const struct githistory_name *a = va, *b = vb;
	int order = (a->at.time < b->at.time) - (a->at.time > b->at.time);

	return order ? order : strcmp(a->name, b->name);
}

bool githistory_names(struct githistory_name **out, size_t *n, struct arena *a, struct gitrepo *r,
		      size_t max, struct err *e)
{
	const struct git_lib *git = r->git;
	ARENA_VEC(struct githistory_name) list = { 0 };
	git_reference_iterator *it;
	git_reference *ref;
	int code = git->reference_iterator_new(&it, r->repo);

	if (code != 0)
		return gitrepo_fail(git, code, "the references", e);
	while (list.n < max && (code = git->reference_next(&ref, it)) == 0) {
		struct githistory_name name;
		git_object *c;

		if (name_of(&name, a, git->reference_name(ref)) &&
		    git->reference_peel(&c, ref, GIT_OBJECT_COMMIT) == 0) {
			name.at = read_commit(git, a, (const git_commit *)c);
			arena_vec_push(a, &list, name);
			git->object_free(c);
		}
		git->reference_free(ref);
	}
	git->reference_iterator_free(it);
	if (list.n)
		qsort(list.items, list.n, sizeof(*list.items), newest_first);
	*out = list.items;
	*n = list.n;
	return code == 0 || code == GIT_ITEROVER || gitrepo_fail(git, code, "the references", e);
}
