/*
 * netrc.h - credentials for https servers, as the go command takes them from a netrc file.
 *
 * Follows cmd/go/internal/auth: the file is $NETRC or ~/.netrc; an entry counts once it has machine, login and
 * password; the first for a machine wins; "default" is not used. A machine matches a URL if it is host[:port], or host and
 * a prefix of the path. Immutable after reading; any thread. Credentials must not reach a screen or a log.
 */
#ifndef MODSCOPE_NETRC_H
#define MODSCOPE_NETRC_H

#include "base/arena.h"

struct goenv;

struct netrc_entry {
	const char *machine, *login, *password;
};

struct netrc {
	struct arena arena;
	struct netrc_entry *entries; /* in the order of the file */
	size_t n, cap;
};

#define NETRC_INIT \
	{          \
		0  \
	}

void netrc_parse(struct netrc *rc, const char *data, size_t len);
/* GOAUTH decides whether the file is used; an unreadable file has no entries. */
void netrc_load(struct netrc *rc, const struct goenv *env);
void netrc_release(struct netrc *rc);
/* The entry whose machine is the longest prefix of an https URL; NULL if there is none. */
const struct netrc_entry *netrc_find(const struct netrc *rc, const char *url);

#endif
