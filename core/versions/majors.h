/*
 * majors.h - the paths of a module's later major versions: "/v3" of "/v2", ".v4" of gopkg.in's ".v2".
 *
 * Requests the lists of the next ones, several at once; if one exists, as many after it, so that only a gap of
 * that length ends the search. Thread-safe; blocks.
 */
#ifndef MODSCOPE_MAJORS_H
#define MODSCOPE_MAJORS_H

#include "base/arena.h"

struct source;

struct majors {
	const char *const *paths; /* ascending */
	size_t n;
};

/* The search begins after the major version of the path, or of `current` if that is +incompatible. */
void majors_find(struct majors *m, struct arena *a, struct source *s, const char *path, const char *current,
		 unsigned threads);

#endif
