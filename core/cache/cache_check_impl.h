/*
 * cache_check_impl.h - shared by the files that check one entry.
 *
 * cache_check.c looks at which files exist and decides the entry's state, cache_content.c reads its small files,
 * cache_hashes.c hashes the zip and the tree and decides which is right.
 */
#ifndef MODSCOPE_CACHE_CHECK_IMPL_H
#define MODSCOPE_CACHE_CHECK_IMPL_H

#include "cache/cache_private.h"

/* What is known of one entry while it is checked. */
struct cache_check {
	struct cache_worker *w;
	struct cache_entry *entry;
	const char *files[CACHE_FILES]; /* full names */
	const char *ziphash;		/* trimmed; NULL if absent or unreadable */
	bool usable[CACHE_FILES];	/* a readable file (or directory) of the right kind */
	const char *trusted;		/* the zip's h1 in go.sum or the checksum database; NULL if unknown */
	const char *voucher_name;
	struct hashmemo_result zip, tree;
	const char *zip_error, *tree_error; /* NULL: hashed, or absent */
	bool zip_hashed, tree_hashed;
	const char *right; /* the h1 that the content should have; NULL if unknown */
	bool mod_vouched;
};

/* Check the small files; unusable ones are skipped. */
void cache_check_info(struct cache_check *c);
void cache_check_ziphash(struct cache_check *c);
void cache_check_mod(struct cache_check *c);
/* What go does with something else in place of a file (or of the tree): a FIFO, a device, a directory, a link. */
const char *cache_check_says(struct cache_check *c, enum cache_part part);
/* The same for a file that opening fails for. */
const char *cache_check_cannot(struct cache_check *c, enum cache_part part, int errnum);
/* Checks zip, .ziphash and tree without hashing. */
void cache_check_unhashed(struct cache_check *c);
/* Whether both hashes are remembered, so that hashing them reads nothing. */
bool cache_check_remembered(struct cache_check *c);
/* Hashes zip and tree, decides which hash is right, and checks zip, .ziphash and tree against it. */
void cache_check_hashes(struct cache_check *c);

static inline bool cache_check_zip_is_right(const struct cache_check *c)
{
	return c->zip_hashed && c->right && str_eq(c->zip.sum, c->right);
}

#endif
