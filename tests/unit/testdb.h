/*
 * testdb.h - a checksum database for tests: a key, a tree of records, and the files that its server would serve.
 *
 * All files are below a directory, so that GOSUMDB can be "KEY file://DIR" for us and for go.
 */
#ifndef MODSCOPE_TESTDB_H
#define MODSCOPE_TESTDB_H

#include <openssl/evp.h>

#include "base/base64.h"
#include "base/fs.h"
#include "zip/dirhash.h"
#include "fetch/note.h"
#include "fetch/tlog.h"

#define TESTDB_MAX 66100

struct testdb {
	char name[64];
	EVP_PKEY *key;
	char verifier[256];
	uint32_t hash;
	char *records[TESTDB_MAX];
	int64_t n;
};

static char *testdb_base64(const unsigned char *data, size_t len)
{
	char *out = xmalloc(len / 3 * 4 + 8);

	EVP_EncodeBlock((unsigned char *)out, data, (int)len);
	return out;
}

static void testdb_init(struct testdb *db, const char *name)
{
	unsigned char raw[33] = { 1 }, digest[32];
	size_t n = 32;
	char *line = xasprintf("%s\n", name), *text;

	memset(db, 0, sizeof(*db));
	snprintf(db->name, sizeof(db->name), "%s", name);
	db->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY_get_raw_public_key(db->key, raw + 1, &n);
	sha256_pair(line, strlen(line), raw, sizeof(raw), digest);
	db->hash = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
		   (uint32_t)digest[2] << 8 | digest[3];
	text = testdb_base64(raw, sizeof(raw));
	snprintf(db->verifier, sizeof(db->verifier), "%s+%08x+%s", name, db->hash, text);
	free(text);
	free(line);
}

static void testdb_release(struct testdb *db)
{
	for (int64_t i = 0; i < db->n; i++)
		free(db->records[i]);
	EVP_PKEY_free(db->key);
}

/* Returns the line with the database's signature of text. */
static char *testdb_signature(const struct testdb *db, const char *text)
{
	unsigned char sig[68] = { (unsigned char)(db->hash >> 24), (unsigned char)(db->hash >> 16),
				  (unsigned char)(db->hash >> 8), (unsigned char)db->hash };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 64;
	char *base64, *line;

	EVP_DigestSignInit(ctx, NULL, NULL, NULL, db->key);
	EVP_DigestSign(ctx, sig + 4, &n, (const unsigned char *)text, strlen(text));
	EVP_MD_CTX_free(ctx);
	base64 = testdb_base64(sig, sizeof(sig));
	line = xasprintf("\xe2\x80\x94 %s %s\n", db->name, base64);
	free(base64);
	return line;
}

static struct tlog_hash testdb_hash(const struct testdb *db, int64_t lo, int64_t hi)
{
	struct tlog_hash left, right;
	int64_t k = 1;

	if (hi == lo) {
		sha256_bytes("", 0, left.bytes);
		return left;
	}
	if (hi - lo == 1)
		return tlog_record_hash(db->records[lo], strlen(db->records[lo]));
	while (k * 2 < hi - lo)
		k *= 2;
	left = testdb_hash(db, lo, lo + k);
	right = testdb_hash(db, lo + k, hi);
	return tlog_node_hash(&left, &right);
}

/* Returns the signed tree head of the first n records, for free(3). */
static char *testdb_head(const struct testdb *db, int64_t n)
{
	struct tlog_hash h = testdb_hash(db, 0, n);
	char hash[45], *text, *sig, *note;

	base64_encode_32(h.bytes, hash);
	text = xasprintf("go.sum database tree\n%jd\n%s\n", (intmax_t)n, hash);
	sig = testdb_signature(db, text);
	note = xasprintf("%s\n%s", text, sig);
	free(text);
	free(sig);
	return note;
}

static int64_t testdb_add(struct testdb *db, const char *record)
{
	db->records[db->n] = xstrdup(record);
	return db->n++;
}

static void testdb_put(const char *dir, const char *name, const void *data, size_t len)
{
	char *file = xasprintf("%s/%s", dir, name);

	fs_write_atomic(file, data, len, 0644, false, NULL);
	free(file);
}

static inline void testdb_write_tile(const struct testdb *db, const char *dir, struct tlog_tile tile)
{
	int64_t leaves = (int64_t)1 << (8 * tile.l);
	struct buf data = BUF_INIT, path = BUF_INIT;

	for (int i = 0; i < tile.w; i++) {
		int64_t first = ((tile.n << 8) + i) * leaves;
		struct tlog_hash h = testdb_hash(db, first, first + leaves);

		buf_add(&data, &h, sizeof(h));
	}
	tlog_tile_path(&path, &tile);
	testdb_put(dir, path.data, data.data, data.len);
	buf_release(&data);
	buf_release(&path);
}

/* Writes all tiles of the tree of n records, full and partial. */
static inline void testdb_write_tiles(const struct testdb *db, const char *dir, int64_t n)
{
	for (int l = 0; n >> (8 * l) > 0; l++) {
		int64_t hashes = n >> (8 * l);

		for (int64_t t = 0; t << 8 < hashes; t++)
			testdb_write_tile(db, dir,
					  (struct tlog_tile){
						  8, l, t,
						  (int)MIN((int64_t)256, hashes - (t << 8)) });
	}
}

static inline void testdb_write_lookup(const struct testdb *db, const char *dir, const char *name,
				int64_t id, int64_t n)
{
	char *head = testdb_head(db, n), *file = xasprintf("lookup/%s", name);
	char *text = xasprintf("%jd\n%s\n%s", (intmax_t)id, db->records[id], head);

	testdb_put(dir, file, text, strlen(text));
	free(text);
	free(file);
	free(head);
}

#endif
