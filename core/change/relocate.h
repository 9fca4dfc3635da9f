/*
 * relocate.h - moves a file or tree between its place and the quarantine.
 *
 * By rename where the system can: one step, nothing is ever half. Where it cannot, since the two places are mounts of their own
 * or the directory belongs to a lower layer of an overlay, by copies: each is written beside where it goes, synced, and gets its
 * name when it is whole; only then what it is a copy of is removed or replaced. A file is replaced in one step even so. A tree is
 * not: while it is cleared, its `mark` is there, a file that makes go take the tree for absent.
 *
 * Modes and times are kept, owners and special files where that is allowed. A failure leaves what was copied in the
 * place that it is copied to, or nothing.
 */
#ifndef MODSCOPE_RELOCATE_H
#define MODSCOPE_RELOCATE_H

#include "base/err.h"

struct relocate {
	const char *mark;	/* made while a tree is cleared, and removed when all is done; "" if none is needed */
	bool touched;		/* out: something that had a name has lost it or is no longer whole */
};

/* A name can be moved from one directory to the other, as far as the system tells without trying it. */
bool relocate_can_rename(const char *from_dir, const char *to_dir);
/* `to`, where nothing stands, is where `from` was. */
bool relocate_move(struct relocate *r, const char *from, const char *to, struct err *e);
/* `from` takes path's place. What stood there is at `from` afterwards, or at `aside`, where nothing stands before. */
bool relocate_swap(struct relocate *r, const char *path, const char *from, const char *aside, struct err *e);

#endif
