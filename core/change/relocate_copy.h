/*
 * relocate_copy.h - copies of files and trees, with their modes and times.
 */
#ifndef MODSCOPE_RELOCATE_COPY_H
#define MODSCOPE_RELOCATE_COPY_H

#include "base/err.h"

/* The name beside path under which what shall get its name is written: such a one go takes for its own left-over. */
char *relocate_copy_beside(const char *path, bool dir);
/* Copies from to `to`, where nothing stands, and syncs it. Nothing is left of what fails. */
bool relocate_copy(const char *from, const char *to, struct err *e);
/* Bytes of one file to the end; both are open. */
bool relocate_copy_bytes(int from, const char *from_path, int to, const char *to_path, struct err *e);
bool relocate_copy_write(int fd, const char *data, size_t len, const char *path, struct err *e);

#endif
