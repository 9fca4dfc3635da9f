/*
 * content.h - identifies what is at a path by bytes, names and modes, not by inodes and times, so it survives copying.
 *
 * A cache restored by cp -a, rsync or tar has the same contents under different inode numbers, and inode numbers are
 * reused. Links are not followed. No state; any thread.
 */
#ifndef MODSCOPE_CONTENT_H
#define MODSCOPE_CONTENT_H

#include "base/base.h"

#define CONTENT_LEN 64

struct content {
	char bytes[CONTENT_LEN + 1];	/* SHA-256 in hex, of kinds, names and bytes; "" if nothing is there or it cannot be read */
	uint64_t modes;			/* hash of the modes of everything below path, not of path itself */
};

void content_of(struct content *c, const char *path);
/* True if both are known and equal; `modes`: compare modes too. */
bool content_equal(const struct content *a, const struct content *b, bool modes);

#endif
