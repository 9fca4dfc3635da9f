/*
 * git_sshurl.h - the URLs that git reaches by ssh.
 *
 * Follows git's connect.c: ssh://, git+ssh://, ssh+git:// and HOST:PATH. Pure; any thread.
 */
#ifndef MODSCOPE_GIT_SSHURL_H
#define MODSCOPE_GIT_SSHURL_H

#include "base/arena.h"

struct git_sshurl {
	const char *host; /* with the user: "git@example.com"; without the brackets of an IPv6 address */
	const char *port; /* NULL: ssh's own */
	const char *path; /* "/srv/repo", "~user/repo" */
};

bool git_sshurl_is(const char *url);
/* False, with git's words in *why: no path, or a host or path that ssh or the server could take for an option. */
bool git_sshurl_parse(struct git_sshurl *out, struct arena *a, const char *url, const char **why);

#endif
