#include "change/plan.h"

void plan_init(struct plan *p, const char *title)
{
	*p = (struct plan){ 0 };
	p->title = arena_strdup(&p->arena, title);
}

void plan_release(struct plan *p)
{
	free(p->steps);
	arena_release(&p->arena);
	*p = (struct plan){ 0 };
}

struct plan_step *plan_add(struct plan *p, enum plan_op op, struct modver mod, const char *path,
			   uint64_t bytes, const char *why)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->steps = xreallocarray(p->steps, p->cap, sizeof(*p->steps));
	}
	p->steps[p->n] = (struct plan_step){
		.op = op,
		.mod = { arena_strdup(&p->arena, mod.path), arena_strdup(&p->arena, mod.version) },
		.path = arena_strdup(&p->arena, path),
		.bytes = bytes,
		.why = arena_strdup(&p->arena, why),
		.undo = "",
		.shell = "",
	};
	p->network |= op == PLAN_FETCH;
	p->bytes += bytes;
	return &p->steps[p->n++];
}

const char *plan_op_name(enum plan_op op)
{
	static const char *const names[] = { "lock",  "fetch",	    "check", "replace", "extract",
					     "write", "quarantine", "chmod", "restore" };

	return names[op];
}
