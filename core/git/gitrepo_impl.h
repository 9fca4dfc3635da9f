/*
 * gitrepo_impl.h - what a repository and its commits are made of, for the other files of this room.
 */
#ifndef MODSCOPE_GITREPO_IMPL_H
#define MODSCOPE_GITREPO_IMPL_H

#include "git/git_lib.h"
#include "git/gitrepo.h"

struct gitrepo_commit {
	git_object *commit, *tree;
	char id[GIT_OID_HEXSZ + 1];
	struct gitrepo_commit *next;
};

struct gitrepo {
	const struct git_lib *git;
	git_repository *repo;
	struct arena arena;
	const char *dir;
	struct gitrepo_commit *commits;
};

/* Sets libgit2's last error with the subject in front; always false. */
bool gitrepo_fail(const struct git_lib *git, int code, const char *what, struct err *e);

#endif
