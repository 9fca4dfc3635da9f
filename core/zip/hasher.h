/*
 * hasher.h - one thread's scratch space for hashing files: digest contexts, decompressor, buffers.
 *
 * Make one per thread and use it for many files. A hasher takes less than 40 MiB whatever the sizes: larger files
 * are streamed. For bytes in memory use sha256.h, which needs no hasher.
 *
 *	struct hasher *h = hasher_new();
 *	hasher_begin(h);
 *	hasher_add(h, data, len);
 *	hasher_end(h, digest);
 *	hasher_free(h);
 */
#ifndef MODSCOPE_HASHER_H
#define MODSCOPE_HASHER_H

#include "base/base.h"

struct hasher;
struct modzip_reader;

struct hasher *hasher_new(void);
void hasher_free(struct hasher *h); /* NULL is fine */
/* The hasher's own scratch space for reading zips. */
struct modzip_reader *hasher_reader(struct hasher *h);

/* SHA-256 of one file, given in pieces. */
void hasher_begin(struct hasher *h);
void hasher_add(struct hasher *h, const void *data, size_t len);
void hasher_end(struct hasher *h, unsigned char digest[32]);

#endif
