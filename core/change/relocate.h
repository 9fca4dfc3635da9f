/*
 * relocate.h - moves a file or tree between its place and the quarantine.
 *
 * By rename where possible: one atomic step. Where it is not, because the two places are on different mounts
 * or the directory belongs to a lower layer of an overlay, by copying: each copy is written beside its target, synced, and renamed
 * when it is complete; only then is the original removed or replaced. Even so a file is replaced in one step. A tree is
 * not: while it is being cleared, its `mark` exists, a file that makes go treat the tree as absent.
 *
 * Modes and times are kept, owners and special files where permitted. On failure the target is a complete copy or
 * absent.
 */
#ifndef MODSCOPE_RELOCATE_H
#define MODSCOPE_RELOCATE_H

#include "base/err.h"

struct relocate {
	const char *mark;	/* exists while a tree is being cleared; "" if none is needed */
	bool touched;		/* out: a file or tree lost its name or is incomplete */
};

/* Whether files can be renamed from one directory to the other, as far as the system tells without trying. */
bool relocate_can_rename(const char *from_dir, const char *to_dir);
/* Moves `from` to `to`, which must not exist. */
bool relocate_move(struct relocate *r, const char *from, const char *to, struct err *e);
/* Moves `from` to path. What was there is then at `from`, or at `aside`, which must not exist before. */
bool relocate_swap(struct relocate *r, const char *path, const char *from, const char *aside, struct err *e);

#endif
