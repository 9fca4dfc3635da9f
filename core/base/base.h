/*
 * base.h - what every file of modscope includes first.
 *
 * Layer: the bottom; uses libc only. Nothing here keeps state. Memory for small,
 * bounded things comes from xmalloc and friends, which never return NULL: on exhaustion
 * they end the process with a trap, as nothing sensible can follow. The caller must cap sizes
 * that come from outside before they reach these functions.
 *
 * Strings are NUL terminated unless a function takes a length too. `struct modver`, a module
 * path and a version, is the pair that everything uses.
 */
#ifndef MODSCOPE_BASE_H
#define MODSCOPE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF_FMT(f, a) __attribute__((format(printf, f, a)))
#define NODISCARD __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Banned calls: unbounded, locale dependent or not thread-safe. */
#define BANNED(name) modscope_banned_##name
#undef strcpy
#define strcpy(a, b) BANNED(strcpy)
#undef strcat
#define strcat(a, b) BANNED(strcat)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef strtok
#define strtok(a, b) BANNED(strtok)
#undef gmtime
#define gmtime(t) BANNED(gmtime)
#undef localtime
#define localtime(t) BANNED(localtime)
#undef atoi
#define atoi(s) BANNED(atoi)

/* A module path and its version: golang.org/x/mod/module.Version. The version is "" for a main
 * module and for a directory that replaces one. Both strings are borrowed. */
struct modver {
	const char *path;
	const char *version;
};
/* A borrowed list of them. */
struct modver_list {
	const struct modver *items;
	size_t n;
};

/* Never NULL; freed with free(3). */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
/* n * size with an overflow check (a trap). */
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) PRINTF_FMT(1, 2);

static inline bool str_eq(const char *a, const char *b)
{
	return *a == *b && strcmp(a, b) == 0;
}
static inline bool modver_eq(struct modver a, struct modver b)
{
	return str_eq(a.path, b.path) && str_eq(a.version, b.version);
}
bool str_has_prefix(const char *s, const char *prefix);
bool str_has_suffix(const char *s, const char *suffix);
/* If s starts with prefix, the rest of s, else NULL. */
const char *str_cut_prefix(const char *s, const char *prefix);

#ifndef HAVE_MEMRCHR
#define memrchr base_memrchr
static inline void *base_memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	while (n--)
		if (p[n] == (unsigned char)c)
			return (void *)(uintptr_t)(p + n);
	return NULL;
}
#endif

/* 64-bit hash of n bytes (not for hostile tables; map.h seeds its own). */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

/* A growing array: VEC(struct modver) v = {0}; vec_push(&v, m); free(v.items). */
#define VEC(T)             \
	struct {           \
		T *items;  \
		size_t n;  \
		size_t cap; \
	}
/* Moves the items to an array with room for `want`, which is more than *cap; *cap is the new capacity. */
void *base_grow(void *items, size_t *cap, size_t want, size_t size);
static inline void *base_room(void *items, size_t *cap, size_t want, size_t size)
{
	return *cap < want ? base_grow(items, cap, want, size) : items;
}
#define vec_reserve(v, want) ((v)->items = base_room((v)->items, &(v)->cap, (want), sizeof(*(v)->items)))
#define vec_push(v, ...)                                  \
	do {                                              \
		vec_reserve(v, (v)->n + 1);               \
		(v)->items[(v)->n++] = (__VA_ARGS__);     \
	} while (0)
#define vec_release(v)                     \
	do {                               \
		free((v)->items);          \
		(v)->items = NULL;         \
		(v)->n = (v)->cap = 0;     \
	} while (0)

#endif
