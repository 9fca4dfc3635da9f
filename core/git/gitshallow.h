/*
 * gitshallow.h - a git server's answer to a request for one commit without its history (git's pack protocol, version 0).
 *
 * The commits that are cut off, a flush, NAK, the pack in pieces of a side band, a flush. Pure: bytes in as they come, the pack's bytes out to a function. Memory is bounded by a
 * packet. ERR_NETWORK in the server's words where it refuses, ERR_SYNTAX where the answer is none.
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
	bool done;	/* the answer's end has come */
	int state;	/* of this file's own */
	struct buf rest; /* of a packet that has not come as a whole */
};

/* Appends the request. */
void gitshallow_request(struct buf *b, const char *hash);
/* What comes after the end is not looked at. */
bool gitshallow_feed(struct gitshallow *s, const char *data, size_t len, struct err *e);
void gitshallow_release(struct gitshallow *s);

#endif
