#include <time.h>

#include "gofiles/goenv.h"
#include "graph/modload_impl.h"

/* A small project is read as quickly without an index. */
#define MIN_INDEX 64

void modload_index_open(struct modload *ml, const char *file, int64_t now)
{
	const struct goenv *env = modproject_env(ml->project);
	const char *own = goenv_own_cache(env), *modcache = goenv_modcache(env, NULL);
	uint64_t key;

	ml->opened = now ? now : (int64_t)time(NULL);
	if (!own || !modcache)
		return;
	key = hash_bytes(file, strlen(file), hash_bytes(modcache, strlen(modcache), 1));
	ml->index_file = arena_fmt(ml->arena, "%s/index/%016llx", own, (unsigned long long)key);
	modindex_open(&ml->index, ml->index_file, modcache, ml->tab);
}

/* A file that changed a moment ago may change again without a trace. */
void modload_index_note(struct modload *ml, struct modindex_new entry)
{
	if (ml->index_file && entry.e.id.ctime / 1000000000 + 2 <= ml->opened)
		vec_push(&ml->fresh, entry);
}

void modload_look_ahead(struct modload *ml)
{
	modindex_look_ahead(&ml->index);
}

static struct modload_slot slot_of(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_slots ? ml->slots[node] : (struct modload_slot){ 0 };
}

/* Fresh entries, and those of the last time that were not read anew; entries that are no longer in use go when they are most of it. */
static void write_index(struct modload *ml)
{
	VEC(struct modindex_new) list = { 0 };
	size_t used = ml->fresh.n, old = 0;

	for (size_t i = 0; i < ml->fresh.n; i++)
		vec_push(&list, ml->fresh.items[i]);
	for (size_t i = 0; i < ml->index.n_entries; i++)
		used += slot_of(ml, ml->index.entries[i].node).raw_state == SLOT_OK;
	for (size_t i = 0; i < ml->index.n_entries; i++) {
		const struct modindex_entry *e = &ml->index.entries[i];
		struct modload_slot slot = slot_of(ml, e->node);

		if (slot.raw ? slot.raw->require != ml->index.require + e->require
			     : old++ > used * 4)
			continue;
		vec_push(&list, (struct modindex_new){ *e, ml->index.strings + e->name,
						       ml->index.require + e->require,
						       ml->index.indirect + e->require });
	}
	if (list.n >= MIN_INDEX)
		modindex_write(ml->index_file, ml->tab, list.items, list.n);
	vec_release(&list);
}

void modload_index_close(struct modload *ml)
{
	if (ml->index_file && ml->fresh.n)
		write_index(ml);
	vec_release(&ml->fresh);
	modindex_release(&ml->index);
}
