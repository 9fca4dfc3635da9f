/*
 * arena.h - memory that is freed all at once.
 *
 * For data built and dropped as a whole: a part of a snapshot, a parsed file. Nothing
 * in it is freed individually. One thread at a time. Allocations are aligned for any type and never fail
 * (base.h); arena_alloc does not clear, arena_calloc does. arena_release frees all; a zeroed
 * struct is an empty arena.
 */
#ifndef MODSCOPE_ARENA_H
#define MODSCOPE_ARENA_H

#include "base/base.h"

struct arena_block;
struct arena {
	struct arena_block *blocks;	/* newest first */
	char *next, *end;		/* free space of the newest block */
	size_t total;			/* bytes taken from malloc */
};

#define ARENA_INIT { 0 }

void arena_release(struct arena *a);
void *arena_alloc(struct arena *a, size_t size);
void *arena_calloc(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_fmt(struct arena *a, const char *fmt, ...) PRINTF_FMT(2, 3);
/* A growing array in arena memory: ARENA_VEC(struct modver) v = {0}; arena_vec_push(a, &v, m). Nothing to free. */
#define ARENA_VEC(T)       \
	struct {           \
		T *items;  \
		size_t n;  \
		size_t cap; \
	}
/* Moves the n items to an array with room for more; pointers to the old items are stale. *cap is the new capacity. */
void *arena_grow(struct arena *a, const void *items, size_t n, size_t *cap, size_t size);
static inline void *arena_room(struct arena *a, const void *items, size_t n, size_t *cap, size_t size)
{
	return n == *cap ? arena_grow(a, items, n, cap, size) : (void *)(uintptr_t)items;
}
#define arena_vec_push(a, v, ...)                                                                           \
	do {                                                                                                \
		(v)->items = arena_room(a, (v)->items, (v)->n, &(v)->cap, sizeof(*(v)->items));             \
		(v)->items[(v)->n++] = (__VA_ARGS__);                                                       \
	} while (0)
/* Moves all blocks of src into dst; src is empty afterwards, its pointers stay valid with dst. */
void arena_combine(struct arena *dst, struct arena *src);

#endif
