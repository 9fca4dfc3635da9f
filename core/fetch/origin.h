/*
 * origin.h - where a version comes from, as go reports it: codehost.Origin, and the union of two (modload's mergeOrigin).
 *
 * Pure; any thread. Strings are borrowed; results live in the caller's arena.
 */
#ifndef MODSCOPE_ORIGIN_H
#define MODSCOPE_ORIGIN_H

#include "base/arena.h"
#include "base/buf.h"

/* Missing fields are "". */
struct origin {
	const char *vcs, *url, *subdir, *hash, *tag_prefix, *tag_sum, *ref, *repo_sum;
};

#define ORIGIN_NONE (struct origin){ "", "", "", "", "", "", "", "" }

/* Appends it as encoding/json writes it. */
void origin_write(struct buf *b, const struct origin *o);
/* Appends a JSON string as encoding/json writes it: with HTML characters escaped. */
void origin_write_string(struct buf *b, const char *s);
const char *origin_text(struct arena *a, const struct origin *o);
/* From JSON, NULL for none; false if there is none. Fields are in the arena. */
bool origin_read(struct origin *o, struct arena *a, const char *text);
/* The union of two origins in JSON; NULL if either is NULL or they contradict each other. */
const char *origin_merge(struct arena *a, const char *one, const char *two);

#endif
