#include "git/gitrepo.h"

#include <stdlib.h>

#include "base/path.h"
#include "git/gitrepo_impl.h"

bool gitrepo_fail(const struct git_lib *git, int code, const char *what, struct err *e)
{
	return git_lib_fail(git, code, what, e);
}

static bool open_with(struct gitrepo **out, const char *dir, unsigned flags, struct err *e)
{
	const struct git_lib *git = git_lib_get(e);
	git_repository *repo;
	struct gitrepo *r;
	const char *top;
	int code;

	if (!git)
		return false;
	code = git_lib_open(git, &repo, dir, flags);
	if (code == GIT_ENOTFOUND && !(flags & GIT_REPOSITORY_OPEN_NO_SEARCH))
		return err_set(e, ERR_NOT_FOUND, "%s is not in a git repository", dir);
	if (code != 0)
		return gitrepo_fail(git, code, dir, e);
	r = xcalloc(1, sizeof(*r));
	r->git = git;
	r->repo = repo;
	top = git->repository_workdir(repo);
	r->dir = path_clean(&r->arena, top ? top : git->repository_path(repo));
	*out = r;
	return true;
}

bool gitrepo_open(struct gitrepo **out, const char *dir, struct err *e)
{
	return open_with(out, dir, GIT_REPOSITORY_OPEN_FROM_ENV, e);
}

bool gitrepo_open_at(struct gitrepo **out, const char *dir, struct err *e)
{
	return open_with(out, dir, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT,
			 e);
}

void gitrepo_free(struct gitrepo *r)
{
	if (!r)
		return;
	for (struct gitrepo_commit *c = r->commits; c; c = c->next) {
		r->git->object_free(c->commit);
		r->git->object_free(c->tree);
	}
	r->git->repository_free(r->repo);
	arena_release(&r->arena);
	free(r);
}

const char *gitrepo_dir(const struct gitrepo *r)
{
	return r->dir;
}

bool gitrepo_place(struct arena *a, const char *dir, const char **top, const char **prefix)
{
	struct err none = ERR_INIT;
	struct gitrepo *r = NULL;
	char *real = gitrepo_open(&r, dir, &none) ? realpath(dir, NULL) : NULL;
	bool there = real && r->git->repository_workdir(r->repo) && path_under(real, r->dir);

	if (there) {
		*top = arena_strdup(a, r->dir);
		*prefix = path_rel(a, *top, real);
		if (str_eq(*prefix, "."))
			*prefix = "";
	}
	free(real);
	gitrepo_free(r);
	err_release(&none);
	return there;
}

const char *gitrepo_id(const struct gitrepo_commit *c)
{
	return c->id;
}

/* Takes ownership of the commit. */
static bool keep(struct gitrepo_commit **out, struct gitrepo *r, git_object *commit,
		 const char *what, struct err *e)
{
	struct gitrepo_commit *c;
	git_object *tree;
	int code = r->git->object_peel(&tree, commit, GIT_OBJECT_TREE);

	if (code != 0) {
		r->git->object_free(commit);
		return gitrepo_fail(r->git, code, what, e);
	}
	c = arena_calloc(&r->arena, 1, sizeof(*c));
	c->commit = commit;
	c->tree = tree;
	r->git->oid_tostr(c->id, sizeof(c->id), r->git->object_id(commit));
	c->next = r->commits;
	r->commits = c;
	*out = c;
	return true;
}

/* libgit2 names the step that failed ("parent 0 does not exist"), not what the user asked for. */
static bool no_revision(struct gitrepo *r, int code, const char *revision, struct err *e)
{
	const git_error *last = r->git->error_last();
	int class = last ? last->klass : GIT_ERROR_NONE;

	if (code == GIT_EINVALIDSPEC)
		return err_set(e, ERR_USAGE, "'%s' is not a revision", revision);
	if (code == GIT_ENOTFOUND && (class == GIT_ERROR_REFERENCE || class == GIT_ERROR_INVALID ||
				      class == GIT_ERROR_CONFIG))
		return err_set(e, ERR_NOT_FOUND, "the repository has no revision '%s'", revision);
	return gitrepo_fail(r->git, code, revision, e);
}

bool gitrepo_find(struct gitrepo_commit **out, struct gitrepo *r, const char *revision,
		  struct err *e)
{
	git_object *named, *commit;
	int code = r->git->revparse_single(&named, r->repo, revision);

	if (code != 0)
		return no_revision(r, code, revision, e);
	code = r->git->object_peel(&commit, named, GIT_OBJECT_COMMIT);
	r->git->object_free(named);
	if (code != 0)
		return gitrepo_fail(r->git, code, revision, e);
	return keep(out, r, commit, revision, e);
}

bool gitrepo_merge_base(struct gitrepo_commit **out, struct gitrepo *r,
			const struct gitrepo_commit *a, const struct gitrepo_commit *b,
			struct err *e)
{
	git_commit *commit;
	git_oid id;
	int code = r->git->merge_base(&id, r->repo, r->git->object_id(a->commit),
				      r->git->object_id(b->commit));

	if (code == 0)
		code = r->git->commit_lookup(&commit, r->repo, &id);
	if (code != 0)
		return gitrepo_fail(r->git, code, "the common ancestor", e);
	return keep(out, r, (git_object *)commit, "the common ancestor", e);
}

/* Check the size before reading the content into memory. */
static bool check_size(struct gitrepo *r, const git_oid *id, const char *path, size_t max,
		       struct err *e)
{
	git_object_t type = GIT_OBJECT_INVALID;
	size_t size = 0;
	git_odb *db;
	int code = r->git->repository_odb(&db, r->repo);

	if (code == 0) {
		code = r->git->odb_read_header(&size, &type, db, id);
		r->git->odb_free(db);
	}
	if (code != 0) /* the tree names it: the object is missing from the database */
		return gitrepo_fail(r->git, GIT_ERROR, path, e);
	if (size > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes are too many", path, size);
	return true;
}

static bool read_blob(struct gitrepo *r, struct arena *a, const git_oid *id, const char *path,
		      char **data, size_t *len, struct err *e)
{
	git_blob *blob;

	if (r->git->blob_lookup(&blob, r->repo, id) != 0)
		return gitrepo_fail(r->git, GIT_ERROR, path, e);
	*len = (size_t)r->git->blob_rawsize(blob);
	*data = arena_strndup(a, r->git->blob_rawcontent(blob), *len);
	r->git->blob_free(blob);
	return true;
}

bool gitrepo_read(struct gitrepo *r, const struct gitrepo_commit *c, struct arena *a,
		  const char *path, size_t max, char **data, size_t *len, struct err *e)
{
	git_tree_entry *entry;
	git_filemode_t mode;
	int code = r->git->tree_entry_bypath(&entry, (const git_tree *)c->tree, path);
	bool ok;

	if (code != 0)
		return gitrepo_fail(r->git, code, path, e);
	mode = r->git->tree_entry_filemode(entry);
	if (mode == GIT_FILEMODE_LINK)
		ok = err_set(e, ERR_REFUSED, "%s is a symbolic link in %.7s", path, c->id);
	else if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_COMMIT)
		ok = err_set(e, ERR_NOT_FOUND, "%s is a directory in %.7s", path, c->id);
	else
		ok = check_size(r, r->git->tree_entry_id(entry), path, max, e) &&
		     read_blob(r, a, r->git->tree_entry_id(entry), path, data, len, e);
	r->git->tree_entry_free(entry);
	return ok;
}
