#include "base/arena.h"

#define FIRST_BLOCK ((size_t)1024)
#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *older;
	max_align_t data[];
};

static void *block_add(struct arena *a, size_t size)
{
	size_t bytes;
	struct arena_block *b;

	if (__builtin_add_overflow(size, sizeof(*b), &bytes))
		__builtin_trap();
	b = xmalloc(bytes);
	a->total += bytes;
	b->older = a->blocks;
	a->blocks = b;
	return b->data;
}

/* Blocks grow with the arena: many arenas hold a few names only. At least four times `size`, if that is not too much. */
static size_t next_size(const struct arena *a, size_t size)
{
	size_t n = FIRST_BLOCK;

	while (n < BLOCK_SIZE && (n < a->total || n < 4 * size))
		n *= 2;
	return n;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	size_t block;
	char *p;

	if (size > SIZE_MAX - align)
		__builtin_trap();
	size = (MAX(size, (size_t)1) + align - 1) & ~(align - 1);
	if ((size_t)(a->end - a->next) >= size) {
		p = a->next;
		a->next += size;
		return p;
	}
	if (size > BLOCK_SIZE / 4) {
		/* A big allocation gets its own block, behind the one that still has room. */
		struct arena_block *newest = a->blocks;

		p = block_add(a, size);
		if (newest) {
			struct arena_block *b = a->blocks;

			a->blocks = newest;
			b->older = newest->older;
			newest->older = b;
		}
		return p;
	}
	block = next_size(a, size);
	p = block_add(a, block);
	a->next = p + size;
	a->end = p + block;
	return p;
}

void arena_release(struct arena *a)
{
	struct arena_block *b = a->blocks;

	while (b) {
		struct arena_block *older = b->older;

		free(b);
		b = older;
	}
	*a = (struct arena)ARENA_INIT;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		__builtin_trap();
	p = arena_alloc(a, bytes);
	return memset(p, 0, bytes);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	return n ? memcpy(q, p, n) : q;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void arena_combine(struct arena *dst, struct arena *src)
{
	struct arena_block **tail = &src->blocks;

	if (!src->blocks)
		return;
	while (*tail)
		tail = &(*tail)->older;
	if (dst->blocks) {
		/* dst's newest block stays in front: next and end point into it */
		*tail = dst->blocks->older;
		dst->blocks->older = src->blocks;
	} else {
		dst->blocks = src->blocks;
		dst->next = src->next;
		dst->end = src->end;
	}
	dst->total += src->total;
	*src = (struct arena)ARENA_INIT;
}

/* The link to the block that only this allocation uses; NULL if it shares one. */
static struct arena_block **block_of(struct arena *a, const void *p)
{
	struct arena_block **b = &a->blocks;

	while (*b && (const void *)(*b)->data != p)
		b = &(*b)->older;
	return *b ? b : NULL;
}

/* The outgrown copies of a long array would otherwise take as much memory as the array. */
static void *block_grow(struct arena *a, const void *p, size_t old, size_t size)
{
	struct arena_block **b = old > BLOCK_SIZE / 4 ? block_of(a, p) : NULL;
	size_t bytes;

	if (!b)
		return NULL;
	if (__builtin_add_overflow(size, sizeof(**b), &bytes))
		__builtin_trap();
	*b = xrealloc(*b, bytes);
	a->total += size - old;
	return (*b)->data;
}

void *arena_grow(struct arena *a, const void *items, size_t n, size_t *cap, size_t size)
{
	size_t room = *cap ? *cap * 2 : 4;
	void *grown;

	if (room > SIZE_MAX / size)
		__builtin_trap();
	grown = block_grow(a, items, *cap * size, room * size);
	if (grown) {
		*cap = room;
		return grown;
	}
	grown = arena_alloc(a, room * size);
	if (n)
		memcpy(grown, items, n * size);
	*cap = room;
	return grown;
}
