/*
 * tarfile.h - a reproducible tar archive, whose bytes depend only on names and contents: ustar with pax names, in the order of adding;
 * no times, no owners, mode 0644. Compressed with zstd, whose library is loaded on first use.
 *
 *	struct tarfile *t = tarfile_new("mirror.tar.zst", &e);
 *	tarfile_add(t, "a/b", "dir/a/b", &e);
 *	tarfile_end(t, true, &e);		// false: removes it
 *
 * One thread.
 */
#ifndef MODSCOPE_TARFILE_H
#define MODSCOPE_TARFILE_H

#include "base/err.h"

struct tarfile;

/* Written under a temporary name and renamed at the end. ERR_NOT_FOUND: there is no libzstd. */
struct tarfile *tarfile_new(const char *file, struct err *e);
/* Adds the content of a regular file under a name. */
bool tarfile_add(struct tarfile *t, const char *name, const char *from, struct err *e);
bool tarfile_end(struct tarfile *t, bool keep, struct err *e);

#endif
