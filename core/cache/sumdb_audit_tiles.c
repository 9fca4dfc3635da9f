#include "cache/sumdb_audit_impl.h"

#include "base/base64.h"
#include "base/fs.h"

#define MAX_CHOICES 4u /* contents that are tried for one place of an edge */
#define MAX_LEVELS 8u

/* Upper levels first, so that parents come before children; the widest of a place first. */
static int compare_tiles(const void *va, const void *vb)
{
	const struct tlog_tile *a = &((const struct sumdb_audit_tile *)va)->t,
			       *b = &((const struct sumdb_audit_tile *)vb)->t;

	if (a->l != b->l)
		return a->l > b->l ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return b->w - a->w;
}

void sumdb_audit_make_places(struct sumdb_audit_work *d)
{
	if (d->tiles.n)
		qsort(d->tiles.items, d->tiles.n, sizeof(*d->tiles.items), compare_tiles);
	for (size_t i = 0; i < d->tiles.n; i++) {
		const struct tlog_tile *t = &d->tiles.items[i].t;
		struct sumdb_audit_place *last = d->places.n ? &d->places.items[d->places.n - 1]
							     : NULL;

		if (last && last->l == t->l && last->n == t->n)
			last->count++;
		else
			vec_push(&d->places, (struct sumdb_audit_place){ t->l, t->n, i, 1, 0, 0 });
	}
}

struct sumdb_audit_place *sumdb_audit_find_place(struct sumdb_audit_work *d, int l, int64_t n)
{
	size_t lo = 0, hi = d->places.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct sumdb_audit_place *p = &d->places.items[mid];

		if (p->l == l && p->n == n)
			return p;
		if (p->l > l || (p->l == l && p->n < n))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool sumdb_audit_read_tile(struct sumdb_audit_work *d, const struct sumdb_audit_tile *t, int w,
			   struct sumdb_audit_hashes *out)
{
	struct buf b = BUF_INIT;
	bool ok = !t->wrong && w <= t->t.w &&
		  fs_read_buf(&b, d->files.items[t->file].file, sizeof(out->bytes), NULL) &&
		  b.len == (size_t)t->t.w * SUMDB_AUDIT_HASH;

	if (ok)
		memcpy(out->bytes, b.data, (size_t)w * SUMDB_AUDIT_HASH);
	buf_release(&b);
	return ok;
}

/* How many hashes at the front are the same. */
static int same_hashes(const struct sumdb_audit_hashes *a, const struct sumdb_audit_hashes *b,
		       int w)
{
	int i = 0;

	while (i < w && memcmp(a->bytes + (size_t)i * SUMDB_AUDIT_HASH,
			       b->bytes + (size_t)i * SUMDB_AUDIT_HASH, SUMDB_AUDIT_HASH) == 0)
		i++;
	return i;
}

const char *sumdb_audit_base64(struct sumdb_audit_work *d, const unsigned char *hash)
{
	char text[45];

	base64_encode_32(hash, text);
	return arena_strdup(d->a, text);
}

/* go reads only tiles of the newest tree that it knows. */
static bool go_reads(const struct sumdb_audit_work *d, const struct tlog_tile *t)
{
	int64_t width = (t->l > 7 ? 0 : d->newest >> (8 * t->l)) - t->n * SUMDB_AUDIT_WIDTH;

	return MIN(width, SUMDB_AUDIT_WIDTH) == t->w;
}

static const char not_read[] =
	"does not read it for the current tree; it was needed for an older one";

static const char *tile_says(const struct sumdb_audit_work *d, const struct tlog_tile *t)
{
	return go_reads(d, t) ? "downloaded inconsistent tile" : not_read;
}

void sumdb_audit_short_tiles(struct sumdb_audit_work *d)
{
	for (size_t i = 0; d->newest && i < d->tiles.n; i++)
		if (d->tiles.items[i].wrong && !go_reads(d, &d->tiles.items[i].t))
			d->files.items[d->tiles.items[i].file].go_says = not_read;
}

/* Marks the place's files that contradict what is proven. */
static void judge_place(struct sumdb_audit_work *d, struct sumdb_audit_place *p)
{
	struct sumdb_audit_hashes right, have;

	if (!p->proven || !sumdb_audit_read_tile(d, &d->tiles.items[p->by], p->proven, &right))
		return;
	for (size_t i = p->first; i < p->first + p->count; i++) {
		struct sumdb_audit_tile *t = &d->tiles.items[i];
		int w = MIN(t->t.w, p->proven), same;
		struct sumdb_audit_file *f;

		if (i == p->by || !sumdb_audit_read_tile(d, t, t->t.w, &have))
			continue;
		same = same_hashes(&right, &have, w);
		if (same == w)
			continue;
		f = sumdb_audit_wrong(d, t->file,
				      arena_fmt(d->a, "its hash number %d is not the signed tree's",
						same),
				      tile_says(d, &t->t));
		f->expected = sumdb_audit_base64(d, right.bytes + (size_t)same * SUMDB_AUDIT_HASH);
		f->found = sumdb_audit_base64(d, have.bytes + (size_t)same * SUMDB_AUDIT_HASH);
		t->wrong = true;
	}
}

static bool prove(struct sumdb_audit_work *d, struct sumdb_audit_place *p, size_t tile, int w)
{
	if (w <= p->proven)
		return false;
	p->proven = w;
	p->by = tile;
	judge_place(d, p);
	return true;
}

/* The hash of a full tile as the proven tile above has it. */
static bool parent_hash(struct sumdb_audit_work *d, const struct sumdb_audit_place *p,
			struct tlog_hash *out)
{
	const struct sumdb_audit_place *up = sumdb_audit_find_place(d, p->l + 1,
								    p->n / SUMDB_AUDIT_WIDTH);
	struct sumdb_audit_hashes h;
	int at = (int)(p->n % SUMDB_AUDIT_WIDTH);

	if (!up || up->proven <= at ||
	    !sumdb_audit_read_tile(d, &d->tiles.items[up->by], at + 1, &h))
		return false;
	memcpy(out, h.bytes + (size_t)at * SUMDB_AUDIT_HASH, SUMDB_AUDIT_HASH);
	return true;
}

/* By the tile above. */
static bool prove_full(struct sumdb_audit_work *d, struct sumdb_audit_place *p)
{
	struct sumdb_audit_tile *t = &d->tiles.items[p->first]; /* the widest */
	struct tlog_hash want, have;
	struct sumdb_audit_file *f;
	struct sumdb_audit_hashes h;

	if (p->proven == SUMDB_AUDIT_WIDTH || t->t.w != SUMDB_AUDIT_WIDTH ||
	    !parent_hash(d, p, &want) || !sumdb_audit_read_tile(d, t, SUMDB_AUDIT_WIDTH, &h))
		return false;
	have = tlog_fold(h.bytes, SUMDB_AUDIT_WIDTH);
	if (tlog_hash_eq(&have, &want))
		return prove(d, p, p->first, SUMDB_AUDIT_WIDTH);
	f = sumdb_audit_wrong(d, t->file, "its hashes do not lead to the tile above it",
			      tile_says(d, &t->t));
	f->expected = sumdb_audit_base64(d, want.bytes);
	f->found = sumdb_audit_base64(d, have.bytes);
	t->wrong = true;
	return true;
}

/* Heads. */

/* The possible contents at one level of a tree's edge. */
struct edge {
	struct sumdb_audit_place *place;
	int w;
	struct {
		struct sumdb_audit_hashes h;
		size_t tile;
	} choices[MAX_CHOICES];
	size_t n;
};

static void add_choice(struct sumdb_audit_work *d, struct edge *g, size_t tile)
{
	struct sumdb_audit_hashes *h;

	if (g->n == MAX_CHOICES)
		return;
	h = &g->choices[g->n].h;
	if (!sumdb_audit_read_tile(d, &d->tiles.items[tile], g->w, h))
		return;
	for (size_t i = 0; i < g->n; i++)
		if (same_hashes(&g->choices[i].h, h, g->w) == g->w)
			return;
	g->choices[g->n++].tile = tile;
}

static bool find_choices(struct sumdb_audit_work *d, struct edge *g, int l, int64_t n, int w)
{
	struct sumdb_audit_place *p = sumdb_audit_find_place(d, l, n);

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

		for (int bit = 1; bit < SUMDB_AUDIT_WIDTH; bit <<= 1) {
			struct tlog_hash h;

			if (!(edges[i].w & bit))
				continue;
			end -= bit;
			h = tlog_fold(bytes + (size_t)end * SUMDB_AUDIT_HASH, (size_t)bit);
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

static bool settle(struct sumdb_audit_work *d, struct sumdb_audit_head *h, struct edge *edges,
		   size_t n)
{
	size_t pick[MAX_LEVELS] = { 0 };
	enum sumdb_audit_tree was = h->state;
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

/* The places of the tree's right edge, lowest level first. False if one is missing. */
static bool find_edge(struct sumdb_audit_work *d, int64_t n, struct edge *edges, size_t *n_edges)
{
	*n_edges = 0;
	for (int l = 0; n >> (8 * l) > 0 && *n_edges < MAX_LEVELS; l++) {
		int64_t hashes = n >> (8 * l);
		int w = (int)(hashes % SUMDB_AUDIT_WIDTH);

		if (w && !find_choices(d, &edges[(*n_edges)++], l, hashes / SUMDB_AUDIT_WIDTH, w))
			return false;
	}
	return true;
}

/* True if something new is known. */
static bool prove_head(struct sumdb_audit_work *d, struct sumdb_audit_head *h)
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

void sumdb_audit_prove(struct sumdb_audit_work *d)
{
	bool news = true;

	while (news && !cancel_is_set(d->o->cancel)) {
		news = false;
		/* go's own newest tree outranks the tree of a lookup */
		if (d->latest_head != SUMDB_AUDIT_NO_TREE)
			news |= prove_head(d, &d->heads.items[d->latest_head]);
		for (size_t i = d->heads.n; i-- > 0;)
			news |= prove_head(d, &d->heads.items[i]);
		for (size_t i = 0; i < d->places.n; i++)
			news |= prove_full(d, &d->places.items[i]);
	}
}

/* Reports the unproven tiles of an edge that does not yield its head's hash. */
static void blame_edge(struct sumdb_audit_work *d, const struct sumdb_audit_head *h)
{
	struct edge *edges = xcalloc(MAX_LEVELS, sizeof(*edges));
	size_t n, suspects = 0;

	find_edge(d, h->tree.n, edges, &n);
	for (size_t i = 0; i < n; i++)
		suspects += edges[i].place && edges[i].place->proven < edges[i].w;
	for (size_t i = 0; i < n; i++) {
		const struct sumdb_audit_place *p = edges[i].place;

		for (size_t j = 0; p && p->proven < edges[i].w && j < p->count; j++) {
			const struct sumdb_audit_tile *t = &d->tiles.items[p->first + j];

			if (t->t.w < edges[i].w || t->wrong)
				continue;
			sumdb_audit_wrong(
				d, t->file,
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

void sumdb_audit_judge_tiles(struct sumdb_audit_work *d)
{
	for (size_t i = 0; i < d->heads.n; i++)
		if (d->heads.items[i].state == TREE_BROKEN)
			blame_edge(d, &d->heads.items[i]);
	for (size_t i = 0; i < d->places.n; i++) {
		const struct sumdb_audit_place *p = &d->places.items[i];

		for (size_t j = p->first; j < p->first + p->count; j++) {
			const struct sumdb_audit_tile *t = &d->tiles.items[j];
			struct sumdb_audit_file *f = &d->files.items[t->file];

			if (f->state == AUDIT_UNPROVEN && t->t.w <= p->proven)
				f->state = AUDIT_PROVEN;
		}
	}
}
