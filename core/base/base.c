#include "base/base.h"

static void *checked(void *p)
{
	if (!p)
		__builtin_trap(); /* out of memory: nothing sensible can follow */
	return p;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		__builtin_trap();
	return xrealloc(p, bytes);
}

void *base_grow(void *items, size_t *cap, size_t want, size_t size)
{
	*cap = MAX(*cap ? *cap * 2 : 8, want);
	return xreallocarray(items, *cap, size);
}

char *xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

const char *str_cut_prefix(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool str_has_prefix(const char *s, const char *prefix)
{
	return str_cut_prefix(s, prefix) != NULL;
}

bool str_has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* The last bytes of a text as a number: fewer than eight, read in at most three steps. */
static uint64_t tail_of(const unsigned char *b, size_t n)
{
	uint32_t first, last;

	if (n >= 4) {
		memcpy(&first, b, 4);
		memcpy(&last, b + n - 4, 4);
		return first | (uint64_t)last << (8 * (n - 4));
	}
	if (!n)
		return 0;
	return b[0] | (uint64_t)b[n / 2] << (8 * (n / 2)) | (uint64_t)b[n - 1] << (8 * (n - 1));
}

/* A small multiply-fold hash, like wyhash. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *b = p;
	uint64_t h = seed ^ 0xa0761d6478bd642fULL;
	uint64_t w;

	for (; n >= 8; b += 8, n -= 8) {
		memcpy(&w, b, 8);
		h = mix(h ^ w, 0xe7037ed1a0b428dbULL);
	}
	w = tail_of(b, n);
	return mix(h ^ w, 0x8ebc6af09c88c6e3ULL ^ (uint64_t)n);
}
