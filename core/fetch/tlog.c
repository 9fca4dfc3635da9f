#include "fetch/tlog.h"

#include "base/base64.h"
#include "zip/dirhash.h"
#include "fetch/note.h"
#include "base/text.h"

#define HASH_SIZE sizeof(struct tlog_hash)

struct tlog_hash tlog_record_hash(const void *data, size_t len)
{
	struct tlog_hash h = { 0 };

	sha256_pair("\0", 1, data, len, h.bytes);
	return h;
}

struct tlog_hash tlog_node_hash(const struct tlog_hash *left, const struct tlog_hash *right)
{
	unsigned char node[1 + 2 * HASH_SIZE] = { 1 };
	struct tlog_hash h = { 0 };

	memcpy(node + 1, left, HASH_SIZE);
	memcpy(node + 1 + HASH_SIZE, right, HASH_SIZE);
	sha256_bytes(node, sizeof(node), h.bytes);
	return h;
}

/* Go's shifts: beyond the width the result is 0. */
static int64_t shift_right(int64_t n, int by)
{
	return by > 62 ? 0 : n >> by;
}

int64_t tlog_stored_index(int level, int64_t n)
{
	int64_t i = 0;

	for (int l = level; l > 0; l--)
		n = 2 * n + 1;
	for (; n > 0; n >>= 1)
		i += n;
	return i + level;
}

/* SplitStoredHashIndex. */
static void split_index(int64_t index, int *level, int64_t *n)
{
	int64_t m = index / 2, at = tlog_stored_index(0, m);

	for (;;) {
		/* each record n stores 1 + (trailing zeros of n + 1) hashes */
		int64_t next = at + 1 + __builtin_ctzll((unsigned long long)m + 1);

		if (next > index)
			break;
		m++;
		at = next;
	}
	*level = (int)(index - at);
	*n = m >> *level;
}

/* The greatest power of two that is less than n, and its exponent. */
static int64_t max_pow2(int64_t n, int *level)
{
	int l = 0;

	while ((int64_t)1 << (l + 1) < n)
		l++;
	*level = l;
	return (int64_t)1 << l;
}

struct indexes {
	int64_t items[4 * 64];
	size_t n;
};

static void add_index(struct indexes *list, int64_t index)
{
	if (list->n < ARRAY_LEN(list->items))
		list->items[list->n++] = index;
}

/* subTreeIndex: the whole subtrees that make up the leaves [lo, hi). */
static void subtrees(int64_t lo, int64_t hi, struct indexes *list)
{
	while (lo < hi) {
		int level;
		int64_t k = max_pow2(hi - lo + 1, &level);

		add_index(list, tlog_stored_index(level, lo >> level));
		lo += k;
	}
}

/* subTreeHash: their hash; *hashes advances past those used. */
static struct tlog_hash subtree_hash(int64_t lo, int64_t hi, const struct tlog_hash **hashes)
{
	const struct tlog_hash *first = *hashes;
	struct tlog_hash h;
	size_t n = 0;

	while (lo < hi) {
		int level;

		lo += max_pow2(hi - lo + 1, &level);
		n++;
	}
	*hashes += n;
	h = first[n - 1];
	for (size_t i = n - 1; i > 0; i--)
		h = tlog_node_hash(&first[i - 1], &h);
	return h;
}

/* tileForIndex: the tile of least width that holds the hash, and the slots [start, end) whose fold it is. */
static struct tlog_tile tile_of(int height, int64_t index, int *start, int *end)
{
	struct tlog_tile t = { .h = height };
	int level;
	int64_t n;

	split_index(index, &level, &n);
	t.l = level / height;
	level -= t.l * height;
	t.n = shift_right(n << level, height);
	n -= shift_right(t.n << height, level);
	t.w = (int)((n + 1) << level);
	*start = (int)(n << level);
	*end = t.w;
	return t;
}

/* tileParent in a tree of size n; w is 0 if there is none. */
static struct tlog_tile parent_tile(struct tlog_tile t, int k, int64_t n)
{
	int64_t max;

	t.l += k;
	t.n = shift_right(t.n, k * t.h);
	t.w = 1 << t.h;
	max = shift_right(n, t.l * t.h);
	if ((t.n << t.h) + t.w >= max) {
		if (t.n << t.h >= max)
			return (struct tlog_tile){ 0 };
		t.w = (int)(max - (t.n << t.h));
	}
	return t;
}

struct tlog_hash tlog_fold(const unsigned char *data, size_t n)
{
	struct tlog_hash left, right;

	if (n == 1) {
		memcpy(&left, data, HASH_SIZE);
		return left;
	}
	left = tlog_fold(data, n / 2);
	right = tlog_fold(data + n / 2 * HASH_SIZE, n / 2);
	return tlog_node_hash(&left, &right);
}

/* HashFromTile. */
static struct tlog_hash hash_in_tile(int height, const struct buf *data, int64_t index)
{
	int start, end;

	tile_of(height, index, &start, &end);
	return tlog_fold((const unsigned char *)data->data + (size_t)start * HASH_SIZE,
			 (size_t)(end - start));
}

void tlog_tile_path(struct buf *b, const struct tlog_tile *t)
{
	int64_t n = t->n, unit = 1;

	buf_addf(b, "tile/%d/%d/", t->h, t->l);
	while (n / unit >= 1000)
		unit *= 1000;
	for (; unit > 1; unit /= 1000)
		buf_addf(b, "x%03d/", (int)(n / unit % 1000));
	buf_addf(b, "%03d", (int)(n % 1000));
	if (t->w != 1 << t->h)
		buf_addf(b, ".p/%d", t->w);
}

static bool digits(const char **p, int64_t max, int64_t *v)
{
	const char *s = *p;

	for (*v = 0; *s >= '0' && *s <= '9'; s++) {
		*v = *v * 10 + (*s - '0');
		if (*v > max)
			return false;
	}
	if (s == *p)
		return false;
	*p = s;
	return true;
}

bool tlog_parse_tile_path(struct tlog_tile *t, const char *path)
{
	const char *p = str_cut_prefix(path, "tile/");
	int64_t v, n = 0, w = 0;
	struct buf again = BUF_INIT;
	bool ok;

	if (!p || !digits(&p, 30, &v) || v < 1 || *p++ != '/')
		return false;
	t->h = (int)v;
	if (!digits(&p, 63, &v) || *p++ != '/')
		return false;
	t->l = (int)v;
	for (;; p++) {
		bool more = *p == 'x';

		p += more;
		if (!digits(&p, 999, &v) || n > TLOG_MAX_TREE / 1000)
			return false;
		n = n * 1000 + v;
		if (!more)
			break;
		if (*p != '/')
			return false;
	}
	t->n = n;
	t->w = 1 << t->h;
	if (str_has_prefix(p, ".p/")) {
		p += 3;
		if (!digits(&p, t->w - 1, &w) || w < 1)
			return false;
		t->w = (int)w;
	}
	tlog_tile_path(&again, t);
	ok = !*p && str_eq(again.data, path);
	buf_release(&again);
	return ok;
}

static bool malformed_tree(struct err *e)
{
	return err_set(e, ERR_SYNTAX, "malformed tree note");
}

bool tlog_parse_tree(struct tlog_tree *t, const char *text, size_t len, struct err *e)
{
	static const char prefix[] = "go.sum database tree\n";
	const char *p = text + sizeof(prefix) - 1, *nl, *hash;
	size_t n;

	if (len < sizeof(prefix) - 1 || len > 1000000 ||
	    memcmp(text, prefix, sizeof(prefix) - 1) != 0)
		return malformed_tree(e);
	nl = memchr(p, '\n', len - (size_t)(p - text));
	hash = nl ? nl + 1 : NULL;
	if (!nl || nl == p || (*p == '0' && nl - p > 1))
		return malformed_tree(e);
	t->n = 0;
	for (; p < nl; p++) {
		if (*p < '0' || *p > '9')
			return malformed_tree(e);
		t->n = t->n * 10 + (*p - '0');
		if (t->n > TLOG_MAX_TREE)
			return malformed_tree(e);
	}
	nl = memchr(hash, '\n', len - (size_t)(hash - text));
	if (!nl || !base64_decode(hash, (size_t)(nl - hash), t->hash.bytes, HASH_SIZE, &n) ||
	    n != HASH_SIZE)
		return malformed_tree(e);
	return true;
}

/* isValidRecordText. */
static bool is_record_text(const char *s, size_t len)
{
	uint32_t last = 0;

	while (len) {
		uint32_t rune;
		size_t n = text_rune(s, len, &rune);

		if ((rune < 0x20 && rune != '\n') || (rune == 0xFFFD && n == 1) ||
		    (last == '\n' && rune == '\n'))
			return false;
		last = rune;
		s += n;
		len -= n;
	}
	return last == '\n';
}

/* strconv.ParseInt of a whole line; a sign is accepted. */
static bool parse_id(const char *s, size_t len, int64_t *id)
{
	bool negative = len > 0 && *s == '-';
	size_t i = len > 0 && (*s == '-' || *s == '+');

	*id = 0;
	if (i == len)
		return false;
	for (; i < len; i++)
		if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(*id, 10, id) ||
		    __builtin_add_overflow(*id, negative ? '0' - s[i] : s[i] - '0', id))
			return false;
	return true;
}

bool tlog_parse_record(const char *msg, size_t len, int64_t *id, size_t *text, size_t *text_len,
		       size_t *rest, struct err *e)
{
	const char *nl = memchr(msg, '\n', len), *blank;
	static const char malformed[] = "malformed record data";

	if (!nl || !parse_id(msg, (size_t)(nl - msg), id))
		return err_set(e, ERR_SYNTAX, malformed);
	*text = (size_t)(nl - msg) + 1;
	blank = memmem(msg + *text, len - *text, "\n\n", 2);
	if (!blank)
		return err_set(e, ERR_SYNTAX, malformed);
	*text_len = (size_t)(blank - msg) + 1 - *text;
	*rest = *text + *text_len + 1;
	return is_record_text(msg + *text, *text_len) || err_set(e, ERR_SYNTAX, malformed);
}

/* The tiles for one query: first those of the right edge, then parents before children. */
struct plan {
	const struct tlog_tree *tree;
	int height;
	VEC(struct tlog_tile) tiles;
	size_t n_edge;	       /* of the right edge */
	struct indexes edge;   /* subtrees(0, n) */
	size_t edge_tile[64];  /* the tile of each */
	size_t *tile_of_index; /* for each requested index */
	struct buf *data;
};

static bool find_tile(const struct plan *p, const struct tlog_tile *t, size_t *at)
{
	for (size_t i = 0; i < p->tiles.n; i++) {
		const struct tlog_tile *u = &p->tiles.items[i];

		if (u->l == t->l && u->n == t->n && u->w == t->w) {
			*at = i;
			return true;
		}
	}
	return false;
}

static void plan_edge(struct plan *p)
{
	subtrees(0, p->tree->n, &p->edge);
	for (size_t i = 0; i < p->edge.n; i++) {
		int start, end;
		struct tlog_tile t = tile_of(p->height, p->edge.items[i], &start, &end);

		t = parent_tile(t, 0, p->tree->n);
		if (find_tile(p, &t, &p->edge_tile[i]))
			continue;
		p->edge_tile[i] = p->tiles.n;
		vec_push(&p->tiles, t);
	}
	p->n_edge = p->tiles.n;
}

static bool plan_index(struct plan *p, int64_t index, size_t *tile, struct err *e)
{
	int start, end, k;
	struct tlog_tile t;

	if (index < 0 || index >= tlog_stored_index(0, p->tree->n))
		return err_set(e, ERR_SYNTAX, "indexes not in tree");
	t = tile_of(p->height, index, &start, &end);
	for (k = 0;; k++) {
		struct tlog_tile up = parent_tile(t, k, p->tree->n);

		if (up.w && find_tile(p, &up, tile))
			break;
		if (k > 63)
			return err_set(e, ERR_SYNTAX, "bad math in tileHashReader");
	}
	for (k--; k >= 0; k--) {
		struct tlog_tile down = parent_tile(t, k, p->tree->n);

		if (down.w != 1 << p->height)
			return err_set(e, ERR_SYNTAX, "bad math in tileHashReader");
		*tile = p->tiles.n;
		vec_push(&p->tiles, down);
	}
	return true;
}

static bool check_sizes(const struct plan *p, struct err *e)
{
	for (size_t i = 0; i < p->tiles.n; i++) {
		size_t want = (size_t)p->tiles.items[i].w * HASH_SIZE;
		struct buf path = BUF_INIT;

		if (p->data[i].len == want)
			continue;
		tlog_tile_path(&path, &p->tiles.items[i]);
		err_set(e, ERR_CHECKSUM,
			"TileReader returned bad result slice (%s len=%zu, want %zu)", path.data,
			p->data[i].len, want);
		buf_release(&path);
		return false;
	}
	return true;
}

static bool authenticate(const struct plan *p, struct err *e)
{
	struct tlog_hash tree = { 0 };
	size_t at;

	for (size_t i = p->edge.n; i-- > 0;) {
		struct tlog_hash h = hash_in_tile(p->height, &p->data[p->edge_tile[i]],
						  p->edge.items[i]);

		tree = i == p->edge.n - 1 ? h : tlog_node_hash(&h, &tree);
	}
	if (!tlog_hash_eq(&tree, &p->tree->hash))
		return err_set(e, ERR_CHECKSUM, "downloaded inconsistent tile");
	for (size_t i = p->n_edge; i < p->tiles.n; i++) {
		const struct tlog_tile *t = &p->tiles.items[i];
		struct tlog_tile up = parent_tile(*t, 1, p->tree->n);
		struct tlog_hash want, have;

		if (!up.w || !find_tile(p, &up, &at))
			return err_set(e, ERR_SYNTAX, "bad math in tileHashReader");
		want = hash_in_tile(p->height, &p->data[at], tlog_stored_index(up.l * up.h, t->n));
		have = tlog_fold((const unsigned char *)p->data[i].data, (size_t)t->w);
		if (!tlog_hash_eq(&want, &have))
			return err_set(e, ERR_CHECKSUM, "downloaded inconsistent tile");
	}
	return true;
}

static bool fetch_tiles(struct plan *p, const struct tlog_reader *r, struct err *e)
{
	p->data = xcalloc(p->tiles.n, sizeof(*p->data));
	for (size_t i = 0; i < p->tiles.n; i++)
		buf_init(&p->data[i]);
	return r->read(r->ctx, p->tiles.items, p->tiles.n, p->data, e) && check_sizes(p, e) &&
	       authenticate(p, e);
}

bool tlog_read_hashes(const struct tlog_tree *tree, const struct tlog_reader *r,
		      const int64_t *indexes, size_t n, struct tlog_hash *hashes, struct err *e)
{
	struct plan p = { .tree = tree, .height = r->height };
	bool ok = tree->n > 0 && tree->n <= TLOG_MAX_TREE;

	if (!ok)
		return err_set(e, ERR_SYNTAX, "indexes not in tree");
	p.tile_of_index = xcalloc(n + 1, sizeof(*p.tile_of_index));
	plan_edge(&p);
	for (size_t i = 0; ok && i < n; i++)
		ok = plan_index(&p, indexes[i], &p.tile_of_index[i], e);
	ok = ok && fetch_tiles(&p, r, e);
	if (ok && r->save)
		r->save(r->ctx, p.tiles.items, p.tiles.n, p.data);
	for (size_t i = 0; ok && i < n; i++)
		hashes[i] = hash_in_tile(p.height, &p.data[p.tile_of_index[i]], indexes[i]);
	for (size_t i = 0; p.data && i < p.tiles.n; i++)
		buf_release(&p.data[i]);
	free(p.data);
	free(p.tile_of_index);
	vec_release(&p.tiles);
	return ok;
}

bool tlog_tree_hash(const struct tlog_tree *tree, const struct tlog_reader *r, int64_t n,
		    struct tlog_hash *hash, struct err *e)
{
	struct tlog_hash hashes[64];
	const struct tlog_hash *p = hashes;
	struct indexes list = { .n = 0 };

	if (n == 0) {
		sha256_bytes("", 0, hash->bytes);
		return true;
	}
	if (n < 0 || n > tree->n || tree->n > TLOG_MAX_TREE)
		return err_set(e, ERR_SYNTAX, "indexes not in tree");
	subtrees(0, n, &list);
	if (!tlog_read_hashes(tree, r, list.items, list.n, hashes, e))
		return false;
	*hash = subtree_hash(0, n, &p);
	return true;
}

/* treeProofIndex. */
static void proof_indexes(int64_t lo, int64_t hi, int64_t n, struct indexes *list)
{
	int level;
	int64_t k;

	if (n == hi) {
		if (lo != 0)
			subtrees(lo, hi, list);
		return;
	}
	k = max_pow2(hi - lo, &level);
	if (n <= lo + k) {
		proof_indexes(lo, lo + k, n, list);
		subtrees(lo + k, hi, list);
	} else {
		subtrees(lo, lo + k, list);
		proof_indexes(lo + k, hi, n, list);
	}
}

struct proof {
	struct tlog_hash *hashes;
	size_t n;
};

/* treeProof. */
static void make_proof(int64_t lo, int64_t hi, int64_t n, const struct tlog_hash **hashes,
		       struct proof *p)
{
	struct tlog_hash h;
	int level;
	int64_t k;

	if (n == hi) {
		if (lo != 0)
			p->hashes[p->n++] = subtree_hash(lo, hi, hashes);
		return;
	}
	k = max_pow2(hi - lo, &level);
	if (n <= lo + k) {
		make_proof(lo, lo + k, n, hashes, p);
		h = subtree_hash(lo + k, hi, hashes);
	} else {
		h = subtree_hash(lo, lo + k, hashes);
		make_proof(lo + k, hi, n, hashes, p);
	}
	p->hashes[p->n++] = h;
}

bool tlog_prove_tree(const struct tlog_tree *tree, const struct tlog_reader *r, int64_t n,
		     struct tlog_hash *proof, size_t *len, struct err *e)
{
	struct indexes list = { .n = 0 };
	struct tlog_hash hashes[ARRAY_LEN(list.items)];
	const struct tlog_hash *p = hashes;
	struct proof out = { proof, 0 };

	if (n < 1 || n > tree->n || tree->n > TLOG_MAX_TREE)
		return err_set(e, ERR_SYNTAX, "tlog: invalid inputs in ProveTree");
	proof_indexes(0, tree->n, n, &list);
	*len = 0;
	if (list.n == 0)
		return true;
	if (!tlog_read_hashes(tree, r, list.items, list.n, hashes, e))
		return false;
	make_proof(0, tree->n, n, &p, &out);
	*len = out.n;
	return true;
}

/* runTreeProof: the hashes of the old and the new subtree [lo, hi) that the proof implies. */
static bool run_tree_proof(const struct tlog_hash *p, size_t len, int64_t lo, int64_t hi, int64_t n,
			   const struct tlog_hash *old, struct tlog_hash *was, struct tlog_hash *is)
{
	int level;
	int64_t k;

	if (n == hi) {
		if (len != (lo != 0))
			return false;
		*was = *is = lo ? p[0] : *old;
		return true;
	}
	if (len == 0)
		return false;
	k = max_pow2(hi - lo, &level);
	len--;
	if (n <= lo + k) {
		if (!run_tree_proof(p, len, lo, lo + k, n, old, was, is))
			return false;
		*is = tlog_node_hash(is, &p[len]);
		return true;
	}
	if (!run_tree_proof(p, len, lo + k, hi, n, old, was, is))
		return false;
	*was = tlog_node_hash(&p[len], was);
	*is = tlog_node_hash(&p[len], is);
	return true;
}

bool tlog_check_tree(const struct tlog_hash *proof, size_t len, const struct tlog_tree *tree,
		     int64_t n, const struct tlog_hash *old)
{
	struct tlog_hash was, is;

	return n >= 1 && n <= tree->n && tree->n <= TLOG_MAX_TREE &&
	       run_tree_proof(proof, len, 0, tree->n, n, old, &was, &is) &&
	       tlog_hash_eq(&is, &tree->hash) && tlog_hash_eq(&was, old);
}
