/*
 * sha256.h - SHA-256 of small things, thousands of times.
 *
 * The h1 of a go.mod is asked for every module of a graph, so OpenSSL's low-level SHA-256 is called: it uses the processor's
 * own instructions like the EVP interface does, without its allocation, its locks and the 1 ms that starting the
 * providers takes. For files and zips there is hasher.h. Pure; any thread.
 */
#ifndef MODSCOPE_SHA256_H
#define MODSCOPE_SHA256_H

#include "base/base.h"

void sha256_bytes(const void *data, size_t len, unsigned char digest[32]);
/* Of two pieces, one after the other. */
void sha256_pair(const void *a, size_t a_len, const void *b, size_t b_len, unsigned char digest[32]);

#endif
