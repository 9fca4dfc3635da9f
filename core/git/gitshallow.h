/*
 * gitshallow.h - a git server's answer to a request for one commit without its history (git's pack protocol, version 0).
 *
 * The answer: shallow commits, a flush, NAK, the pack in side-band packets, a flush. Pure: takes bytes as they arrive and passes the pack's bytes to a function. Holds at most one
 * packet in memory. ERR_NETWORK in the server's words if it refuses, ERR_SYNTAX if the answer is malformed.
 *
 *	gitshallow_request(&b, hash);
 *	struct gitshallow s = { .sink = write_pack, .ctx = pack, .rest = BUF_INIT };
 *	while (!s.done && read(...) && gitshallow_feed(&s, data, len, &e))
 *		;
 *	gitshallow_release(&s);
 */
#ifndef MODSCOPE_GITSHALLOW_H
#define MODSCOPE_GITSHALLOW_H

#include "base/buf.h"
#include "base/err.h"

struct gitshallow {
	bool (*sink)(void *ctx, const char *data, size_t len, struct err *e);
	void *ctx;
	bool done;	/* the answer is complete */
	int state;	/* private */
	struct buf rest; /* the packet received so far */
};

/* Appends the request. */
void gitshallow_request(struct buf *b, const char *hash);
/* Bytes after the end are ignored. */
bool gitshallow_feed(struct gitshallow *s, const char *data, size_t len, struct err *e);
void gitshallow_release(struct gitshallow *s);

/* A server whose own history is cut off ends its list of refs with "shallow" lines, at which libgit2 1.5 fails. */
struct gitshallow_list {
	bool found;	/* there were such lines */
	bool raw;	/* private, as all below: not the git protocol, passed as it is */
	bool skip;
	size_t have, left;
	char head[12];
};

/* Appends the list without these lines; len 0 is the end. Zero the struct first. */
void gitshallow_filter(struct gitshallow_list *l, struct buf *out, const char *data, size_t len);

#endif
