#include "parts/snapshot.h"

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

static bool answers(const struct part *p, const struct request *r, uint64_t hash)
{
	return p->hash == hash && request_eq(p->request, r);
}

/* Drops the oldest part with parameters if there are too many. */
static size_t dropped_index(const struct snapshot *s)
{
	if (s->n < SNAPSHOT_MAX_PARTS)
		return SIZE_MAX;
	for (size_t i = 0; i < s->n; i++)
		if (!request_is_plain(s->parts[i]->request))
			return i;
	return SIZE_MAX;
}

struct snapshot *snapshot_with(const struct snapshot *s, struct part *p)
{
	struct snapshot *next = snapshot_new();
	size_t dropped = dropped_index(s);

	next->serial = s->serial + 1;
	next->parts = xreallocarray(NULL, s->n + 1, sizeof(struct part *));
	for (size_t i = 0; i < s->n; i++)
		if (i != dropped && !answers(s->parts[i], p->request, p->hash))
			next->parts[next->n++] = part_ref(s->parts[i]);
	next->parts[next->n++] = p;
	return next;
}

struct snapshot *snapshot_filter(const struct snapshot *s,
				 bool (*keep)(void *ctx, const struct part *p), void *ctx)
{
	struct snapshot *next = snapshot_new();

	next->serial = s->serial + 1;
	next->parts = xreallocarray(NULL, s->n + 1, sizeof(struct part *));
	for (size_t i = 0; i < s->n; i++)
		if (keep(ctx, s->parts[i]))
			next->parts[next->n++] = part_ref(s->parts[i]);
	if (next->n < s->n)
		return next;
	snapshot_unref(next);
	return NULL;
}

struct part *snapshot_part(const struct snapshot *s, const struct request *r)
{
	uint64_t hash = request_hash(r);

	for (size_t i = s->n; i-- > 0;)
		if (answers(s->parts[i], r, hash))
			return s->parts[i];
	return NULL;
}
