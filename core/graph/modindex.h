/*
 * modindex.h - what a project's go.mod files said the last time, kept in our own cache directory.
 *
 * Reading and parsing thousands of go.mod files is most of the time of a graph. The index keeps, for each file in
 * GOMODCACHE, its identity (device, inode, size, times of change of content and inode), its hash, and its requirements. A
 * file counts as unchanged if its identity is the same; its hash is held against go.sum each time all the same. A
 * file that was changed less than a second before it was read is not kept, as it could change again unseen.
 *
 * One index file per project (go.mod or go.work) and GOMODCACHE, replaced as a whole by rename. A missing, damaged or
 * foreign file is an empty index. Opening fills the loader's table, which must be empty, so that the numbers in the file
 * are the table's. Written by modload_free. Private to modload.
 */
#ifndef MODSCOPE_MODINDEX_H
#define MODSCOPE_MODINDEX_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "zip/dirhash.h"
#include "graph/modtab.h"

struct modindex_id {
	uint64_t dev, ino, size;
	int64_t mtime, ctime; /* nanoseconds */
};

/* One go.mod file; as in the file. */
struct modindex_entry {
	struct modindex_id id;
	uint32_t node;
	uint32_t module;	     /* path that the file declares; MODTAB_NONE if none */
	uint32_t go;		     /* node "go@V" of its go line; MODTAB_NONE if none */
	uint32_t n_require, require; /* of the array of requirements */
	uint32_t name;		     /* in the strings: below cache/download */
	char sum[DIRHASH_LEN + 1];   /* h1 of the file */
};

struct modindex {
	char *data; /* the file */
	int dir_fd; /* GOMODCACHE/cache/download */
	const struct modindex_entry *entries;
	size_t n_entries;
	const uint32_t *require; /* nodes */
	const bool *indirect;
	const char *strings;
	uint32_t *entry_of; /* by node: index + 1 */
	size_t n_nodes;
	atomic_uchar *states; /* by entry: whether its file is what it was, once that is known */
};

void modindex_id_of(struct modindex_id *id, const struct stat *st);
/* False if there is none that can be used; ix is zero then. */
bool modindex_open(struct modindex *ix, const char *file, const char *modcache, struct modtab *t);
void modindex_release(struct modindex *ix);
/* NULL if the file of this node is not in the index. */
const struct modindex_entry *modindex_find(const struct modindex *ix, uint32_t node);
/* True if the file is what it was; any thread. A file is looked at once. */
bool modindex_is_current(const struct modindex *ix, const struct modindex_entry *e);
/* All entries will be asked for: looks at their files, beginning with the last, until it is stopped. For another thread. */
void modindex_look_ahead(struct modindex *ix, const atomic_bool *stop);

/* One entry to be written. */
struct modindex_new {
	struct modindex_entry e; /* without require and name */
	const char *name;
	const uint32_t *require;
	const bool *indirect;
};
/* Best effort. */
void modindex_write(const char *file, const struct modtab *t, const struct modindex_new *list,
		    size_t n);

#endif
