/*
 * content.h - what stands at a path, as a value that outlives copying: bytes, names and modes, not inodes and times.
 *
 * A cache that comes back by cp -a, rsync or tar holds the same contents under other inode numbers, and an inode number that is given
 * once more says nothing about what it is of. Links are not followed. Pure but for reading; any thread.
 */
#ifndef MODSCOPE_CONTENT_H
#define MODSCOPE_CONTENT_H

#include "base/base.h"

#define CONTENT_LEN 64

struct content {
	char bytes[CONTENT_LEN + 1];	/* hex, of kinds, names and bytes; "" if unknown: nothing is there, or it cannot be read */
	uint64_t modes;			/* of all below path, without its own */
};

void content_of(struct content *c, const char *path);
/* Both are known, and the same with or without the modes. */
bool content_equal(const struct content *a, const struct content *b, bool modes);

#endif
