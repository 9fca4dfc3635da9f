/*
 * hasher_impl.h - struct hasher, for dirhash.c.
 */
#ifndef MODSCOPE_HASHER_IMPL_H
#define MODSCOPE_HASHER_IMPL_H

#include "zip/crypto_lib.h"

struct modzip_reader;

#define HASHER_READ_SIZE 262144u

struct hasher {
	const struct crypto_lib *crypto;
	EVP_MD *md;
	EVP_MD_CTX *file, *summary;
	struct modzip_reader *reader;
	unsigned char *buf; /* HASHER_READ_SIZE bytes */
};

static inline void hasher_must(int ok)
{
	if (ok != 1)
		__builtin_trap(); /* SHA-256 fails only if memory is exhausted */
}

#endif
