#include <time.h>

#include "fetch/source.h"
#include "gofiles/cachepath.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "graph/modload_impl.h"

/* Without an index a small project loads just as fast. */
#define MIN_INDEX 64
/* Fewer can be checked in the time that a thread takes to start. */
#define MIN_TREES 16

void modload_index_open(struct modload *ml, const char *file, int64_t now, struct modlooks *looks)
{
	const struct goenv *env = modproject_env(ml->project);
	const char *own = goenv_own_cache(env), *modcache = goenv_modcache(env, NULL);
	uint64_t key;

	ml->opened = now ? now : (int64_t)time(NULL);
	if (!own || !modcache)
		return;
	key = hash_bytes(file, strlen(file), hash_bytes(modcache, strlen(modcache), 1));
	ml->index_file = arena_fmt(ml->arena, "%s/index/%016llx", own, (unsigned long long)key);
	modindex_open(&ml->index, ml->index_file, modcache, looks, ml->tab);
}

/* A file that has just changed may change again undetected. */
void modload_index_note(struct modload *ml, struct modindex_new entry)
{
	if (ml->index_file && entry.e.id.ctime / 1000000000 + 2 <= ml->opened)
		vec_push(&ml->fresh, entry);
}

/* Cuts PATH@VERSION, escaped. */
static bool cut_name(struct arena *a, const char *name, struct modver *m)
{
	const char *at = strrchr(name, '@');

	if (!at)
		return false;
	m->path = cachepath_unescape(a, name, (size_t)(at - name));
	m->version = cachepath_unescape(a, at + 1, strlen(at + 1));
	return m->path && m->version;
}

static void look_further(struct modload *ml)
{
	const struct modload_names *names = atomic_load(&ml->further);
	struct arena tmp = ARENA_INIT;
	struct modver m;

	for (size_t i = 0; names && i < names->n && !atomic_load(&ml->stop_ahead); i++)
		if (cut_name(&tmp, names->items[i], &m))
			source_look_ahead(modproject_source(ml->project), m);
	arena_release(&tmp);
}

/* Begins with the last, since the loader's own thread begins with the first. */
static void look(void *ctx)
{
	struct modload *ml = ctx;

	for (size_t i = ml->trees.n; i-- > 0 && !atomic_load(&ml->stop_ahead);)
		source_look_ahead(modproject_source(ml->project), ml->trees.items[i]);
	modindex_look_ahead(&ml->index, &ml->stop_ahead);
	look_further(ml);
}

static struct modver_list trees_of(struct modload *ml, struct modver_list mods)
{
	struct modver *trees = arena_alloc(ml->arena, (mods.n + 1) * sizeof(*trees));
	size_t n = 0;

	for (size_t i = 0; i < mods.n && !modproject_vendor(ml->project); i++) {
		struct modver m = modproject_resolve(ml->project, mods.items[i]);

		if (*m.version && !gover_is_toolchain(m.path))
			trees[n++] = m;
	}
	return (struct modver_list){ trees, n };
}

void modload_look_ahead(struct modload *ml, struct modver_list mods)
{
	if (ml->ahead.runs || par_cpus() == 1)
		return;
	ml->trees = trees_of(ml, mods);
	if (ml->trees.n >= MIN_TREES || ml->index.n_entries >= MIN_INDEX)
		par_beside_start(&ml->ahead, look, ml);
}

void modload_look_further(struct modload *ml, const char *const *names, size_t n)
{
	struct modload_names *copy;

	if (!ml->ahead.runs)
		return;
	copy = arena_alloc(ml->arena, sizeof(*copy));
	copy->items = arena_alloc(ml->arena, (n + 1) * sizeof(*copy->items));
	copy->n = n;
	for (size_t i = 0; i < n; i++)
		copy->items[i] = arena_strdup(ml->arena, names[i]);
	atomic_store(&ml->further, copy);
}

static void stop_looking(struct modload *ml)
{
	atomic_store(&ml->stop_ahead, true);
	par_beside_join(&ml->ahead);
	atomic_store(&ml->stop_ahead, false);
}

void modload_forget_failures(struct modload *ml)
{
	stop_looking(ml);
	source_forget_failures(modproject_source(ml->project));
}

static struct modload_slot slot_of(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_slots ? ml->slots[node] : (struct modload_slot){ 0 };
}

bool modload_is_from_cache(const struct modload *ml, uint32_t node)
{
	const struct modindex_entry *e = modindex_find(&ml->index, node);
	struct modload_slot slot = slot_of(ml, node);

	return e && slot.raw && slot.raw->require == ml->index.require + e->require;
}

/* New entries, and old ones that were not read again; unused entries are dropped once they are the majority. */
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
	stop_looking(ml);
	if (ml->index_file && ml->fresh.n)
		write_index(ml);
	vec_release(&ml->fresh);
	modindex_release(&ml->index);
}
