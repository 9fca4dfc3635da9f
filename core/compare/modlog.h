/*
 * modlog.h - the commits between two versions of a module, where go has cloned its repository into GOMODCACHE/cache/vcs.
 *
 * Which repository and which commits, the Origin of both .info files tells; where these are not there, or the clone is shallow, nothing is
 * known and *why says so. Nothing is fetched. ERR_* never: what cannot be known is no error. Strings in the arena; one thread.
 */
#ifndef MODSCOPE_MODLOG_H
#define MODSCOPE_MODLOG_H

#include "git/githistory.h"

#define MODLOG_MAX 2000

struct modlog {
	struct githistory_commit *commits;	/* newest first */
	size_t n;
	const char *why;			/* why they are not known; NULL: they are */
};
/* was, is: the raw JSON of "Origin", NULL if there is none. */
void modlog_read(struct modlog *out, struct arena *a, const char *modcache, const char *was, const char *is);

#endif
