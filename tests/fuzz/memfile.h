/*
 * memfile.h - bytes as a file, for functions that only read files. For fuzzers only.
 *
 *	struct memfile f;
 *	memfile_open(&f, data, size);
 *	... f.path ...
 *	memfile_close(&f);
 */
#ifndef MODSCOPE_MEMFILE_H
#define MODSCOPE_MEMFILE_H

#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

struct memfile {
	int fd;
	char path[32];
};

static inline void memfile_open(struct memfile *f, const uint8_t *data, size_t size)
{
	f->fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (f->fd < 0 || write(f->fd, data, size) != (ssize_t)size)
		__builtin_trap();
	snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
}

static inline void memfile_close(struct memfile *f)
{
	close(f->fd);
}

#endif
