#include "git/gitchanges.h"

/* Only the work tree differs, in a file that the checkout leaves out. */
static bool is_left_out(const struct git_lib *git, git_index *index, const git_status_entry *s)
{
	const git_index_entry *e;

	if (!index || s->head_to_index || !s->index_to_workdir)
		return false;
	e = git->index_get_bypath(index, s->index_to_workdir->old_file.path, 0);
	return e && (e->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE);
}

bool gitchanges_each(const struct git_lib *git, git_repository *repo, const char *prefix,
		     void (*fn)(void *ctx, const git_status_entry *s), void *ctx)
{
	git_status_options o = GIT_STATUS_OPTIONS_INIT;
	char *spec = xstrdup(prefix);
	git_index *index = NULL;
	git_status_list *list;
	bool ok;

	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_EXCLUDE_SUBMODULES |
		  GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	if (*spec)
		o.pathspec = (git_strarray){ &spec, 1 };
	ok = git->status_list_new(&list, repo, &o) == 0;
	if (ok && git->repository_index(&index, repo) != 0)
		index = NULL;
	for (size_t i = 0; ok && i < git->status_list_entrycount(list); i++) {
		const git_status_entry *s = git->status_byindex(list, i);

		if (!is_left_out(git, index, s))
			fn(ctx, s);
	}
	if (ok)
		git->status_list_free(list);
	if (index)
		git->index_free(index);
	free(spec);
	return ok;
}
