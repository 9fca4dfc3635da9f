#include "keyset.h"

/* Open addressing; 0 is a free slot. */

void keyset_release(struct keyset *s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}

void keyset_clear(struct keyset *s)
{
	if (s->slots)
		memset(s->slots, 0, s->cap * sizeof(*s->slots));
	s->n = 0;
}

static size_t slot_of(const struct keyset *s, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (s->cap - 1);

	while (s->slots[i] && s->slots[i] != key)
		i = (i + 1) & (s->cap - 1);
	return i;
}

bool keyset_has(const struct keyset *s, uint64_t key)
{
	return s->n > 0 && key && s->slots[slot_of(s, key)] == key;
}

static void grow(struct keyset *s)
{
	struct keyset bigger = { .cap = s->cap ? s->cap * 2 : 16 };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			bigger.slots[slot_of(&bigger, s->slots[i])] = s->slots[i];
	bigger.n = s->n;
	free(s->slots);
	*s = bigger;
}

/* Moves later keys of the same run into the hole, so that searches still end at a free slot. */
static void fill_hole(struct keyset *s, size_t hole)
{
	size_t i = hole;

	s->slots[hole] = 0;
	while (s->slots[i = (i + 1) & (s->cap - 1)]) {
		uint64_t key = s->slots[i];

		s->slots[i] = 0;
		s->slots[slot_of(s, key)] = key;
	}
}

bool keyset_set(struct keyset *s, uint64_t key, bool on)
{
	if (keyset_has(s, key) == on || key == 0)
		return false;
	if (on) {
		if (s->cap == 0 || s->n * 3 >= s->cap * 2)
			grow(s);
		s->slots[slot_of(s, key)] = key;
		s->n++;
	} else {
		fill_hole(s, slot_of(s, key));
		s->n--;
	}
	return true;
}
