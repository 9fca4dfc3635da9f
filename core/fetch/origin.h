/*
 * origin.h - where a version comes from, as go tells it: codehost.Origin, and its union (modload's mergeOrigin).
 *
 * Pure; any thread. Strings are borrowed; what is made lives in the caller's arena.
 */
#ifndef MODSCOPE_ORIGIN_H
#define MODSCOPE_ORIGIN_H

#include "base/arena.h"
#include "base/buf.h"

/* "" where there is none. */
struct origin {
	const char *vcs, *url, *subdir, *hash, *tag_prefix, *tag_sum, *ref, *repo_sum;
};

#define ORIGIN_NONE (struct origin){ "", "", "", "", "", "", "", "" }

/* As encoding/json writes it, appended. */
void origin_write(struct buf *b, const struct origin *o);
/* A string of JSON as encoding/json writes it: HTML's characters escaped. Appended. */
void origin_write_string(struct buf *b, const char *s);
const char *origin_text(struct arena *a, const struct origin *o);
/* The union of two that were written; NULL where either is NULL or they contradict each other. */
const char *origin_merge(struct arena *a, const char *one, const char *two);

#endif
