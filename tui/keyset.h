/*
 * keyset.h - a set of 64-bit keys; 0 is never in it. A zeroed struct is an empty set.
 */
#ifndef MODSCOPE_KEYSET_H
#define MODSCOPE_KEYSET_H

#include "base/base.h"

struct keyset {
	uint64_t *slots;
	size_t n, cap;
};
void keyset_release(struct keyset *s);
bool keyset_has(const struct keyset *s, uint64_t key);
/* Adds or removes; true if it was not so before. */
bool keyset_set(struct keyset *s, uint64_t key, bool on);
void keyset_clear(struct keyset *s);

#endif
