#include "fetch/sumdb_proven.h"

#include "base/fs.h"
#include "zip/sha256.h"

#define MAGIC "modscope proven 1\n"
#define HASH sizeof(struct sumdb_proven_hash)
#define MAX_HASHES ((size_t)1 << 18)

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, HASH);
}

/* The hash that ends the file: accidental damage cannot match it. */
static bool is_whole(const struct buf *b)
{
	size_t head = strlen(MAGIC);
	unsigned char all[HASH];

	if (b->len < head + HASH || (b->len - head) % HASH || !str_has_prefix(b->data, MAGIC))
		return false;
	sha256_bytes(b->data, b->len - HASH, all);
	return memcmp(all, b->data + b->len - HASH, HASH) == 0;
}

void sumdb_proven_load(struct sumdb_proven *p, const char *file)
{
	*p = (struct sumdb_proven){ .file = xstrdup(file) };
	buf_init(&p->data);
	pthread_mutex_init(&p->mutex, NULL);
	if (!fs_read_buf(&p->data, file, strlen(MAGIC) + (MAX_HASHES + 1) * HASH, NULL) ||
	    !is_whole(&p->data))
		return;
	p->old = (const void *)(p->data.data + strlen(MAGIC));
	p->n_old = (p->data.len - strlen(MAGIC)) / HASH - 1;
}

static void save(struct sumdb_proven *p)
{
	size_t n = p->n_old + p->fresh.n > MAX_HASHES ? 0 : p->n_old;
	struct sumdb_proven_hash *all = xcalloc(n + p->fresh.n + 1, HASH);
	struct buf b = BUF_INIT;
	unsigned char sum[HASH];

	if (n)
		memcpy(all, p->old, n * HASH);
	for (size_t i = 0; i < p->fresh.n && n < MAX_HASHES; i++)
		all[n++] = p->fresh.items[i];
	qsort(all, n, HASH, compare);
	buf_addstr(&b, MAGIC);
	buf_add(&b, all, n * HASH);
	sha256_bytes(b.data, b.len, sum);
	buf_add(&b, sum, HASH);
	fs_write_atomic(p->file, b.data, b.len, 0666, false, NULL);
	buf_release(&b);
	free(all);
}

void sumdb_proven_release(struct sumdb_proven *p)
{
	if (p->fresh.n)
		save(p);
	vec_release(&p->fresh);
	buf_release(&p->data);
	free(p->file);
	pthread_mutex_destroy(&p->mutex);
}

struct sumdb_proven_hash sumdb_proven_hash(const struct note_verifier *key, const char *file,
					   const void *data, size_t len)
{
	struct sumdb_proven_hash h = { 0 };
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s\n%08x\n%s\n", key->name, (unsigned)key->hash, file);
	buf_add(&b, key->key, sizeof(key->key));
	sha256_pair(b.data, b.len, data, len, h.bytes);
	buf_release(&b);
	return h;
}

bool sumdb_proven_has(const struct sumdb_proven *p, const struct sumdb_proven_hash *h)
{
	return p->n_old && bsearch(h, p->old, p->n_old, HASH, compare);
}

void sumdb_proven_add(struct sumdb_proven *p, const struct sumdb_proven_hash *h)
{
	pthread_mutex_lock(&p->mutex);
	vec_push(&p->fresh, *h);
	pthread_mutex_unlock(&p->mutex);
}
