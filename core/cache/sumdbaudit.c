#include "cache/sumdbaudit.h"

#include <dirent.h>
#include <sys/stat.h>

#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "fetch/tlog.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_DEPTH 64u
#define MAX_LOOKUP ((size_t)1 << 20)
#define WIDTH 256
#define HASH_LEN ((size_t)32)
#define MAX_CHOICES 4u /* contents that are tried for one place of an edge */
#define MAX_LEVELS 8u
#define NO_TREE SIZE_MAX

/* One file with hashes. */
struct tile {
	struct tlog_tile t;
	size_t file;
	bool wrong;
};

/* All files for one tile of the tree: the full one and partial ones. */
struct place {
	int l;
	int64_t n;
	size_t first, count; /* of tiles */
	int proven;	     /* how many of its hashes are */
	size_t by;	     /* the tile that has them */
};

enum tree_state {
	TREE_OPEN,   /* not all tiles of its edge are here */
	TREE_PROVEN, /* its edge gives its hash */
	TREE_BROKEN, /* it does not, and not all tiles of it are proven otherwise */
	TREE_FORKED, /* proven tiles give another hash */
};

struct head {
	struct tlog_tree tree;
	enum tree_state state;
};

struct lookup {
	size_t file, head; /* NO_TREE: not usable */
	int64_t id;
	struct tlog_hash hash;
};

struct audit {
	const struct sumdb_audit_options *o;
	struct arena *a;
	VEC(struct audit_file) files;
	VEC(struct tile) tiles;
	VEC(struct place) places;
	VEC(struct head) heads;
	VEC(struct lookup) lookups;
	size_t latest_file, latest_head; /* NO_TREE */
	int64_t newest;			 /* size of the greatest signed tree */
};

static struct audit_file *wrong(struct audit *d, size_t file, const char *problem,
				const char *go_says)
{
	struct audit_file *f = &d->files.items[file];

	if (f->state == AUDIT_WRONG)
		return f;
	f->state = AUDIT_WRONG;
	f->problem = problem;
	f->go_says = go_says;
	f->expected = f->found = "";
	return f;
}

/* Finding the files. */

static size_t add_file(struct audit *d, const char *path, enum audit_kind kind, uint64_t bytes)
{
	vec_push(&d->files, (struct audit_file){ .file = path, .kind = kind, .bytes = bytes });
	return d->files.n - 1;
}

static const char *tile_name(struct audit *d, const struct tlog_tile *t)
{
	struct buf b = BUF_INIT;
	const char *out;

	tlog_tile_path(&b, t);
	out = arena_strdup(d->a, b.data);
	buf_release(&b);
	return out;
}

static void add_tile(struct audit *d, const char *rel, size_t file)
{
	struct audit_file *f = &d->files.items[file];
	struct tile tile = { .file = file };
	uint64_t want;

	if (!tlog_parse_tile_path(&tile.t, rel) || tile.t.h != TLOG_HEIGHT) {
		f->kind = AUDIT_STRAY;
		return;
	}
	want = (uint64_t)tile.t.w * HASH_LEN;
	if (!f->bytes)
		return; /* go takes an empty file as absent */
	if (f->bytes != want) {
		tile.wrong = true;
		wrong(d, file, "it is not as long as its name says",
		      arena_fmt(d->a, "TileReader returned bad result slice (%s len=%ju, want %ju)",
				tile_name(d, &tile.t), (uintmax_t)f->bytes, (uintmax_t)want));
		f->expected = arena_fmt(d->a, "%ju bytes", (uintmax_t)want);
		f->found = arena_fmt(d->a, "%ju bytes", (uintmax_t)f->bytes);
	}
	vec_push(&d->tiles, tile);
}

static void add_found(struct audit *d, const char *path, const char *rel, const struct stat *st)
{
	enum audit_kind kind = str_has_prefix(rel, "tile/")	? AUDIT_TILE
			       : str_has_prefix(rel, "lookup/") ? AUDIT_LOOKUP
								: AUDIT_STRAY;
	size_t file;

	if (str_has_prefix(rel, "tile/8/data/"))
		kind = AUDIT_STRAY;
	file = add_file(d, path, kind, (uint64_t)st->st_size);
	if (kind == AUDIT_STRAY)
		return;
	if (!S_ISREG(st->st_mode)) {
		wrong(d, file, "it is not a file that go has made", "follows it, or cannot read it")
			->expected = "a regular file";
	} else if (kind == AUDIT_TILE) {
		add_tile(d, rel, file);
	} else if (st->st_size) {
		vec_push(&d->lookups, (struct lookup){ .file = file, .head = NO_TREE });
	}
}

static void find_files(struct audit *d, const char *dir, const char *rel, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > MAX_DEPTH || cancel_is_set(d->o->cancel) ||
	    !fs_list(d->a, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_fmt(d->a, "%s/%s", dir, entries[i].name);
		const char *below = *rel ? arena_fmt(d->a, "%s/%s", rel, entries[i].name)
					 : entries[i].name;
		struct stat st;

		if (entries[i].type == DT_DIR)
			find_files(d, path, below, depth + 1);
		else if (lstat(path, &st) == 0)
			add_found(d, path, below, &st);
	}
}

/* Places. */

/* Upper levels first, so that parents are looked at before children; the widest of a place first. */
static int compare_tiles(const void *va, const void *vb)
{
	const struct tlog_tile *a = &((const struct tile *)va)->t,
			       *b = &((const struct tile *)vb)->t;

	if (a->l != b->l)
		return a->l > b->l ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return b->w - a->w;
}

static void make_places(struct audit *d)
{
	if (d->tiles.n)
		qsort(d->tiles.items, d->tiles.n, sizeof(*d->tiles.items), compare_tiles);
	for (size_t i = 0; i < d->tiles.n; i++) {
		const struct tlog_tile *t = &d->tiles.items[i].t;
		struct place *last = d->places.n ? &d->places.items[d->places.n - 1] : NULL;

		if (last && last->l == t->l && last->n == t->n)
			last->count++;
		else
			vec_push(&d->places, (struct place){ t->l, t->n, i, 1, 0, 0 });
	}
}

static struct place *find_place(struct audit *d, int l, int64_t n)
{
	size_t lo = 0, hi = d->places.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct place *p = &d->places.items[mid];

		if (p->l == l && p->n == n)
			return p;
		if (p->l > l || (p->l == l && p->n < n))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct hashes {
	unsigned char bytes[WIDTH * HASH_LEN];
};

/* Its first w hashes. A file that has become shorter or unreadable meanwhile is none. */
static bool read_tile(struct audit *d, const struct tile *t, int w, struct hashes *out)
{
	struct buf b = BUF_INIT;
	bool ok = !t->wrong && w <= t->t.w &&
		  fs_read_buf(&b, d->files.items[t->file].file, sizeof(out->bytes), NULL) &&
		  b.len == (size_t)t->t.w * HASH_LEN;

	if (ok)
		memcpy(out->bytes, b.data, (size_t)w * HASH_LEN);
	buf_release(&b);
	return ok;
}

/* How many hashes at the front are the same. */
static int same_hashes(const struct hashes *a, const struct hashes *b, int w)
{
	int i = 0;

	while (i < w && memcmp(a->bytes + (size_t)i * HASH_LEN, b->bytes + (size_t)i * HASH_LEN,
			       HASH_LEN) == 0)
		i++;
	return i;
}

static const char *base64(struct audit *d, const unsigned char *hash)
{
	char text[45];

	base64_encode_32(hash, text);
	return arena_strdup(d->a, text);
}

/* go reads the tiles of the tree that it knows, and no other. */
static bool go_reads(const struct audit *d, const struct tlog_tile *t)
{
	int64_t width = (t->l > 7 ? 0 : d->newest >> (8 * t->l)) - t->n * WIDTH;

	return MIN(width, WIDTH) == t->w;
}

static const char not_read[] =
	"does not read it for the tree that it knows; it was needed for an older one";

static const char *tile_says(const struct audit *d, const struct tlog_tile *t)
{
	return go_reads(d, t) ? "downloaded inconsistent tile" : not_read;
}

static void say_of_short_tiles(struct audit *d)
{
	for (size_t i = 0; d->newest && i < d->tiles.n; i++)
		if (d->tiles.items[i].wrong && !go_reads(d, &d->tiles.items[i].t))
			d->files.items[d->tiles.items[i].file].go_says = not_read;
}

/* Of the place's files, those that contradict what is proven. */
static void judge_place(struct audit *d, struct place *p)
{
	struct hashes right, have;

	if (!p->proven || !read_tile(d, &d->tiles.items[p->by], p->proven, &right))
		return;
	for (size_t i = p->first; i < p->first + p->count; i++) {
		struct tile *t = &d->tiles.items[i];
		int w = MIN(t->t.w, p->proven), same;
		struct audit_file *f;

		if (i == p->by || !read_tile(d, t, t->t.w, &have))
			continue;
		same = same_hashes(&right, &have, w);
		if (same == w)
			continue;
		f = wrong(d, t->file,
			  arena_fmt(d->a, "its hash number %d is not the signed tree's", same),
			  tile_says(d, &t->t));
		f->expected = base64(d, right.bytes + (size_t)same * HASH_LEN);
		f->found = base64(d, have.bytes + (size_t)same * HASH_LEN);
		t->wrong = true;
	}
}

static bool prove(struct audit *d, struct place *p, size_t tile, int w)
{
	if (w <= p->proven)
		return false;
	p->proven = w;
	p->by = tile;
	judge_place(d, p);
	return true;
}

/* The hash of a full tile as the proven tile above has it. */
static bool parent_hash(struct audit *d, const struct place *p, struct tlog_hash *out)
{
	const struct place *up = find_place(d, p->l + 1, p->n / WIDTH);
	struct hashes h;
	int at = (int)(p->n % WIDTH);

	if (!up || up->proven <= at || !read_tile(d, &d->tiles.items[up->by], at + 1, &h))
		return false;
	memcpy(out, h.bytes + (size_t)at * HASH_LEN, HASH_LEN);
	return true;
}

/* By the tile above. */
static bool prove_full(struct audit *d, struct place *p)
{
	struct tile *t = &d->tiles.items[p->first]; /* the widest */
	struct tlog_hash want, have;
	struct audit_file *f;
	struct hashes h;

	if (p->proven == WIDTH || t->t.w != WIDTH || !parent_hash(d, p, &want) ||
	    !read_tile(d, t, WIDTH, &h))
		return false;
	have = tlog_fold(h.bytes, WIDTH);
	if (tlog_hash_eq(&have, &want))
		return prove(d, p, p->first, WIDTH);
	f = wrong(d, t->file, "its hashes do not lead to the tile above it", tile_says(d, &t->t));
	f->expected = base64(d, want.bytes);
	f->found = base64(d, have.bytes);
	t->wrong = true;
	return true;
}

/* Heads. */

/* The contents that may stand at one level of a tree's edge. */
struct edge {
	struct place *place;
	int w;
	struct {
		struct hashes h;
		size_t tile;
	} choices[MAX_CHOICES];
	size_t n;
};

static void add_choice(struct audit *d, struct edge *g, size_t tile)
{
	struct hashes *h;

	if (g->n == MAX_CHOICES)
		return;
	h = &g->choices[g->n].h;
	if (!read_tile(d, &d->tiles.items[tile], g->w, h))
		return;
	for (size_t i = 0; i < g->n; i++)
		if (same_hashes(&g->choices[i].h, h, g->w) == g->w)
			return;
	g->choices[g->n++].tile = tile;
}

static bool find_choices(struct audit *d, struct edge *g, int l, int64_t n, int w)
{
	struct place *p = find_place(d, l, n);

	g->place = p;
	g->w = w;
	g->n = 0;
	if (p && p->proven >= w)
		add_choice(d, g, p->by);
	else
		for (size_t i = 0; p && i < p->count && d->tiles.items[p->first + i].t.w >= w; i++)
			add_choice(d, g, p->first + i);
	return g->n > 0;
}

/* From the smallest subtree to the greatest, as the tree's hash is folded from the right. */
static struct tlog_hash edge_hash(const struct edge *edges, size_t n, const size_t *pick)
{
	struct tlog_hash tree = { 0 };
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const unsigned char *bytes = edges[i].choices[pick[i]].h.bytes;
		int end = edges[i].w;

		for (int bit = 1; bit < WIDTH; bit <<= 1) {
			struct tlog_hash h;

			if (!(edges[i].w & bit))
				continue;
			end -= bit;
			h = tlog_fold(bytes + (size_t)end * HASH_LEN, (size_t)bit);
			tree = any ? tlog_node_hash(&h, &tree) : h;
			any = true;
		}
	}
	return tree;
}

static bool next_pick(const struct edge *edges, size_t n, size_t *pick)
{
	for (size_t i = 0; i < n; i++) {
		if (++pick[i] < edges[i].n)
			return true;
		pick[i] = 0;
	}
	return false;
}

static bool settle(struct audit *d, struct head *h, struct edge *edges, size_t n)
{
	size_t pick[MAX_LEVELS] = { 0 };
	enum tree_state was = h->state;
	bool all_proven = true, news = false;

	do {
		struct tlog_hash have = edge_hash(edges, n, pick);

		if (!tlog_hash_eq(&have, &h->tree.hash))
			continue;
		for (size_t i = 0; i < n; i++)
			news |= prove(d, edges[i].place, edges[i].choices[pick[i]].tile,
				      edges[i].w);
		h->state = TREE_PROVEN;
		return true;
	} while (next_pick(edges, n, pick));
	for (size_t i = 0; i < n; i++)
		all_proven &= edges[i].place->proven >= edges[i].w;
	h->state = all_proven ? TREE_FORKED : TREE_BROKEN;
	return news || h->state != was;
}

/* The places of the tree's right edge, the lowest level first. False if one is not here. */
static bool find_edge(struct audit *d, int64_t n, struct edge *edges, size_t *n_edges)
{
	*n_edges = 0;
	for (int l = 0; n >> (8 * l) > 0 && *n_edges < MAX_LEVELS; l++) {
		int64_t hashes = n >> (8 * l);
		int w = (int)(hashes % WIDTH);

		if (w && !find_choices(d, &edges[(*n_edges)++], l, hashes / WIDTH, w))
			return false;
	}
	return true;
}

/* True if something is known that was not. */
static bool prove_head(struct audit *d, struct head *h)
{
	struct edge *edges;
	bool news = false;
	size_t n;

	if (h->state == TREE_PROVEN || h->state == TREE_FORKED || h->tree.n < 1)
		return false;
	edges = xcalloc(MAX_LEVELS, sizeof(*edges));
	if (find_edge(d, h->tree.n, edges, &n))
		news = settle(d, h, edges, n);
	else
		h->state = TREE_OPEN;
	free(edges);
	return news;
}

static void prove_all(struct audit *d)
{
	bool news = true;

	while (news && !cancel_is_set(d->o->cancel)) {
		news = false;
		/* go's own memory counts for more than what a lookup says */
		if (d->latest_head != NO_TREE)
			news |= prove_head(d, &d->heads.items[d->latest_head]);
		for (size_t i = d->heads.n; i-- > 0;)
			news |= prove_head(d, &d->heads.items[i]);
		for (size_t i = 0; i < d->places.n; i++)
			news |= prove_full(d, &d->places.items[i]);
	}
}

/* Tiles that make a head's edge wrong, and that nothing else proves. */
static void blame_edge(struct audit *d, const struct head *h)
{
	struct edge *edges = xcalloc(MAX_LEVELS, sizeof(*edges));
	size_t n, suspects = 0;

	find_edge(d, h->tree.n, edges, &n);
	for (size_t i = 0; i < n; i++)
		suspects += edges[i].place && edges[i].place->proven < edges[i].w;
	for (size_t i = 0; i < n; i++) {
		const struct place *p = edges[i].place;

		for (size_t j = 0; p && p->proven < edges[i].w && j < p->count; j++) {
			const struct tile *t = &d->tiles.items[p->first + j];

			if (t->t.w < edges[i].w || t->wrong)
				continue;
			wrong(d, t->file,
			      suspects == 1
				      ? "its hashes do not lead to the signed tree"
				      : arena_fmt(
						d->a,
						"it or another of %zu tiles does not lead to the signed tree",
						suspects),
			      tile_says(d, &t->t))
				->expected = arena_fmt(d->a, "the tree of %jd records",
						       (intmax_t)h->tree.n);
		}
	}
	free(edges);
}

/* Reading lookups and heads. */

static int compare_heads(const void *va, const void *vb)
{
	const struct tlog_tree *a = &((const struct head *)va)->tree,
			       *b = &((const struct head *)vb)->tree;

	return a->n != b->n ? (a->n < b->n ? -1 : 1) : memcmp(&a->hash, &b->hash, HASH_LEN);
}

/* The signed tree in a note; what go says of a bad one. */
static bool open_note(struct audit *d, const char *msg, size_t len, struct tlog_tree *tree,
		      const char **go_says)
{
	struct err e = ERR_INIT;
	size_t text_len = 0;
	bool ok;

	if (!note_open(msg, len, d->o->key, &text_len, &e)) {
		*go_says = arena_fmt(d->a, "reading tree note: %s", e.text);
		err_release(&e);
		return false;
	}
	ok = tlog_parse_tree(tree, msg, text_len, &e);
	if (!ok)
		*go_says = arena_fmt(d->a, "reading tree: %s", e.text);
	err_release(&e);
	return ok;
}

static void add_head(struct audit *d, const struct tlog_tree *tree)
{
	d->newest = MAX(d->newest, tree->n);
	vec_push(&d->heads, (struct head){ .tree = *tree });
}

/* Whether one of its lines speaks of the module version that the file is named after. */
static bool is_of(struct audit *d, const char *file, const char *text, size_t len)
{
	const char *rel = file + strlen(d->o->dir) + strlen("/lookup/"), *at = strrchr(rel, '@');
	const char *path = at ? cachepath_unescape(d->a, rel, (size_t)(at - rel)) : NULL;
	const char *version = at ? cachepath_unescape(d->a, at + 1, strlen(at + 1)) : NULL;
	const char *want, *end = text + len;
	size_t n;

	if (!path || !version)
		return false;
	want = arena_fmt(d->a, "%s %s", path, version);
	n = strlen(want);
	for (const char *s = text; s < end; s += strcspn(s, "\n") + 1)
		if ((size_t)(end - s) > n && strncmp(s, want, n) == 0 &&
		    (s[n] == ' ' || s[n] == '/'))
			return true;
	return false;
}

static void read_lookup(struct audit *d, struct lookup *l, struct tlog_tree *tree)
{
	size_t len, text, text_len, rest;
	struct err e = ERR_INIT;
	const char *file = d->files.items[l->file].file, *go_says;
	char *data;

	*tree = (struct tlog_tree){ .n = -1 };
	if (!fs_read(d->a, file, MAX_LOOKUP, &data, &len, &e)) {
		wrong(d, l->file, "it cannot be read", arena_strdup(d->a, e.text));
	} else if (!tlog_parse_record(data, len, &l->id, &text, &text_len, &rest, &e)) {
		wrong(d, l->file, "it is not a record and a tree", arena_strdup(d->a, e.text));
	} else if (!is_of(d, file, data + text, text_len)) {
		wrong(d, l->file, "its record is of another module",
		      "checksum missing from sumdb response");
	} else {
		l->hash = tlog_record_hash(data + text, text_len);
		if (d->o->key && !open_note(d, data + rest, len - rest, tree, &go_says)) {
			wrong(d, l->file, "its tree is not signed by the database", go_says);
			*tree = (struct tlog_tree){ .n = -1 };
		}
	}
	err_release(&e);
}

static size_t find_head(const struct audit *d, const struct tlog_tree *tree)
{
	const struct head want = { .tree = *tree };
	const struct head *h = d->heads.n && tree->n > 0
				       ? bsearch(&want, d->heads.items, d->heads.n, sizeof(want),
						 compare_heads)
				       : NULL;

	return h ? (size_t)(h - d->heads.items) : NO_TREE;
}

static void unique_heads(struct audit *d)
{
	size_t n = 0;

	if (d->heads.n)
		qsort(d->heads.items, d->heads.n, sizeof(*d->heads.items), compare_heads);
	for (size_t i = 0; i < d->heads.n; i++)
		if (i == 0 || compare_heads(&d->heads.items[n - 1], &d->heads.items[i]) != 0)
			d->heads.items[n++] = d->heads.items[i];
	d->heads.n = n;
}

static void read_latest(struct audit *d, struct tlog_tree *tree)
{
	const char *go_says;
	struct stat st;
	size_t len;
	char *data;

	*tree = (struct tlog_tree){ .n = -1 };
	if (!d->o->latest || lstat(d->o->latest, &st) || st.st_size == 0)
		return;
	d->latest_file = add_file(d, arena_strdup(d->a, d->o->latest), AUDIT_HEAD,
				  (uint64_t)st.st_size);
	if (!d->o->prove || !d->o->key)
		return;
	if (!fs_read(d->a, d->o->latest, MAX_LOOKUP, &data, &len, NULL))
		return;
	if (open_note(d, data, len, tree, &go_says)) {
		add_head(d, tree);
		return;
	}
	wrong(d, d->latest_file, "it is no tree that the database has signed",
	      arena_fmt(d->a, "initializing sumdb.Client: %s", go_says));
	*tree = (struct tlog_tree){ .n = -1 };
}

static void read_heads(struct audit *d)
{
	struct tlog_tree *trees, latest;

	read_latest(d, &latest);
	if (!d->o->prove)
		return;
	trees = xcalloc(d->lookups.n + 1, sizeof(*trees));
	for (size_t i = 0; i < d->lookups.n && !cancel_is_set(d->o->cancel); i++) {
		read_lookup(d, &d->lookups.items[i], &trees[i]);
		if (trees[i].n > 0)
			add_head(d, &trees[i]);
	}
	unique_heads(d);
	d->latest_head = find_head(d, &latest);
	for (size_t i = 0; i < d->lookups.n; i++)
		d->lookups.items[i].head = find_head(d, &trees[i]);
	free(trees);
}

/* Judging. */

static const char misbehavior[] = "SECURITY ERROR: go.sum database server misbehavior detected!";

static void judge_tiles(struct audit *d)
{
	for (size_t i = 0; i < d->heads.n; i++)
		if (d->heads.items[i].state == TREE_BROKEN)
			blame_edge(d, &d->heads.items[i]);
	for (size_t i = 0; i < d->places.n; i++) {
		const struct place *p = &d->places.items[i];

		for (size_t j = p->first; j < p->first + p->count; j++) {
			const struct tile *t = &d->tiles.items[j];
			struct audit_file *f = &d->files.items[t->file];

			if (f->state == AUDIT_UNPROVEN && t->t.w <= p->proven)
				f->state = AUDIT_PROVEN;
		}
	}
}

/* Whether the record stands in the tree where it says. */
static enum audit_state judge_record(struct audit *d, const struct lookup *l)
{
	const struct place *p = find_place(d, 0, l->id / WIDTH);
	struct hashes h;
	int at = (int)(l->id % WIDTH);

	if (l->id < 0 || l->id >= d->newest) {
		wrong(d, l->file, "its record is beyond the end of the tree",
		      arena_fmt(d->a, "cannot validate record %jd in tree of size %jd",
				(intmax_t)l->id, (intmax_t)d->newest));
		return AUDIT_WRONG;
	}
	if (!p || p->proven <= at || !read_tile(d, &d->tiles.items[p->by], at + 1, &h))
		return AUDIT_UNPROVEN;
	if (memcmp(h.bytes + (size_t)at * HASH_LEN, &l->hash, HASH_LEN) == 0)
		return AUDIT_PROVEN;
	wrong(d, l->file, "its record is not the one that stands in the tree",
	      "cannot authenticate record data in server response");
	d->files.items[l->file].expected = arena_fmt(d->a, "a record whose hash is %s",
						     base64(d, h.bytes + (size_t)at * HASH_LEN));
	d->files.items[l->file].found = base64(d, l->hash.bytes);
	return AUDIT_WRONG;
}

static void judge_lookup(struct audit *d, const struct lookup *l)
{
	struct audit_file *f = &d->files.items[l->file];

	if (f->state == AUDIT_WRONG || l->head == NO_TREE)
		return;
	if (d->heads.items[l->head].state == TREE_FORKED) {
		wrong(d, l->file, "its signed tree contradicts the other signed trees",
		      misbehavior);
		return;
	}
	f->state = judge_record(d, l);
	if (f->state == AUDIT_PROVEN && d->heads.items[l->head].state != TREE_PROVEN)
		f->state = AUDIT_UNPROVEN;
}

static void judge_latest(struct audit *d)
{
	enum tree_state state;

	if (d->latest_head == NO_TREE)
		return;
	state = d->heads.items[d->latest_head].state;
	if (state == TREE_FORKED)
		wrong(d, d->latest_file, "its signed tree contradicts the other signed trees",
		      misbehavior);
	else if (state == TREE_PROVEN)
		d->files.items[d->latest_file].state = AUDIT_PROVEN;
}

static void finish(struct audit *d, struct sumdb_audit *out)
{
	out->files = arena_memdup(d->a, d->files.items, d->files.n * sizeof(*out->files));
	out->n = d->files.n;
	for (size_t i = 0; i < out->n; i++)
		if (out->files[i].bytes && out->files[i].kind != AUDIT_STRAY)
			out->states[out->files[i].state]++;
	out->unproven = !out->states[AUDIT_UNPROVEN] ? ""
			: !d->o->prove		     ? "not looked at"
			: !d->o->key		     ? "the database's key is not known"
						     : "tiles that would prove it are not cached";
	vec_release(&d->files);
	vec_release(&d->tiles);
	vec_release(&d->places);
	vec_release(&d->heads);
	vec_release(&d->lookups);
}

void sumdb_audit(struct sumdb_audit *out, struct arena *a, const struct sumdb_audit_options *o)
{
	struct audit d = { .o = o, .a = a, .latest_file = NO_TREE, .latest_head = NO_TREE };

	*out = (struct sumdb_audit){ .unproven = "" };
	find_files(&d, o->dir, "", 0);
	make_places(&d);
	read_heads(&d);
	if (o->prove && o->key) {
		say_of_short_tiles(&d);
		prove_all(&d);
		judge_tiles(&d);
		for (size_t i = 0; i < d.lookups.n; i++)
			judge_lookup(&d, &d.lookups.items[i]);
		judge_latest(&d);
	}
	finish(&d, out);
}
