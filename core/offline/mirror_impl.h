/*
 * mirror_impl.h - what the files of the mirror share: the versions, the files of the tree, the checksum database's part.
 */
#ifndef MODSCOPE_MIRROR_IMPL_H
#define MODSCOPE_MIRROR_IMPL_H

#include "base/err.h"
#include "offline/mirror.h"

struct mirror_version {
	struct modver mod;
	bool zip;
	bool done;
};

/* mirror_file.c: notes an unavailable file; the first reason counts. */
void mirror_be_unsure(struct mirror *m, const char *why);
/* Write a file that is missing or differs, by one rename; the same content is not rewritten. Count it in m. */
bool mirror_file_write(struct mirror *m, const char *name, const void *data, size_t len, struct err *e);
bool mirror_file_copy(struct mirror *m, const char *name, const char *from, struct err *e);
/* Removes what killed runs left, unless another run is at work in the tree. Last. */
void mirror_file_clean(struct mirror *m);
void mirror_file_unlock(struct mirror *m);
/* The names of all files below the tree, sorted bytewise, in the arena. */
bool mirror_file_list(struct mirror *m, const char *const **names, size_t *n, struct err *e);

/* mirror_sumdb.c: lookups of all versions, all under one tree head, and the tiles that prove them. */
bool mirror_sumdb_add(struct mirror *m, const struct goenv *env, struct err *e);

#endif
