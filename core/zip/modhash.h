/*
 * modhash.h - SHA-256 of small things, thousands of times.
 *
 * The h1 of a go.mod is asked for every module of a graph, so here OpenSSL's low-level SHA-256 is called: it uses the processor's
 * own instructions like the EVP interface does, without its allocation, its locks and the 1 ms that starting the
 * providers takes. For files and zips there is dirhash.h. Pure; any thread.
 */
#ifndef MODSCOPE_MODHASH_H
#define MODSCOPE_MODHASH_H

#include "base/base.h"

#define MODHASH_LEN 47u /* strlen("h1:") + 44 */

void modhash_sha256(const void *data, size_t len, unsigned char digest[32]);
/* SHA-256 of two pieces, one after the other. */
void modhash_sha256_2(const void *a, size_t a_len, const void *b, size_t b_len,
		      unsigned char digest[32]);
/* "h1:" and the base64 of SHA-256 of the line "<hex of SHA-256 of data>  go.mod\n" (modfetch.goModSum). */
void modhash_gomod(const void *data, size_t len, char sum[MODHASH_LEN + 1]);

#endif
