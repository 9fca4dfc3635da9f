/*
 * modorigin.h - the commits that versions of a module are, as a clone on this machine shows them.
 *
 * The Origin of a .info file names the repository and the commit. Where a clone of it is here (gitclone.h), it tells the rest: the time and the author, the branch, the tag
 * and its signature, and the commits since an older version. What is unknown says why. Nothing is fetched, and nothing is an error. Texts are raw and
 * may be hostile. Strings in the arena; one thread.
 *
 *	modorigin_read(list, n, &arena, env, cancel);		// list[i].info set, newest first
 */
#ifndef MODSCOPE_MODORIGIN_H
#define MODSCOPE_MODORIGIN_H

#include "base/cancel.h"
#include "fetch/origin.h"
#include "git/gitclone.h"
#include "git/githistory.h"

struct goenv;

#define MODORIGIN_SHOWN ((size_t)20)	/* commits that are listed; more are counted */
#define MODORIGIN_MAX ((size_t)100000)	/* counting stops there */

struct modorigin {
	const char *info;		/* in: the raw JSON of Origin, NULL if there is none */
	struct origin origin;		/* fields are "" where it has none; the URL is without credentials */
	bool read;			/* from a clone; if not, all below is unknown and `why` says so */
	const char *why;
	struct githistory_commit commit;
	enum gitclone_signature commit_signature;
	const char *branch;		/* the first that has the commit; "" if none has; NULL if unknown */
	struct gitclone_tag tag;	/* of origin.ref */
	/* Since the next one of the list: */
	bool compared;
	size_t n_commits, n_shown;
	const struct githistory_commit *commits; /* newest first */
	const char *no_commits;		/* why not compared; NULL */
};

void modorigin_read(struct modorigin *list, size_t n, struct arena *a, const struct goenv *env, const struct cancel *cancel);
/* "OpenPGP", "SSH", "X.509", "" */
const char *modorigin_signature(enum gitclone_signature s);
/* The clone of a repository; ERR_NOT_FOUND if none is here, ERR_REFUSED for a URL that names a directory: only the user's own insteadOf may lead to one. */
bool modorigin_open(struct gitclone *c, struct arena *a, const struct goenv *env, const char *url, struct err *e);

#endif
