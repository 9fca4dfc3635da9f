/*
 * gitrewrite.h - the lines of git's configuration that decide how a repository is reached: url.*.insteadOf, core.sshCommand, ssh.variant.
 *
 * Read as git does outside a repository: the system's file, the user's two, and the environment (GIT_CONFIG_COUNT,
 * GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM); libgit2 reads the files. Immutable once loaded; then any thread.
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
	const char *ssh_command, *ssh_variant; /* NULL if they are not set */
};

/* Without libgit2 there are no rules; unreadable files count as empty. */
void gitrewrite_load(struct gitrewrite *w, const struct goenv *env);
void gitrewrite_release(struct gitrewrite *w);
/* Applies the rule with the longest matching prefix; url itself if none matches. */
const char *gitrewrite_url(const struct gitrewrite *w, struct arena *a, const char *url);

#endif
