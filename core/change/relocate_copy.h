/*
 * relocate_copy.h - copies of files and trees, with their modes and times.
 */
#ifndef MODSCOPE_RELOCATE_COPY_H
#define MODSCOPE_RELOCATE_COPY_H

#include "base/err.h"

/* A temporary name beside path, one that go treats as its own leftover. */
char *relocate_copy_beside(const char *path, bool dir);
/* Copies `from` to `to`, which must not exist, and syncs it. On failure nothing is left. */
bool relocate_copy(const char *from, const char *to, struct err *e);
/* Copies bytes between open files, to the end. Paths are for errors. */
bool relocate_copy_bytes(int from, const char *from_path, int to, const char *to_path, struct err *e);
bool relocate_copy_write(int fd, const char *data, size_t len, const char *path, struct err *e);

#endif
