/*
 * tarfile.h - a tar archive whose bytes depend on names and contents alone: ustar with pax names, in the order in which files are added;
 * no times, no owners, mode 0644. Compressed as zstd, with the library that is looked up when it is needed.
 *
 *	struct tarfile *t = tarfile_new("mirror.tar.zst", &e);
 *	tarfile_add(t, "a/b", "dir/a/b", &e);
 *	tarfile_end(t, true, &e);		// false: nothing is left of it
 *
 * One thread.
 */
#ifndef MODSCOPE_TARFILE_H
#define MODSCOPE_TARFILE_H

#include "base/err.h"

struct tarfile;

/* Written beside the name, and put in its place at the end. ERR_NOT_FOUND: there is no libzstd. */
struct tarfile *tarfile_new(const char *file, struct err *e);
/* The content of a regular file under a name of the archive. */
bool tarfile_add(struct tarfile *t, const char *name, const char *from, struct err *e);
bool tarfile_end(struct tarfile *t, bool keep, struct err *e);

#endif
