/*
 * gitchanges.h - what git status shows of a work tree.
 *
 * Files that a sparse checkout leaves out are not changes: libgit2 reports them as deleted. The repository is the caller's; one thread.
 */
#ifndef MODSCOPE_GITCHANGES_H
#define MODSCOPE_GITCHANGES_H

#include "git/git_lib.h"

/* Calls fn for each changed or untracked file, below `prefix` if that is not "". False if libgit2 fails: its error is that of the thread. */
bool gitchanges_each(const struct git_lib *git, git_repository *repo, const char *prefix,
		     void (*fn)(void *ctx, const git_status_entry *s), void *ctx);

#endif
