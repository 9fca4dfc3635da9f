/*
 * gitrepo.h - a repository's commits and their files, read from its object database.
 *
 * Nothing is checked out or written; index, hooks and filters are ignored, so a file is as committed. Uses libgit2
 * (git_lib.h). Works in bare and shallow repositories, worktrees and submodules. One thread. Errors: ERR_NOT_HERE without libgit2,
 * ERR_NOT_FOUND for a missing commit or file, and outside of a repository, else ERR_REFUSED in libgit2's words.
 *
 *	struct gitrepo *r;
 *	struct gitrepo_commit *c;
 *	if (!gitrepo_open(&r, dir, &e) || !gitrepo_find(&c, r, "v1.2.0", &e)) ...
 *	if (gitrepo_read(r, c, &arena, "sub/go.mod", FS_MAX_MOD, &data, &len, &e)) ...
 *	gitrepo_free(r);			// with all its commits
 */
#ifndef MODSCOPE_GITREPO_H
#define MODSCOPE_GITREPO_H

#include "base/arena.h"
#include "base/err.h"

struct gitrepo;
struct gitrepo_commit;

/* The repository that dir is in. */
bool gitrepo_open(struct gitrepo **out, const char *dir, struct err *e);
/* dir itself as a repository (bare, or a .git); the environment is ignored. */
bool gitrepo_open_at(struct gitrepo **out, const char *dir, struct err *e);
void gitrepo_free(struct gitrepo *r); /* NULL is fine */
/* The directory of the work tree, or of the repository if it is bare; absolute, clean. */
const char *gitrepo_dir(const struct gitrepo *r);
/* The top of the work tree that dir is in, clean and without links, and dir below it ("" for the top itself). False outside of one,
 * or if libgit2 refuses it. */
bool gitrepo_place(struct arena *a, const char *dir, const char **top, const char **prefix);
/* A commit by a revision: tag, branch, hash, HEAD~3, @{upstream}. */
bool gitrepo_find(struct gitrepo_commit **out, struct gitrepo *r, const char *revision, struct err *e);
/* The best common ancestor. */
bool gitrepo_merge_base(struct gitrepo_commit **out, struct gitrepo *r, const struct gitrepo_commit *a,
			const struct gitrepo_commit *b, struct err *e);
const char *gitrepo_id(const struct gitrepo_commit *c); /* 40 digits */
/* A file of a commit, NUL-terminated; path is local (path_is_local). ERR_NOT_FOUND also if it is not a file, ERR_LIMIT over max bytes. */
bool gitrepo_read(struct gitrepo *r, const struct gitrepo_commit *c, struct arena *a, const char *path, size_t max,
		  char **data, size_t *len, struct err *e);

#endif
