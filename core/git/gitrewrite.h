/*
 * gitrewrite.h - the url.*.insteadOf lines of git's configuration.
 *
 * Read as git reads it for a repository that has none of its own: the machine's file, the user's two, and what the environment says (GIT_CONFIG_COUNT,
 * GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM); files by libgit2. Immutable once read; any thread may then ask.
 *
 *	struct gitrewrite w = { 0 };
 *	gitrewrite_load(&w, env);
 *	url = gitrewrite_url(&w, &arena, "https://example.com/repo");
 *	gitrewrite_release(&w);
 */
#ifndef MODSCOPE_GITREWRITE_H
#define MODSCOPE_GITREWRITE_H

#include "base/arena.h"

struct goenv;

struct gitrewrite_rule {
	const char *base, *instead;
};

struct gitrewrite {
	struct arena arena;
	ARENA_VEC(struct gitrewrite_rule) rules;
};

/* Nothing where libgit2 is missing; unreadable files count as empty. */
void gitrewrite_load(struct gitrewrite *w, const struct goenv *env);
void gitrewrite_release(struct gitrewrite *w);
/* The rule with the longest beginning is applied; url itself if there is none. */
const char *gitrewrite_url(const struct gitrewrite *w, struct arena *a, const char *url);

#endif
