#include "git/git_alloc.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *alloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n <= GIT_ALLOC_MAX ? malloc(n ? n : 1) : NULL;
}

static void *resize(void *old, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n <= GIT_ALLOC_MAX ? realloc(old, n ? n : 1) : NULL;
}

static bool fits(size_t n, size_t size)
{
	return !size || n <= GIT_ALLOC_MAX / size;
}

static void *alloc_zeros(size_t n, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return fits(n, size) ? calloc(n ? n : 1, size ? size : 1) : NULL;
}

static void *alloc_array(size_t n, size_t size, const char *file, int line)
{
	return fits(n, size) ? alloc(n * size, file, line) : NULL;
}

static void *resize_array(void *old, size_t n, size_t size, const char *file, int line)
{
	return fits(n, size) ? resize(old, n * size, file, line) : NULL;
}

static char *copy(const char *s, size_t n, const char *file, int line)
{
	char *out = n < GIT_ALLOC_MAX ? alloc(n + 1, file, line) : NULL;

	if (!out)
		return NULL;
	memcpy(out, s, n);
	out[n] = 0;
	return out;
}

static char *copy_text(const char *s, const char *file, int line)
{
	return copy(s, strlen(s), file, line);
}

static char *copy_some(const char *s, size_t n, const char *file, int line)
{
	return copy(s, strnlen(s, n), file, line);
}

/* git_allocator in libgit2 up to 1.5, and in later versions. */
static const struct {
	void *(*gmalloc)(size_t n, const char *file, int line);
	void *(*gcalloc)(size_t n, size_t size, const char *file, int line);
	char *(*gstrdup)(const char *s, const char *file, int line);
	char *(*gstrndup)(const char *s, size_t n, const char *file, int line);
	char *(*gsubstrdup)(const char *s, size_t n, const char *file, int line);
	void *(*grealloc)(void *old, size_t n, const char *file, int line);
	void *(*greallocarray)(void *old, size_t n, size_t size, const char *file, int line);
	void *(*gmallocarray)(size_t n, size_t size, const char *file, int line);
	void (*gfree)(void *p);
} old = { alloc, alloc_zeros, copy_text, copy_some, copy, resize, resize_array, alloc_array, free };

static const struct {
	void *(*gmalloc)(size_t n, const char *file, int line);
	void *(*grealloc)(void *old, size_t n, const char *file, int line);
	void (*gfree)(void *p);
} later = { alloc, resize, free };

/* libgit2 copies it. */
void git_alloc_limit(int (*opts)(int option, ...))
{
	if (sizeof(git_allocator) == sizeof(old))
		opts(GIT_OPT_SET_ALLOCATOR, (void *)(uintptr_t)&old);
	else if (sizeof(git_allocator) == sizeof(later))
		opts(GIT_OPT_SET_ALLOCATOR, (void *)(uintptr_t)&later);
}
