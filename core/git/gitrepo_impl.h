/*
 * gitrepo_impl.h - the inside of a repository and its commits, for the other files of this room.
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

/* Sets "what: " and libgit2's last error; always returns false. */
bool gitrepo_fail(const struct git_lib *git, int code, const char *what, struct err *e);

#endif
