#include "git/gitstate.h"

#include "git/gitchanges.h"

static bool fail(const struct git_lib *git, const char *what, struct err *e)
{
	const git_error *last = git->error_last();

	return err_set(e, ERR_REFUSED, "%s: %s", what, last ? last->message : "unknown error");
}

/* Before the first commit HEAD names a branch that does not exist. */
static bool read_unborn(struct gitstate *s, struct arena *a, const struct git_lib *git,
			git_repository *repo, struct err *e)
{
	git_reference *head;
	const char *target;

	if (git->reference_lookup(&head, repo, "HEAD") != 0)
		return fail(git, "HEAD", e);
	target = git->reference_symbolic_target(head);
	if (target && strncmp(target, "refs/heads/", 11) == 0) {
		s->ref = arena_strdup(a, target);
		s->branch = s->ref + 11;
	}
	git->reference_free(head);
	return true;
}

static bool read_head(struct gitstate *s, struct arena *a, const struct git_lib *git,
		      git_repository *repo, struct err *e)
{
	git_reference *head;
	int code = git->repository_head(&head, repo);

	if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND)
		return read_unborn(s, a, git, repo, e);
	if (code != 0)
		return fail(git, "HEAD", e);
	if (git->reference_target(head))
		git->oid_tostr(s->commit, sizeof(s->commit), git->reference_target(head));
	if (git->repository_head_detached(repo) != 1) {
		s->branch = arena_strdup(a, git->reference_shorthand(head));
		s->ref = arena_fmt(a, "refs/heads/%s", s->branch);
	}
	git->reference_free(head);
	return true;
}

static void count_entry(void *ctx, const git_status_entry *s)
{
	size_t *n = ctx;

	(void)s;
	++*n;
}

static bool count_changed(struct gitstate *s, const struct git_lib *git, git_repository *repo,
			  struct err *e)
{
	return gitchanges_each(git, repo, "", count_entry, &s->n_changed) ||
	       fail(git, "git status", e);
}

bool gitstate_read(struct gitstate *s, struct arena *a, const char *dir, struct err *e)
{
	const struct git_lib *git = git_lib_get(e);
	git_repository *repo;
	int code;
	bool ok;

	*s = (struct gitstate){ .dir = "", .branch = "", .ref = "" };
	if (!git)
		return false;
	code = git_lib_open(git, &repo, dir, GIT_REPOSITORY_OPEN_FROM_ENV);
	if (code == GIT_ENOTFOUND)
		return true;
	if (code != 0)
		return git_lib_fail(git, code, dir, e);
	s->there = git->repository_workdir(repo) != NULL;
	s->dir = arena_strdup(a, git->repository_path(repo));
	ok = !s->there || (read_head(s, a, git, repo, e) && count_changed(s, git, repo, e));
	git->repository_free(repo);
	return ok;
}
