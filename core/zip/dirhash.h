/*
 * dirhash.h - h1 hashes of a zip, of a directory, of a go.mod (golang.org/x/mod/sumdb/dirhash).
 *
 * h1 is "h1:" + base64(SHA-256 of the lines "hex(SHA-256 of the content)  NAME\n", names sorted bytewise).
 * A zip's names are hashed as stored, directory entries included. A directory is walked without following symbolic
 * links; each non-directory is named PREFIX/relative. A go.mod has the single name "go.mod".
 *
 * Errors are go's ("zip: not a valid zip file", "open F: permission denied") and name the file at which
 * go would stop. ERR_LIMIT if a zip exceeds the caps of modzip.h, which
 * go does not have: then nothing has been hashed.
 *
 *	struct hasher *h = hasher_new();
 *	char sum[DIRHASH_LEN + 1];
 *	if (!dirhash_zip(h, "m.zip", NULL, sum, &e)) ...
 *	hasher_free(h);
 */
#ifndef MODSCOPE_DIRHASH_H
#define MODSCOPE_DIRHASH_H

#include "base/err.h"
#include "base/par.h"
#include "zip/hasher.h"
#include "zip/sha256.h"

#define DIRHASH_LEN 47u		/* strlen("h1:") + 44 */

struct modzip;

/* dirhash.HashZip. */
bool dirhash_zip(struct hasher *h, const char *file, const struct cancel *cancel, char sum[DIRHASH_LEN + 1], struct err *e);
/* The same for an open zip. */
bool dirhash_open_zip(struct hasher *h, const struct modzip *z, const struct cancel *cancel, char sum[DIRHASH_LEN + 1],
		      struct err *e);
/* dirhash.HashDir: prefix is "PATH@VERSION". */
bool dirhash_dir(struct hasher *h, const char *dir, const char *prefix, const struct cancel *cancel,
		 char sum[DIRHASH_LEN + 1], struct err *e);
/* modfetch.goModSum: of the one file "go.mod". Fast enough for thousands. */
void dirhash_gomod(const void *data, size_t len, char sum[DIRHASH_LEN + 1]);
/* Whether sum is "h1:" and the base64 of 32 bytes, the only form of hash that go 1.26 writes. */
bool dirhash_is_h1(const char *sum);
/* "h1:" and the base64 of a digest. */
void dirhash_format(const unsigned char digest[32], char sum[DIRHASH_LEN + 1]);

#endif
