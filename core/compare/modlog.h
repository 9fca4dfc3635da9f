/*
 * modlog.h - the commits between two versions of a module, from a clone on this machine (git/gitclone.h).
 *
 * The Origin of both .info files names the repository and the commits; if they are missing, or the clone is shallow, the commits are
 * unknown and `why` says so. Nothing is fetched, and nothing is an error. Strings in the arena; one thread.
 */
#ifndef MODSCOPE_MODLOG_H
#define MODSCOPE_MODLOG_H

#include "git/githistory.h"

struct goenv;

#define MODLOG_MAX 2000

struct modlog {
	struct githistory_commit *commits;	/* newest first */
	size_t n;
	const char *why;			/* why they are unknown; NULL if known */
};
/* was, is: the raw JSON of "Origin", NULL if there is none. */
void modlog_read(struct modlog *out, struct arena *a, const struct goenv *env, const char *was, const char *is);

#endif
