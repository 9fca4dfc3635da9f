#include "parts/load_beside.h"

static void make(void *ctx)
{
	struct load_beside *b = ctx;

	b->ok = load_now(b->l, &b->s, b->r, &b->e);
	b->done = true;
}

void load_beside_start(struct load_beside *b, struct load *l, struct snapshot *s,
		       const struct request *r)
{
	*b = (struct load_beside){ .l = l, .s = snapshot_ref(s), .r = r, .e = ERR_INIT };
	par_beside_start(&b->thread, make, b);
}

bool load_beside_join(struct load_beside *b, struct snapshot **s, struct err *e)
{
	struct snapshot *next;

	par_beside_join(&b->thread);
	if (!b->done)
		make(b);
	if (b->ok) {
		next = snapshot_with(*s, part_ref(snapshot_part(b->s, b->r)));
		snapshot_unref(*s);
		*s = next;
	} else {
		err_move(e, &b->e);
	}
	err_release(&b->e);
	snapshot_unref(b->s);
	return b->ok;
}
