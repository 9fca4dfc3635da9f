/*
 * map.h - hash map from strings to pointers, and an intern table.
 *
 * Keys are borrowed: they must outlive the map (put them into an arena).
 * Entries keep insertion order, so iteration is stable:
 *
 *	for (size_t i = 0; i < m.n; i++) use(m.entries[i].key, m.entries[i].value);
 *
 * The hash is seeded per process, so hostile keys cannot make it slow. One writer, or many readers.
 * A zeroed struct is an empty map. There is no removal: set the value to NULL.
 */
#ifndef MODSCOPE_MAP_H
#define MODSCOPE_MAP_H

#include "base/arena.h"

struct map_entry {
	const char *key;
	size_t len;
	uint64_t hash;
	void *value;
};

struct map {
	struct map_entry *entries;
	size_t n, cap;
	uint32_t *slots;	/* index + 1; 0 is free */
	size_t n_slots;		/* power of two */
};

#define MAP_INIT { 0 }

/* The seeded hash of these bytes, for other kinds of tables. */
uint64_t map_hash(const char *key, size_t len);
void map_release(struct map *m);	/* the map only, not the values */
void map_clear(struct map *m);
/* NULL if absent, or if the value is NULL (map_find distinguishes them). */
void *map_get(const struct map *m, const char *key);
struct map_entry *map_find(const struct map *m, const char *key);
struct map_entry *map_find_n(const struct map *m, const char *key, size_t len);
/* Sets the value; true if the key is new. */
bool map_put(struct map *m, const char *key, void *value);
/* The entry for key, added with a NULL value if new (*added may be NULL). The pointer is valid until
 * the next addition; the key is borrowed. */
struct map_entry *map_entry(struct map *m, const char *key, size_t len, bool *added);
static inline bool map_has(const struct map *m, const char *key)
{
	return map_find(m, key) != NULL;
}

#endif
