/*
 * gitstate.h - where a directory stands in its git repository: branch, commit, how many files are changed.
 *
 * Read through libgit2 (git_lib.h): no git process, no hook and no external filter runs, and nothing is written, the index
 * neither. A repository of another owner is not read (libgit2 says so). GIT_DIR, GIT_INDEX_FILE and
 * GIT_CEILING_DIRECTORIES count as they do for git. Strings are raw, in the given arena. Any thread.
 */
#ifndef MODSCOPE_GITSTATE_H
#define MODSCOPE_GITSTATE_H

#include "base/arena.h"
#include "base/err.h"

struct gitstate {
	bool there;		/* the directory is in a repository with a work tree */
	const char *dir;	/* the repository's: .git */
	const char *branch;	/* its short name, also before the first commit; "" if HEAD is detached */
	const char *ref;	/* its full name; "" */
	char commit[8];		/* the first 7 digits; "" before the first commit */
	size_t n_changed;	/* files that git status lists: staged, changed, untracked */
};

/* True with `there` false outside of a repository. ERR_NOT_HERE without libgit2, ERR_REFUSED in libgit2's words. */
bool gitstate_read(struct gitstate *s, struct arena *a, const char *dir, struct err *e);

#endif
