#include "base/map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <unistd.h>

static _Atomic uint64_t seed_once_value; /* 0: not yet made */
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void seed_make(void)
{
	uint64_t seed;

	if (getentropy(&seed, sizeof(seed)))
		seed = (uint64_t)getpid() * 0x9e3779b97f4a7c15ULL;
	atomic_store(&seed_once_value, seed | 1);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* hash_bytes with half the multiplications, each of which waits for the one before it; only for this process. Both factors hold the
 * seed: nobody outside can make one of them 0. */
static uint64_t hash(const char *key, size_t len, uint64_t seed)
{
	const char *end = key + len;
	uint64_t h = (seed << 32 | seed >> 32) ^ len; /* not seed: the factors could be exchanged */
	char last[16] = { 0 };

	for (; end - key > 16; key += 16)
		h = fold(word_at(key) ^ seed, word_at(key + 8) ^ h);
	if (len >= 16)
		key = end - 16; /* some bytes twice */
	else if (len)
		key = memcpy(last, key, len);
	else
		key = last;
	h = fold(word_at(key) ^ seed, word_at(key + 8) ^ h);
	return fold(h ^ 0xe7037ed1a0b428dbULL, seed);
}

uint64_t map_hash(const char *key, size_t len)
{
	uint64_t seed = atomic_load_explicit(&seed_once_value, memory_order_relaxed);

	if (!seed) {
		pthread_once(&seed_once, seed_make);
		seed = atomic_load(&seed_once_value);
	}
	return hash(key, len, seed);
}

void map_release(struct map *m)
{
	free(m->entries);
	free(m->slots);
	*m = (struct map)MAP_INIT;
}

void map_clear(struct map *m)
{
	m->n = 0;
	if (m->slots)
		memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
}

static struct map_entry *lookup(const struct map *m, const char *key, size_t len, uint64_t hash)
{
	size_t mask = m->n_slots - 1;

	if (!m->n_slots)
		return NULL;
	for (size_t i = hash & mask; m->slots[i]; i = (i + 1) & mask) {
		struct map_entry *e = &m->entries[m->slots[i] - 1];

		if (e->hash == hash && e->len == len && memcmp(e->key, key, len) == 0)
			return e;
	}
	return NULL;
}

struct map_entry *map_find_n(const struct map *m, const char *key, size_t len)
{
	return m->n ? lookup(m, key, len, map_hash(key, len)) : NULL;
}

struct map_entry *map_find(const struct map *m, const char *key)
{
	return map_find_n(m, key, strlen(key));
}

void *map_get(const struct map *m, const char *key)
{
	struct map_entry *e = map_find(m, key);

	return e ? e->value : NULL;
}

static void slot_fill(struct map *m, size_t index)
{
	size_t mask = m->n_slots - 1;
	size_t i = m->entries[index].hash & mask;

	while (m->slots[i])
		i = (i + 1) & mask;
	m->slots[i] = (uint32_t)(index + 1);
}

static void rehash(struct map *m)
{
	m->n_slots = m->n_slots ? m->n_slots * 2 : 16;
	free(m->slots);
	m->slots = xcalloc(m->n_slots, sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++)
		slot_fill(m, i);
}

struct map_entry *map_entry(struct map *m, const char *key, size_t len, bool *added)
{
	uint64_t hash = map_hash(key, len);
	struct map_entry *e = lookup(m, key, len, hash);

	if (added)
		*added = !e;
	if (e)
		return e;
	if (m->n >= UINT32_MAX - 1)
		__builtin_trap();
	if ((m->n + 1) * 4 > m->n_slots * 3)
		rehash(m);
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 8;
		m->entries = xreallocarray(m->entries, m->cap, sizeof(*m->entries));
	}
	e = &m->entries[m->n++];
	*e = (struct map_entry){ key, len, hash, NULL };
	slot_fill(m, m->n - 1);
	return e;
}

bool map_put(struct map *m, const char *key, void *value)
{
	bool added;

	map_entry(m, key, strlen(key), &added)->value = value;
	return added;
}
