/* Tiles from a server: two bytes select the tile height and the kind of lie, eight bytes each are the size of the tree and the
 * record, the rest is the contents of tiles. Nothing that was not hashed into the tree may be proven. */
#include "fetch/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct server {
	const uint8_t *data;
	size_t size, at;
	int lie;
};

static bool read_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, struct buf *data,
		       struct err *e)
{
	struct server *s = ctx;

	if (n > 256)
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		size_t want = (size_t)tiles[i].w * 32,
		       give = s->lie == 1 ? want + s->size % 3 : want;

		if (s->lie == 2 && i == n / 2)
			return err_set(e, ERR_NETWORK, "no such tile");
		for (size_t j = 0; j < give; j++)
			buf_addch(&data[i], s->size ? (char)s->data[s->at++ % s->size] : 0);
	}
	return true;
}

static void never_save(void *ctx, const struct tlog_tile *tiles, size_t n, const struct buf *data)
{
	(void)ctx;
	(void)tiles;
	(void)n;
	(void)data;
	__builtin_trap();
}

static int64_t number(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tlog_hash hash, proof[TLOG_MAX_PROOF];
	struct err e = ERR_INIT;
	struct tlog_tile t;
	size_t len;

	if (size >= 18) {
		struct server s = { data + 18, size - 18, 0, data[1] % 3 };
		struct tlog_reader r = { 1 + data[0] % 8, read_tiles, never_save, &s };
		/* no tile has this hash */
		struct tlog_tree tree = { number(data + 2) >> data[1] / 4, { "no such hash" } };
		int64_t record = number(data + 10), index = record;

		if (tlog_read_hashes(&tree, &r, &index, 1, &hash, &e))
			__builtin_trap();
		err_clear(&e);
		if (tree.n > 0 && record > 0 &&
		    tlog_prove_tree(&tree, &r, record % tree.n + 1, proof, &len, &e) && len > 0)
			__builtin_trap();
	}
	err_clear(&e);
	char *path = xstrndup((const char *)data, size);

	if (tlog_parse_tile_path(&t, path) &&
	    (t.h < 1 || t.h > 30 || t.w < 1 || t.w > 1 << t.h || t.n < 0))
		__builtin_trap();
	free(path);
	err_release(&e);
	return 0;
}
