/* Trees of many sizes with tiles of small heights, to cover every edge: what is read must be what was hashed, no change may
 * pass, and a proof must hold for its own trees only. */

#include "unit.h"

#include "fetch/note.h"
#include "fetch/tlog.h"

#define MAX_LEAVES 300

static struct tlog_hash leaf_hash(int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "record %jd\n", (intmax_t)n);
	return tlog_record_hash(text, strlen(text));
}

/* The definition in RFC 6962. */
static struct tlog_hash tree_hash(int64_t lo, int64_t hi)
{
	struct tlog_hash left, right;
	int64_t k = 1;

	if (hi - lo == 1)
		return leaf_hash(lo);
	while (k * 2 < hi - lo)
		k *= 2;
	left = tree_hash(lo, lo + k);
	right = tree_hash(lo + k, hi);
	return tlog_node_hash(&left, &right);
}

struct log {
	int64_t n;
	int height;
	int damage; /* index of the tile that is changed; -1: none */
	int reads, saved;
	bool too_short;
};

static void add_tile(struct buf *b, const struct tlog_tile *t)
{
	int64_t leaves = (int64_t)1 << (t->h * t->l), first = t->n << t->h;

	for (int i = 0; i < t->w; i++) {
		struct tlog_hash h = tree_hash((first + i) * leaves, (first + i + 1) * leaves);

		buf_add(b, &h, sizeof(h));
	}
}

static bool read_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, struct buf *data,
		       struct err *e)
{
	struct log *log = ctx;

	(void)e;
	for (size_t i = 0; i < n; i++) {
		assert_true((tiles[i].n << tiles[i].h) + tiles[i].w <= log->n >>
			    (tiles[i].h * tiles[i].l));
		add_tile(&data[i], &tiles[i]);
		if (log->reads++ != log->damage)
			continue;
		if (log->too_short)
			buf_truncate(&data[i], data[i].len - 1);
		else
			data[i].data[data[i].len - 7] ^= 1;
	}
	return true;
}

static void save_tiles(void *ctx, const struct tlog_tile *tiles, size_t n, const struct buf *data)
{
	struct log *log = ctx;

	(void)tiles;
	(void)data;
	log->saved += (int)n;
}

static struct tlog_reader reader(struct log *log)
{
	return (struct tlog_reader){ log->height, read_tiles, save_tiles, log };
}

static void test_reading(void **state)
{
	(void)state;
	for (int height = 1; height <= 8; height += height == 3 ? 5 : 1) {
		for (int64_t n = 1; n < 70; n++) {
			struct log log = { .n = n, .height = height, .damage = -1 };
			struct tlog_reader r = reader(&log);
			struct tlog_tree tree = { n, tree_hash(0, n) };

			for (int64_t i = 0; i < n; i += 1 + n / 9) {
				struct tlog_hash have, want = leaf_hash(i);
				int64_t index = tlog_stored_index(0, i);

				assert_true(tlog_read_hashes(&tree, &r, &index, 1, &have, NULL));
				assert_true(tlog_hash_eq(&have, &want));
			}
		}
	}
}

static void test_damage(void **state)
{
	static const int64_t sizes[] = { 1, 2, 7, 8, 9, 64, 65, 257, MAX_LEAVES };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct tlog_tree tree = { sizes[i], tree_hash(0, sizes[i]) };
		int64_t index = tlog_stored_index(0, sizes[i] / 3);

		for (int damage = 0;; damage++) {
			struct log log = { .n = sizes[i], .height = 2, .damage = damage };
			struct tlog_reader r = reader(&log);
			struct tlog_hash h;
			struct err e = ERR_INIT;
			bool ok = tlog_read_hashes(&tree, &r, &index, 1, &h, &e);

			if (log.reads <= damage) {
				assert_true(ok);
				break;
			}
			assert_false(ok);
			assert_string_equal(e.text, "downloaded inconsistent tile");
			assert_int_equal(log.saved, 0);
			err_clear(&e);
			log = (struct log){
				.n = sizes[i], .height = 2, .damage = damage, .too_short = true
			};
			assert_false(tlog_read_hashes(&tree, &r, &index, 1, &h, &e));
			assert_int_equal(strncmp(e.text,
						 "TileReader returned bad result slice (tile/2/",
						 45),
					 0);
			err_release(&e);
		}
	}
}

static void test_consistency(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 40; n++) {
		struct log log = { .n = n, .height = 2, .damage = -1 };
		struct tlog_reader r = reader(&log);
		struct tlog_tree tree = { n, tree_hash(0, n) };

		for (int64_t m = 1; m <= n; m++) {
			struct tlog_hash old, want = tree_hash(0, m), proof[TLOG_MAX_PROOF],
					      wrong = want;
			size_t len;

			assert_true(tlog_tree_hash(&tree, &r, m, &old, NULL));
			assert_true(tlog_hash_eq(&old, &want));
			assert_true(tlog_prove_tree(&tree, &r, m, proof, &len, NULL));
			assert_true(tlog_check_tree(proof, len, &tree, m, &old));
			wrong.bytes[3] ^= 1;
			assert_false(tlog_check_tree(proof, len, &tree, m, &wrong));
			if (len) {
				assert_false(tlog_check_tree(proof, len - 1, &tree, m, &old));
				proof[len / 2].bytes[0] ^= 1;
				assert_false(tlog_check_tree(proof, len, &tree, m, &old));
			}
		}
	}
}

static void test_tile_paths(void **state)
{
	static const struct {
		struct tlog_tile t;
		const char *path;
	} good[] = {
		{ { 8, 0, 0, 256 }, "tile/8/0/000" },
		{ { 3, 4, 1234067, 1 }, "tile/3/4/x001/x234/067.p/1" },
		{ { 3, 4, 1234067, 8 }, "tile/3/4/x001/x234/067" },
		{ { 8, 1, 999, 255 }, "tile/8/1/999.p/255" },
		{ { 8, 2, 1000, 256 }, "tile/8/2/x001/000" },
	};
	static const char *const bad[] = {
		"",
		"tile/8/0",
		"tile/8/0/0",
		"tile/8/0/0000",
		"tile/8/0/000.p/256",
		"tile/8/0/000.p/0",
		"tile/0/0/000",
		"tile/31/0/000",
		"tile/8/64/000",
		"tile/8/0/x000/001",
		"tile/8/0/000/",
		"tile/8/-1/000",
		"tile/8/0/000.p/01",
		"tile/08/0/000",
		"tile/8/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct buf b = BUF_INIT;
		struct tlog_tile t;

		tlog_tile_path(&b, &good[i].t);
		assert_string_equal(b.data, good[i].path);
		assert_true(tlog_parse_tile_path(&t, good[i].path));
		assert_true(t.h == good[i].t.h && t.l == good[i].t.l && t.n == good[i].t.n &&
			    t.w == good[i].t.w);
		buf_release(&b);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tlog_tile t;

		assert_false(tlog_parse_tile_path(&t, bad[i]));
	}
}

static void test_tree_notes(void **state)
{
	static const char good[] =
		"go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\nmore\n";
	static const char *const bad[] = {
		"",
		"go.sum database tree\n2\n",
		"go.sum database tree v2\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n",
		"go.sum database tree\n02\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n",
		"go.sum database tree\n-2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n",
		"go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+Qe==\n",
		"go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=",
		"go.sum database tree\n99999999999999999999\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n",
	};
	struct tlog_tree t;

	(void)state;
	assert_true(tlog_parse_tree(&t, good, strlen(good), NULL));
	assert_int_equal(t.n, 2);
	assert_int_equal(t.hash.bytes[0], 0x9c);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(tlog_parse_tree(&t, bad[i], strlen(bad[i]), &e));
		assert_string_equal(e.text, "malformed tree note");
		err_release(&e);
	}
}

static void test_records(void **state)
{
	static const char *const bad[] = { "",
					   "1",
					   "1\n",
					   "1\ntext\n",
					   "x\ntext\n\n",
					   "1\nte\x01xt\n\n",
					   "1\nte\xffxt\n\n",
					   "\ntext\n\n" };
	size_t text, len, rest;
	int64_t id;

	(void)state;
	assert_true(tlog_parse_record("17\na\nb\n\nrest", 13, &id, &text, &len, &rest, NULL));
	assert_int_equal(id, 17);
	assert_int_equal(text, 3);
	assert_int_equal(len, 4);
	assert_int_equal(rest, 8);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(
			tlog_parse_record(bad[i], strlen(bad[i]), &id, &text, &len, &rest, NULL));
}

/* What tlog.ParseTree, ParseRecord and ParseTilePath of go say of the same texts. Left out: levels above 63, trees above 2^48 and data tiles, which are not for us. */

static const struct {
	const char *text;
	int64_t n; /* -1: malformed */
} go_trees[] = {
	{ "", -1 },
	{ "x", -1 },
	{ "go.sum database tree\n", -1 },
	{ "go.sum database tree\n1", -1 },
	{ "go.sum database tree\n1\n", -1 },
	{ "go.sum database tree\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", -1 },
	{ "go.sum database tree\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1 },
	{ "go.sum database tree\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0 },
	{ "go.sum database tree\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n1x\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n1\nAAAA\n", -1 },
	{ "go.sum database tree\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", -1 },
	{ "go.sum database tree\n1\n!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	  -1 },
	{ "go.sum database tree\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n", 12 },
	{ "go.sum database tree\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n", 12 },
	{ "Go.sum database tree\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", -1 },
	{ "go.sum database tree\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=AAAA\n", -1 },
};

static const struct {
	const char *msg;
	int64_t id;
	const char *text, *rest; /* NULL: malformed */
} go_records[] = {
	{ "", 0, NULL, NULL },
	{ "1", 0, NULL, NULL },
	{ "1\n", 0, NULL, NULL },
	{ "1\na", 0, NULL, NULL },
	{ "1\na\n", 0, NULL, NULL },
	{ "1\na\n\n", 1, "a\n", "" },
	{ "1\n\n", 0, NULL, NULL },
	{ "1\n\na\n\n", 1, "\na\n", "" },
	{ "\na\n\n", 0, NULL, NULL },
	{ "+1\na\n\n", 1, "a\n", "" },
	{ "-1\na\n\n", -1, "a\n", "" },
	{ "x\na\n\n", 0, NULL, NULL },
	{ "1x\na\n\n", 0, NULL, NULL },
	{ "+\na\n\n", 0, NULL, NULL },
	{ "-\na\n\n", 0, NULL, NULL },
	{ "9223372036854775807\na\n\n", 9223372036854775807, "a\n", "" },
	{ "9223372036854775808\na\n\n", 0, NULL, NULL },
	{ "-9223372036854775808\na\n\n", INT64_MIN, "a\n", "" },
	{ "99999999999999999999999\na\n\n", 0, NULL, NULL },
	{ "0001\na\n\n", 1, "a\n", "" },
	{ "1\na\nb\n\nrest", 1, "a\nb\n", "rest" },
	{ "1\na\011b\n\n", 0, NULL, NULL },
	{ "1\na\177b\n\n", 1, "a\177b\n", "" },
	{ "1\n\377\n\n", 0, NULL, NULL },
	{ "1\n\303\251\n\n", 1, "\303\251\n", "" },
	{ "1\n\357\277\275\n\n", 1, "\357\277\275\n", "" },
	{ "1\na\000\n\n", 0, NULL, NULL },
	{ "1\n a \n\nx\n\n", 1, " a \n", "x\n\n" },
	{ "1_0\na\n\n", 0, NULL, NULL },
	{ "0x1\na\n\n", 0, NULL, NULL },
	{ " 1\na\n\n", 0, NULL, NULL },
	{ "1\015\na\n\n", 0, NULL, NULL },
	{ "1\na\015\n\n", 0, NULL, NULL },
};

static const struct {
	const char *path;
	struct tlog_tile tile; /* h is 0: malformed */
} go_tiles[] = {
	{ "", { 0, 0, 0, 0 } },
	{ "tile/", { 0, 0, 0, 0 } },
	{ "tile/8", { 0, 0, 0, 0 } },
	{ "tile/8/0", { 0, 0, 0, 0 } },
	{ "tile/8/0/", { 0, 0, 0, 0 } },
	{ "tile/8/0/000", { 8, 0, 0, 256 } },
	{ "tile/8/0/00", { 0, 0, 0, 0 } },
	{ "tile/8/0/0000", { 0, 0, 0, 0 } },
	{ "tile/8/0/001", { 8, 0, 1, 256 } },
	{ "tile/8/1/x001/234", { 8, 1, 1234, 256 } },
	{ "tile/8/1/x001/x234/567", { 8, 1, 1234567, 256 } },
	{ "tile/8/1/x001", { 0, 0, 0, 0 } },
	{ "tile/8/1/x001/", { 0, 0, 0, 0 } },
	{ "tile/8/1/x000/001", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/1", { 8, 0, 0, 1 } },
	{ "tile/8/0/000.p/255", { 8, 0, 0, 255 } },
	{ "tile/8/0/000.p/256", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/0", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/01", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/x", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.p/1/", { 0, 0, 0, 0 } },
	{ "tile/8/0/000.q/1", { 0, 0, 0, 0 } },
	{ "tile/0/0/000", { 0, 0, 0, 0 } },
	{ "tile/1/0/000", { 1, 0, 0, 2 } },
	{ "tile/30/0/000", { 30, 0, 0, 1073741824 } },
	{ "tile/31/0/000", { 0, 0, 0, 0 } },
	{ "tile/8/63/000", { 8, 63, 0, 256 } },
	{ "tile/8/-1/000", { 0, 0, 0, 0 } },
	{ "tile/08/0/000", { 0, 0, 0, 0 } },
	{ "tile/8/00/000", { 0, 0, 0, 0 } },
	{ "tile/+8/0/000", { 0, 0, 0, 0 } },
	{ "tile/8/0/+00", { 0, 0, 0, 0 } },
	{ "tile/8/0/999", { 8, 0, 999, 256 } },
	{ "tile/8/0/x999/999", { 8, 0, 999999, 256 } },
	{ "Tile/8/0/000", { 0, 0, 0, 0 } },
	{ "tile/8/0/000/1", { 0, 0, 0, 0 } },
	{ "tile/8/0/x000/000", { 0, 0, 0, 0 } },
	{ "tile/2/0/000.p/3", { 2, 0, 0, 3 } },
	{ "tile/2/0/000.p/4", { 0, 0, 0, 0 } },
	{ "tile/8/0/ab0", { 0, 0, 0, 0 } },
};

static void test_like_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(go_trees); i++) {
		struct tlog_tree t;
		bool ok = tlog_parse_tree(&t, go_trees[i].text, strlen(go_trees[i].text), NULL);

		if (ok != (go_trees[i].n >= 0) || (ok && t.n != go_trees[i].n))
			fail_msg("tree %zu: %d", i, ok);
	}
	for (size_t i = 0; i < ARRAY_LEN(go_records); i++) {
		const char *msg = go_records[i].msg, *want = go_records[i].text;
		size_t text, len, rest;
		int64_t id;
		bool ok = tlog_parse_record(msg, strlen(msg), &id, &text, &len, &rest, NULL);

		if (ok != (want != NULL) || (ok && (id != go_records[i].id || len != strlen(want) ||
						    memcmp(msg + text, want, len) != 0 ||
						    !str_eq(msg + rest, go_records[i].rest))))
			fail_msg("record %zu: %d", i, ok);
	}
	for (size_t i = 0; i < ARRAY_LEN(go_tiles); i++) {
		const struct tlog_tile *want = &go_tiles[i].tile;
		struct tlog_tile t;
		bool ok = tlog_parse_tile_path(&t, go_tiles[i].path);

		if (ok != (want->h > 0) ||
		    (ok && (t.h != want->h || t.l != want->l || t.n != want->n || t.w != want->w)))
			fail_msg("tile %s: %d", go_tiles[i].path, ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),	    cmocka_unit_test(test_damage),
		cmocka_unit_test(test_consistency), cmocka_unit_test(test_tile_paths),
		cmocka_unit_test(test_tree_notes),  cmocka_unit_test(test_records),
		cmocka_unit_test(test_like_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
