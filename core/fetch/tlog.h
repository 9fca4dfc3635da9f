/*
 * tlog.h - the transparency log behind the checksum database (golang.org/x/mod/sumdb/tlog, RFC 6962).
 *
 * Hashes of a tree are stored in tiles: a tile of height H at level L, number N has the 2^H hashes of level H*L from
 * N*2^H on; a partial one has fewer. A leaf is SHA-256(0x00 record), a node SHA-256(0x01 left right).
 * tlog_read_hashes returns only hashes that are proven to be in the tree: the tiles at the right edge must hash to the tree's
 * hash, every other tile to its entry in its parent. Pure; tiles come through a struct tlog_reader.
 * Error texts are go's: "downloaded inconsistent tile".
 */
#ifndef MODSCOPE_TLOG_H
#define MODSCOPE_TLOG_H

#include "base/buf.h"
#include "base/err.h"

#define TLOG_HEIGHT 8 /* what the database serves */
#define TLOG_MAX_TREE \
	((int64_t)1 << 48) /* our limit; beyond it index arithmetic could overflow */

struct tlog_hash {
	unsigned char bytes[32];
};

struct tlog_tree {
	int64_t n;
	struct tlog_hash hash;
};

struct tlog_tile {
	int h, l;
	int64_t n;
	int w;
};

struct tlog_reader {
	int height;
	/* Reads each tile into data[i] (initialised, empty), in any order or in parallel. */
	bool (*read)(void *ctx, const struct tlog_tile *tiles, size_t n, struct buf *data,
		     struct err *e);
	/* These tiles are proven. */
	void (*save)(void *ctx, const struct tlog_tile *tiles, size_t n, const struct buf *data);
	void *ctx;
};

struct tlog_hash tlog_record_hash(const void *data, size_t len);
struct tlog_hash tlog_node_hash(const struct tlog_hash *left, const struct tlog_hash *right);
/* The root of n (a power of two) consecutive hashes. */
struct tlog_hash tlog_fold(const unsigned char *hashes, size_t n);
static inline bool tlog_hash_eq(const struct tlog_hash *a, const struct tlog_hash *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The index of hash n of a level in the sequence of all stored hashes. */
int64_t tlog_stored_index(int level, int64_t n);
/* Appends "tile/8/1/x123/456.p/7". */
void tlog_tile_path(struct buf *b, const struct tlog_tile *t);
bool tlog_parse_tile_path(struct tlog_tile *t, const char *path);

/* tlog.ParseTree: "malformed tree note". */
bool tlog_parse_tree(struct tlog_tree *t, const char *text, size_t len, struct err *e);
/* tlog.ParseRecord: the record's text is msg[*text .. *text + *text_len), what follows begins at *rest. "malformed record data". */
bool tlog_parse_record(const char *msg, size_t len, int64_t *id, size_t *text, size_t *text_len,
		       size_t *rest, struct err *e);

/* TileHashReader(tree).ReadHashes. */
bool tlog_read_hashes(const struct tlog_tree *tree, const struct tlog_reader *r,
		      const int64_t *indexes, size_t n, struct tlog_hash *hashes, struct err *e);
/* The hash of the tree when it had n records. */
bool tlog_tree_hash(const struct tlog_tree *tree, const struct tlog_reader *r, int64_t n,
		    struct tlog_hash *hash, struct err *e);
/* ProveTree and CheckTree: a proof that the tree of n records is a prefix of `tree`, of at most TLOG_MAX_PROOF hashes. */
#define TLOG_MAX_PROOF 130
bool tlog_prove_tree(const struct tlog_tree *tree, const struct tlog_reader *r, int64_t n,
		     struct tlog_hash *proof, size_t *len, struct err *e);
bool tlog_check_tree(const struct tlog_hash *proof, size_t len, const struct tlog_tree *tree,
		     int64_t n, const struct tlog_hash *old);

#endif
