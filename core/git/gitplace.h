/*
 * gitplace.h - a directory as its git repository sees it: commit, nearest tag, changed files, unpushed commits.
 *
 * For directories that replace modules and for releases to be tagged. gitstate.h reads less and is faster. Read through libgit2
 * (git_lib.h) under the same rules: no git process, no hook, nothing is written. Strings are raw, in the given arena. Any thread.
 *
 * Tags are those of the module in the directory: "v1.2.3" at the top of the repository, "sub/v1.2.3" for a module in sub or in sub/v2.
 */
#ifndef MODSCOPE_GITPLACE_H
#define MODSCOPE_GITPLACE_H

#include "base/arena.h"
#include "base/err.h"

#define GITPLACE_MAX_COMMITS 100000u	/* counting stops there */

struct gitplace {
	bool there;		/* the directory is in a repository with a work tree */
	const char *top;	/* of the work tree, absolute, clean */
	const char *prefix;	/* the directory below it; "" for the top itself */
	const char *tag_prefix;	/* "" or "sub/" */
	const char *branch;	/* "" if HEAD is detached */
	const char *commit;	/* 40 digits; "" before the first one */
	const char *tag;	/* the nearest one on the commit or an ancestor, in full; "" */
	size_t since_tag;	/* commits since */
	size_t n_changed;	/* tracked files of the directory that differ from the commit */
	size_t n_untracked;	/* files and folders in it that git does not know and does not ignore */
	const char *dirty;	/* the first of both, relative to top; "" */
	const char *upstream;	/* "origin/main"; "" if the branch has none */
	size_t n_unpushed;	/* commits that the upstream, or else any remote branch, does not have */
	const char *remote;	/* where a push of the branch goes: its upstream's, else origin, else the first; "" without one */
	bool shallow;		/* a clone without its whole history, and often without tags */
	const char *unwalked;	/* why the history cannot be read to its end: there may be more of these; "" if it can */
};

/* * True with `there` false outside a repository. path_major is the module's: "" or "/v2". ERR_NOT_HERE without libgit2,
 * ERR_REFUSED in libgit2's words. */
bool gitplace_read(struct gitplace *g, struct arena *a, const char *dir, const char *path_major, struct err *e);
/* What pushes its commits, for a shell in dir ("" where that is the current directory): `git push -u origin main`. Where a remote
 * or a branch is needed first, with the commands that make it. */
const char *gitplace_push_remedy(const struct gitplace *g, struct arena *a, const char *dir);
/* The versions ("v1.2.3") that tags give the module, complete semantic versions only, ascending. */
bool gitplace_versions(const struct gitplace *g, struct arena *a, const char *const **versions, size_t *n, struct err *e);

#endif
