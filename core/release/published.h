/*
 * published.h - which published version a directory is, byte for byte.
 *
 * The versions that the module cache has the hash of (their .ziphash files) and those of go.sum are compared by h1; nothing is
 * fetched. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_PUBLISHED_H
#define MODSCOPE_PUBLISHED_H

#include "release/moddir.h"

struct goenv;
struct gosum;

struct published {
	const char *version;	/* the newest of the same content; "" if none has it */
	size_t n_known;		/* versions that were compared */
	const char *newest;	/* of them; "" */
};

/* modcache may be NULL: then only go.sum tells of `known`, a version of the module. sums and known may be NULL. */
void published_find(struct published *p, struct arena *a, const struct moddir *d, const char *path, const char *modcache,
		    struct gosum *sums, const char *known);

#endif
