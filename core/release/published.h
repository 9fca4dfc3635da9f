/*
 * published.h - the published version that is identical to a directory.
 *
 * Compares the h1 of versions in the module cache (.ziphash files) and in go.sum; nothing is
 * fetched. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_PUBLISHED_H
#define MODSCOPE_PUBLISHED_H

#include "release/moddir.h"

struct goenv;
struct gosum;

struct published {
	const char *version;	/* the newest with the same content; "" if there is none */
	size_t n_known;		/* number of versions compared */
	const char *newest;	/* of them; "" */
	const char *unread;	/* the first of the cache's files that could not be read, and why; "" */
};

/* modcache may be NULL: then only `known`, a version of the module in go.sum, is compared. sums and known may be NULL. */
void published_find(struct published *p, struct arena *a, const struct moddir *d, const char *path, const char *modcache,
		    struct gosum *sums, const char *known);

#endif
