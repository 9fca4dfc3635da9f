/*
 * dirhash.h - h1 hashes of a zip, of a directory, of a go.mod (golang.org/x/mod/sumdb/dirhash).
 *
 * h1 is "h1:" + base64(SHA-256 of the lines "hex(SHA-256 of the content)  NAME\n", names sorted bytewise).
 * A zip hashes as its names are stored, directory entries included; a directory as every non-directory that a walk
 * which follows no symbolic link meets, named PREFIX/relative; a go.mod as the one name "go.mod".
 *
 * A struct hasher is the scratch space of one thread (digest contexts, decompressor, buffers); make one per
 * thread and use it for many files. Memory is bounded (below 40 MiB a hasher) whatever the sizes: greater files
 * are streamed. Errors have the words that go prints ("zip: not a valid zip file", "open F: permission
 * denied"); the file that go would stop at is the one named. ERR_LIMIT where a zip is over the caps of modzip.h, which
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

#define DIRHASH_LEN 47u		/* strlen("h1:") + 44 */

struct hasher;
struct modzip;
struct modzip_reader;

struct hasher *hasher_new(void);
/* The hasher's own scratch space for reading zips. */
struct modzip_reader *hasher_reader(struct hasher *h);
void hasher_free(struct hasher *h);

/* dirhash.HashZip. */
bool dirhash_zip(struct hasher *h, const char *file, const struct cancel *cancel, char sum[DIRHASH_LEN + 1], struct err *e);
/* The same of a zip that is open already. */
bool dirhash_open_zip(struct hasher *h, const struct modzip *z, const struct cancel *cancel, char sum[DIRHASH_LEN + 1],
		      struct err *e);
/* dirhash.HashDir: prefix is "PATH@VERSION". */
bool dirhash_dir(struct hasher *h, const char *dir, const char *prefix, const struct cancel *cancel,
		 char sum[DIRHASH_LEN + 1], struct err *e);
/* modfetch.goModSum. */
void dirhash_gomod(const void *data, size_t len, char sum[DIRHASH_LEN + 1]);
/* "h1:" and the base64 of 32 bytes: the only form of hash that go 1.26 makes. */
bool dirhash_is_h1(const char *sum);
/* "h1:" and the base64 of a digest. */
void dirhash_format(const unsigned char digest[32], char sum[DIRHASH_LEN + 1]);
/* SHA-256 of some bytes. */
void sha256_bytes(const void *data, size_t len, unsigned char digest[32]);

/* For what hashes like a zip but is none: feed a file's bytes, then finish it. Used by modzip.c too. */
void hasher_begin(struct hasher *h);
void hasher_add(struct hasher *h, const void *data, size_t len);
void hasher_end(struct hasher *h, unsigned char digest[32]);

#endif
