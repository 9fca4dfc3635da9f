/*
 * newer.h - the newer versions that may be chosen, and the newest of them with a property.
 *
 * A version may be chosen if it is neither excluded nor retracted, and an upgrade would choose it or a newer one: no
 * prerelease if there is a release, no +incompatible beyond what the upgrade accepts. The property costs one request per version, and a version
 * without it tells nothing about the next. So every version above the answer must be checked, but few below it: samples from the whole list
 * locate the answer roughly, then all above are checked. The requests of a step are sent at once. Thread-safe; blocks.
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

/* From the allowed versions, ascending, those above current and up to update. */
struct newer_list newer_choices(struct arena *a, const char *path, struct newer_list versions, const char *current,
				const char *update);
/* The newest whose go.mod has a go line of at most go_version, or no go line; "" if there is none. *unread is the newest above it with an
 * unreadable go.mod, "" if there is none. */
const char *newer_keeps_go(struct source *s, struct golines *g, const char *path, struct newer_list l,
			   const char *go_version, unsigned threads, const char **unread);
/* The versions of the list that begin with the prefix, in the arena. */
struct newer_list newer_within(struct arena *a, struct newer_list l, const char *prefix);
/* The part of the list below v. */
struct newer_list newer_below(struct newer_list l, const char *path, const char *v);
/* The newest made at or before `not_after` (seconds since 1970). */
const char *newer_cooled(struct source *s, const char *path, struct newer_list l, int64_t not_after,
			 unsigned threads, const char **unread);
/* The go line of a go.mod; "" if it has none, NULL if it could not be read. g owns it. */
const char *newer_go_line(struct source *s, struct golines *g, struct modver m);

#endif
