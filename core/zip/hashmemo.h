/*
 * hashmemo.h - remembers hashes of zips and extracted trees.
 *
 * A result is remembered under the identity of the files: device, inode, size,
 * mode, modification and status change time; for a tree, those of every file in it, with their names.
 * Files unchanged by that measure are not read again. Of what cannot be hashed, and of trees
 * with links, only that they were tried is remembered: these are always hashed again.
 *
 * A file that a process has open for writing or mapped is hashed but not remembered, where the system can tell:
 * it may change without a new time. So the memory detects accidents and go's own changes, but not an attacker who writes to
 * the cache and sets times, or who writes to the disk directly: only `full` detects these.
 *
 * On disk it is one flat file in our own cache directory: "modscope hashes 4\n", then fixed records sorted by
 * key, all little-endian, each with a checksum, replaced by rename. Damaged or unsorted records and files of another
 * version are ignored. Beside it, in trees/, are the names of each remembered tree (treelook.h). Saving adds to what the file has by then; if
 * two processes do so at once, the last one wins, which only costs time.
 *
 * hashmemo_zip and hashmemo_tree may be called from many threads at once.
 *
 *	struct hashmemo *memo = hashmemo_open(file);            // file may be NULL: nothing is kept on disk
 *	struct hashmemo_result r;
 *	hashmemo_zip(memo, hasher, zip, mod, full, cancel, &r, &e);
 *	hashmemo_save(memo, &e);
 *	hashmemo_free(memo);
 */
#ifndef MODSCOPE_HASHMEMO_H
#define MODSCOPE_HASHMEMO_H

#include "zip/dirhash.h"

struct hashmemo;

struct hashmemo_result {
	char sum[DIRHASH_LEN + 1];
	/* Of a zip only: */
	char flat_sum[DIRHASH_LEN + 1];		/* without its directory entries; the same as sum if there are none */
	bool has_dirs;				/* directory entries */
	bool has_gomod;				/* it contains PATH@VERSION/go.mod */
	bool well_formed;			/* passes x/mod/zip.CheckZip for this module */
	unsigned char gomod[32];		/* SHA-256 of that go.mod */
	/* Of a tree only: */
	uint64_t bytes, n_files;
	uint32_t n_odd;				/* neither file nor directory */
	uint32_t n_writable;			/* files with a write bit, which go never extracts */
	bool remembered;			/* nothing was read */
};

struct hashmemo *hashmemo_open(const char *file);
void hashmemo_free(struct hashmemo *memo);
/* For tests: sets the clock (seconds since 1970) by which files changed in the last two seconds, which may change again without a new
 * time, are not kept on disk. */
void hashmemo_set_now(struct hashmemo *memo, int64_t now);
/* Writes the file if there are new results. */
bool hashmemo_save(struct hashmemo *memo, struct err *e);

/* dirhash_zip and dirhash_dir through the memory; with `full`, results on disk are not used. What the struct itself has
 * hashed is returned without checking the files again: use one struct per run, and a new one after changing files.
 * Errors as in dirhash.h. */
typedef bool hashmemo_hash(struct hashmemo *memo, struct hasher *h, const char *path, struct modver m, bool full,
			   const struct cancel *cancel, struct hashmemo_result *r, struct err *e);
hashmemo_hash hashmemo_zip, hashmemo_tree;
/* Whether these would answer without hashing, or fail: as they did before on what has not changed since, or as it cannot be looked at. Nothing is hashed; the zip, or
 * each file of the tree, is looked at. A result is then as good as just hashed. Any thread. */
bool hashmemo_knows_zip(struct hashmemo *memo, const char *file, struct modver m);
bool hashmemo_knows_tree(struct hashmemo *memo, struct hasher *h, const char *dir, struct modver m);

#endif
