/*
 * gitobjects.h - the objects of repositories on this machine, read without libgit2, whose loading takes longer than most answers from a clone that is here.
 *
 * Several object directories are one store. Only what is usual is read: SHA-1, packs up to 64 MiB with an index of version 2, objects up to 16 MiB, which
 * bounds memory; a pack's checksums count, names are not verified. Anything else is not found, and the caller asks libgit2. Files may be hostile or broken.
 * One thread.
 *
 *	struct gitobjects *o = gitobjects_new();
 *	gitobjects_add(o, "/repo.git/objects");
 *	if (gitobjects_read(o, id, &type, &content)) ...
 *	gitobjects_free(o);
 */
#ifndef MODSCOPE_GITOBJECTS_H
#define MODSCOPE_GITOBJECTS_H

#include "base/buf.h"

#define GITOBJECTS_ID 20u

struct gitobjects;
enum gitobjects_type { GITOBJECTS_COMMIT = 1, GITOBJECTS_TREE, GITOBJECTS_BLOB, GITOBJECTS_TAG };

struct gitobjects *gitobjects_new(void);
void gitobjects_free(struct gitobjects *o); /* NULL is fine */
void gitobjects_add(struct gitobjects *o, const char *objects_dir);
/* How many objects, 0, 1 or 2 for more, have a name that begins with the digits (4 to 40 in lower case); id is that of one. */
unsigned gitobjects_find(struct gitobjects *o, const char *digits, unsigned char id[GITOBJECTS_ID]);
bool gitobjects_size(struct gitobjects *o, const unsigned char id[GITOBJECTS_ID], enum gitobjects_type *type, size_t *size);
/* Appends the content. */
bool gitobjects_read(struct gitobjects *o, const unsigned char id[GITOBJECTS_ID], enum gitobjects_type *type, struct buf *out);

#endif
