/*
 * githistory.h - the commits of a repository, and the tags and branches that name them.
 *
 * Read from the object database and the references (gitrepo.h); nothing is written. Texts are raw, as committed, and may be hostile. Commits come newest
 * first, at most `max`; an unreadable commit is an error (ERR_REFUSED, in libgit2's words); a name that leads to no commit is left out.
 * One thread. Results live in the arena.
 */
#ifndef MODSCOPE_GITHISTORY_H
#define MODSCOPE_GITHISTORY_H

#include "git/gitrepo.h"

struct githistory_commit {
	const char *id;			/* 40 digits */
	const char *subject, *author;	/* "" if the commit has none */
	int64_t time;			/* of the committer, seconds since 1970 */
};
enum githistory_kind {
	GITHISTORY_TAG,
	GITHISTORY_BRANCH,
	GITHISTORY_REMOTE,
};
struct githistory_name {
	enum githistory_kind kind;
	const char *name;		/* "v1.2.0", "main", "origin/main" */
	struct githistory_commit at;
};

struct githistory_commit githistory_commit(struct arena *a, struct gitrepo *r, const struct gitrepo_commit *c);
/* The commits reachable from `to` but not from `from`; if from is NULL, all that `to` reaches. */
bool githistory_commits(struct githistory_commit **out, size_t *n, struct arena *a, struct gitrepo *r,
			const struct gitrepo_commit *from, const struct gitrepo_commit *to, size_t max, struct err *e);
/* Their number, which stops at max. */
bool githistory_count(size_t *n, struct gitrepo *r, const struct gitrepo_commit *from, const struct gitrepo_commit *to, size_t max,
		      struct err *e);
/* Tags and branches, newest commit first. */
bool githistory_names(struct githistory_name **out, size_t *n, struct arena *a, struct gitrepo *r, size_t max, struct err *e);

#endif
