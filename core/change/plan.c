#include "change/plan.h"

void plan_init(struct plan *p, const char *title)
{
	*p = (struct plan){ .undoes = "", .root = "", .shelf = "", .note = "" };
	p->title = arena_strdup(&p->arena, title);
}

void plan_release(struct plan *p)
{
	free(p->items);
	free(p->steps);
	arena_release(&p->arena);
	*p = (struct plan){ 0 };
}

void plan_end(struct plan *p)
{
	if (p->n_items && p->items[p->n_items - 1].n == 0)
		p->n_items--;
}

void plan_begin(struct plan *p, struct modver mod, const char *path, unsigned sort)
{
	plan_end(p);
	if (p->n_items == p->cap_items) {
		p->cap_items = p->cap_items ? 2 * p->cap_items : 16;
		p->items = xreallocarray(p->items, p->cap_items, sizeof(*p->items));
	}
	p->items[p->n_items++] = (struct plan_item){
		.mod = { arena_strdup(&p->arena, mod.path), arena_strdup(&p->arena, mod.version) },
		.path = arena_strdup(&p->arena, path),
		.sort = sort,
		.first = p->n,
	};
}

struct plan_step *plan_add(struct plan *p, enum plan_op op, const char *path, uint64_t bytes,
			   const char *why)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->steps = xreallocarray(p->steps, p->cap, sizeof(*p->steps));
	}
	p->steps[p->n] = (struct plan_step){
		.op = op,
		.path = arena_strdup(&p->arena, path),
		.bytes = bytes,
		.reason = { .kind = PLAN_NEEDED, .file = "" },
		.why = arena_strdup(&p->arena, why),
		.undo = "",
		.shell = "",
	};
	p->network |= op == PLAN_FETCH;
	p->bytes += bytes;
	p->items[p->n_items - 1].n++;
	return &p->steps[p->n++];
}

void plan_set_wrong(struct plan *p, struct plan_step *s, unsigned problem, const char *file)
{
	s->reason = (struct plan_reason){ PLAN_WRONG, problem, arena_strdup(&p->arena, file) };
}

bool plan_op_changes(enum plan_op op)
{
	return op != PLAN_FETCH && op != PLAN_CHECK && op != PLAN_LOCK;
}

static uint64_t hash_text(const char *s, uint64_t h)
{
	return hash_bytes(s, strlen(s) + 1, h);
}

uint64_t plan_hash(const struct plan *p)
{
	uint64_t h = hash_text(p->undoes, hash_text(p->title, p->n_items));

	for (size_t i = 0; i < p->n_items; i++) {
		const struct plan_item *item = &p->items[i];
		const uint64_t numbers[] = { item->n, item->sort };

		h = hash_bytes(numbers, sizeof(numbers), h);
		h = hash_text(item->path,
			      hash_text(item->mod.version, hash_text(item->mod.path, h)));
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_step *s = &p->steps[i];
		const uint64_t numbers[] = {
			s->op,	 s->reason.kind, s->reason.problem, s->part,
			s->keep, s->set,	 s->change,	    s->content
		};

		h = hash_bytes(numbers, sizeof(numbers), h);
		h = hash_text(s->reason.file, hash_text(s->path, h));
	}
	return h;
}

size_t plan_changes(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += plan_op_changes(p->steps[i].op);
	return n;
}

const char *plan_op_name(enum plan_op op)
{
	static const char *const names[] = { "fetch",	   "check", "clear-lock", "lock",
					     "replace",	   "edit",  "extract",	  "write",
					     "quarantine", "chmod", "restore" };

	return names[op];
}
