/*
 * goauth_reply.h - parses the output of a GOAUTH command: blocks of URLs, an empty line, headers, an empty line.
 *
 * Follows cmd/go/internal/auth (userauth.go: parseUserAuth, httputils.go). Pure; strings live in the arena.
 */
#ifndef MODSCOPE_GOAUTH_REPLY_H
#define MODSCOPE_GOAUTH_REPLY_H

#include "base/arena.h"

struct goauth_reply_header {
	const char *name, *value; /* the name in net/textproto's canonical form */
};

/* For one prefix; without headers it revokes earlier ones. */
struct goauth_reply {
	const char *prefix; /* without https:// */
	const struct goauth_reply_header *headers;
	size_t n;
};

struct goauth_reply_list {
	struct goauth_reply *items;
	size_t n, cap;
};

/* False if go rejects the whole output. */
bool goauth_reply_parse(struct goauth_reply_list *out, struct arena *a, const char *text, size_t len);

#endif
