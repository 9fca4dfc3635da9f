/*
 * newer.h - among the versions that are newer than the current one: which may be chosen, and which is the newest that has a property.
 *
 * A version may be chosen if it is neither excluded nor retracted, and where an upgrade would choose it or something newer: no
 * prerelease if there is a release, no +incompatible beyond what the upgrade accepts. The property costs a question a version, and a version
 * without it says nothing of the next one. So every version above the answer is asked about, and few below it: some from all over the list
 * show where about the answer is, then come all above. The questions of a step go out at once. Thread-safe; blocks.
 *
 *	struct newer_list l = newer_choices(a, path, versions, n, current, update);
 *	const char *v = newer_keeps_go(source, golines, path, l, "1.22", 8, &unread);
 */
#ifndef MODSCOPE_NEWER_H
#define MODSCOPE_NEWER_H

#include "base/arena.h"

struct golines;
struct source;

struct newer_list {
	const char *const *items; /* ascending */
	size_t n;
};

/* Of versions that are allowed, ascending: those above current and up to update. */
struct newer_list newer_choices(struct arena *a, const char *path, struct newer_list versions, const char *current,
				const char *update);
/* The newest whose go.mod has a go line of at most go_version, or none; "" if there is no such. *unread is the newest above it whose
 * go.mod could not be read, "" if there is none. */
const char *newer_keeps_go(struct source *s, struct golines *g, const char *path, struct newer_list l,
			   const char *go_version, unsigned threads, const char **unread);
/* The newest that was made at `not_after` (seconds since 1970) or before. */
const char *newer_cooled(struct source *s, const char *path, struct newer_list l, int64_t not_after,
			 unsigned threads, const char **unread);
/* The go line of a go.mod; "" if it has none, NULL if it could not be read. It is the go lines'. */
const char *newer_go_line(struct source *s, struct golines *g, struct modver m);

#endif
