#include "parts/snapshot.h"

#include <assert.h>

struct part *part_new(enum part_id id, const char *key)
{
	struct part *p = xcalloc(1, sizeof(*p));

	atomic_init(&p->refs, 1);
	p->id = id;
	p->key = xstrdup(key);
	return p;
}

struct part *part_ref(struct part *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void part_unref(struct part *p)
{
	if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	if (p->release)
		p->release(p->data);
	arena_release(&p->arena);
	free(p->key);
	part_unref(p->needs);
	free(p);
}

struct snapshot *snapshot_new(void)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	atomic_init(&s->refs, 1);
	return s;
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void snapshot_unref(struct snapshot *s)
{
	if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < s->n; i++)
		part_unref(s->parts[i]);
	free(s->parts);
	free(s);
}

static bool same_slot(const struct part *p, enum part_id id, const char *key)
{
	return p->id == id && str_eq(p->key, key);
}

/* The oldest keyed part has to go when there are too many. */
static size_t dropped_index(const struct snapshot *s)
{
	if (s->n < SNAPSHOT_MAX_PARTS)
		return SIZE_MAX;
	for (size_t i = 0; i < s->n; i++)
		if (s->parts[i]->key[0])
			return i;
	return SIZE_MAX;
}

struct snapshot *snapshot_with(const struct snapshot *s, struct part *p)
{
	struct snapshot *next = snapshot_new();
	size_t dropped = dropped_index(s);

	assert(p->id < PART_COUNT);
	next->serial = s->serial + 1;
	next->parts = xreallocarray(NULL, s->n + 1, sizeof(struct part *));
	for (size_t i = 0; i < s->n; i++)
		if (i != dropped && !same_slot(s->parts[i], p->id, p->key))
			next->parts[next->n++] = part_ref(s->parts[i]);
	next->parts[next->n++] = p;
	return next;
}

struct part *snapshot_part(const struct snapshot *s, enum part_id id, const char *key)
{
	for (size_t i = s->n; i-- > 0;)
		if (same_slot(s->parts[i], id, key))
			return s->parts[i];
	return NULL;
}
