/*
 * modindex.h - the go.mod files of a project as last read, kept in our own cache directory.
 *
 * Reading and parsing thousands of go.mod files takes most of the time to load a graph. The index keeps, for each file in
 * GOMODCACHE, its identity (device, inode, size, mtime and ctime), its hash, and its requirements. A
 * file counts as unchanged if its identity is the same; its hash is still checked against go.sum each time. A
 * file changed less than a second before it was read is not kept, since it could change again undetected.
 *
 * One index file per project (go.mod or go.work) and GOMODCACHE, replaced as a whole by rename. A missing, damaged or
 * foreign file is an empty index. Opening fills the loader's table, which must be empty, so that the numbers in the file
 * match the table's. Written by modload_free. Private to modload.
 */
#ifndef MODSCOPE_MODINDEX_H
#define MODSCOPE_MODINDEX_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "zip/dirhash.h"
#include "graph/modlooks.h"
#include "graph/modtab.h"

struct modindex_id {
	uint64_t dev, ino, size;
	int64_t mtime, ctime; /* nanoseconds */
};

/* One go.mod file; also the format on disk. */
struct modindex_entry {
	struct modindex_id id;
	uint32_t node;
	uint32_t module;	     /* declared path; MODTAB_NONE if none */
	uint32_t go;		     /* node "go@V" of its go line; MODTAB_NONE if none */
	uint32_t n_require, require; /* count and start in the array of requirements */
	uint32_t name;		     /* offset in the strings: name below cache/download */
	char sum[DIRHASH_LEN + 1];   /* h1 of the file */
};

struct modindex {
	char *data; /* the file */
	struct modlooks *looks; /* NULL: not shared; else data and states are its */
	int dir_fd; /* GOMODCACHE/cache/download */
	const struct modindex_entry *entries;
	size_t n_entries;
	const uint32_t *require; /* nodes */
	const bool *indirect;
	const char *strings;
	uint32_t *entry_of; /* by node: index + 1 */
	size_t n_nodes;
	atomic_uchar *states; /* by entry: whether its file is unchanged, once known */
};

void modindex_id_of(struct modindex_id *id, const struct stat *st);
/* False if there is no usable index; ix is then zero. `looks` may be NULL. */
bool modindex_open(struct modindex *ix, const char *file, const char *modcache, struct modlooks *looks, struct modtab *t);
void modindex_release(struct modindex *ix);
/* NULL if the file of this node is not in the index. */
const struct modindex_entry *modindex_find(const struct modindex *ix, uint32_t node);
/* Whether the file is unchanged; any thread. Each file is checked once. */
bool modindex_is_current(const struct modindex *ix, const struct modindex_entry *e);
/* Checks the files of all entries in advance, beginning with the last, until stopped. For another thread. */
void modindex_look_ahead(struct modindex *ix, const atomic_bool *stop);

/* An entry to write. */
struct modindex_new {
	struct modindex_entry e; /* without require and name */
	const char *name;
	const uint32_t *require;
	const bool *indirect;
};
/* Replaces the index file; best effort. */
void modindex_write(const char *file, const struct modtab *t, const struct modindex_new *list,
		    size_t n);

#endif
