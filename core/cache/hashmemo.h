/*
 * hashmemo.h - hashes that are not computed twice.
 *
 * Remembers what hashing a zip or an extracted tree gave, by the identity of the files: device, inode, size,
 * mode, modification and status change time; of a tree those of every file in it, with their names. A
 * file that is unchanged by that measure is not read again. Only good results are remembered, so
 * damage is always hashed again.
 *
 * A file that somebody has open for writing, be it by a mapping, is hashed but not remembered, where the system can tell:
 * it may change without a new time. So the memory protects against accidents and against go's own doing, not against who may write to
 * the cache and sets times, or writes to the disk below it: against them only `full` does.
 *
 * On disk it is one flat file in our own cache directory: "modscope hashes 2\n", then fixed records in the order of their
 * keys, all little-endian, each with a checksum, written whole by rename. A record that is damaged or not in order is no
 * error: it is forgotten; so is a file of another version. Two programs that write at once: the last one wins, which loses only time.
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
	bool has_gomod;				/* PATH@VERSION/go.mod is in it */
	bool well_formed;			/* passes x/mod/zip.CheckZip for this module */
	unsigned char gomod[32];		/* SHA-256 of that go.mod */
	/* Of a tree only: */
	uint64_t bytes, n_files;
	uint32_t n_odd;				/* neither file nor directory */
	uint32_t n_writable;			/* files with a write bit, which go never leaves */
	bool remembered;			/* nothing was read */
};

struct hashmemo *hashmemo_open(const char *file);
void hashmemo_free(struct hashmemo *memo);
/* What is younger than two seconds by this clock is not kept on disk, since it may change again without a new time; for tests. */
void hashmemo_set_now(struct hashmemo *memo, int64_t now);
/* Writes the file if there is something new. */
bool hashmemo_save(struct hashmemo *memo, struct err *e);

/* dirhash_zip and dirhash_dir through the memory; with `full` what is on disk is not used. What the struct itself has
 * hashed it returns without looking at the files again: use one struct per run, and a new one after changing files.
 * Errors are theirs. */
bool hashmemo_zip(struct hashmemo *memo, struct hasher *h, const char *file, struct modver m, bool full,
	      const struct cancel *cancel, struct hashmemo_result *r, struct err *e);
bool hashmemo_tree(struct hashmemo *memo, struct hasher *h, const char *dir, struct modver m, bool full,
	       const struct cancel *cancel, struct hashmemo_result *r, struct err *e);

#endif
