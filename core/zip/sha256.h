/*
 * sha256.h - SHA-256 of small data, thousands of times.
 *
 * The h1 of go.mod is computed for every module of a graph, so this calls OpenSSL's low-level SHA-256: it uses the processor's
 * own instructions, as the EVP interface does, without allocating, locking and the 1 ms it takes to start the
 * providers. For files and zips use hasher.h. Pure; any thread.
 */
#ifndef MODSCOPE_SHA256_H
#define MODSCOPE_SHA256_H

#include "base/base.h"

void sha256_bytes(const void *data, size_t len, unsigned char digest[32]);
/* Of a followed by b. */
void sha256_pair(const void *a, size_t a_len, const void *b, size_t b_len, unsigned char digest[32]);

#endif
