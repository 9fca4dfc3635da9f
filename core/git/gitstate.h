/*
 * gitstate.h - a directory's state in its git repository: branch, commit, number of changed files.
 *
 * Read through libgit2 (git_lib.h): no git process, hook or external filter runs, and nothing is written, not even the
 * index. libgit2 refuses a repository of another owner. GIT_DIR, GIT_INDEX_FILE and
 * GIT_CEILING_DIRECTORIES work as in git. Strings are raw, in the given arena. Any thread.
 */
#ifndef MODSCOPE_GITSTATE_H
#define MODSCOPE_GITSTATE_H

#include "base/arena.h"
#include "base/err.h"

struct gitstate {
	bool there;		/* the directory is in a repository with a work tree */
	const char *dir;	/* of the repository: .git */
	const char *branch;	/* short name, set even before the first commit; "" if HEAD is detached */
	const char *ref;	/* full name; "" if HEAD is detached */
	char commit[8];		/* the first 7 digits; "" before the first commit */
	size_t n_changed;	/* files that git status lists: staged, changed, untracked */
};

/* True with `there` false outside a repository. ERR_NOT_HERE without libgit2, ERR_REFUSED in libgit2's words. */
bool gitstate_read(struct gitstate *s, struct arena *a, const char *dir, struct err *e);

#endif
