/*
 * netrc.h - credentials for https servers, as the go command takes them from a netrc file.
 *
 * Follows cmd/go/internal/auth: the file is $NETRC or ~/.netrc; an entry counts once it has machine, login and
 * password, the first of a machine wins, "default" is not used. A machine matches a URL if it is host[:port], or host and
 * the first part of the path. Immutable after reading; any thread. Nothing of it may reach a screen or a log.
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
/* Strings are copied; of two for a machine the first one counts. */
void netrc_add(struct netrc *rc, const char *machine, const char *login, const char *password);
/* GOAUTH decides whether the file counts; an unreadable file has no entries. */
void netrc_load(struct netrc *rc, const struct goenv *env);
void netrc_release(struct netrc *rc);
/* The entry for an https URL, NULL if there is none: the longest prefix that is a machine. */
const struct netrc_entry *netrc_find(const struct netrc *rc, const char *url);

#endif
