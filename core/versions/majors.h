/*
 * majors.h - the paths of a module's later major versions: "/v3" of "/v2", ".v4" of gopkg.in's ".v2".
 *
 * A proxy is asked for the lists of the next ones, several at once; where one exists, of as many behind it, so that a gap between
 * major versions ends the search only if it is that long. Thread-safe; blocks.
 */
#ifndef MODSCOPE_MAJORS_H
#define MODSCOPE_MAJORS_H

#include "base/arena.h"

struct source;

struct majors {
	const char *const *paths; /* ascending */
	size_t n;
};

/* The search begins behind the major version of the path, and of `current` where that is +incompatible. */
void majors_find(struct majors *m, struct arena *a, struct source *s, const char *path, const char *current,
		 unsigned threads);

#endif
