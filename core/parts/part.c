#include "parts/part.h"

struct part *part_new(const struct request *r)
{
	struct part *p = xcalloc(1, sizeof(*p));

	atomic_init(&p->refs, 1);
	p->request = request_copy(r);
	p->hash = request_hash(r);
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
	free(p->request);
	part_unref(p->needs);
	free(p);
}
