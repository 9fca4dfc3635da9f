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

/* An index being made: unused entries are dropped once they are the majority. */
struct merge {
	struct modload *ml;
	VEC(struct modindex_new) list;
	bool *is_fresh; /* by node */
	size_t n_nodes, used, old;
};

static struct modindex_new entry_of(const struct modindex *ix, const struct modindex_entry *e)
{
	return (struct modindex_new){ *e, ix->strings + e->name, ix->require + e->require,
				      ix->indirect + e->require };
}

static void add_fresh(struct merge *m)
{
	const struct modload *ml = m->ml;

	m->n_nodes = ml->tab->n_nodes;
	m->is_fresh = xcalloc(m->n_nodes + 1, sizeof(*m->is_fresh));
	for (size_t i = 0; i < ml->fresh.n; i++) {
		vec_push(&m->list, ml->fresh.items[i]);
		m->is_fresh[ml->fresh.items[i].e.node] = true;
	}
}

/* Old ones that were not read again. */
static void add_opened(struct merge *m)
{
	const struct modindex *ix = &m->ml->index;

	m->used = m->ml->fresh.n;
	for (size_t i = 0; i < ix->n_entries; i++)
		m->used += slot_of(m->ml, ix->entries[i].node).raw_state == SLOT_OK;
	for (size_t i = 0; i < ix->n_entries; i++) {
		const struct modindex_entry *e = &ix->entries[i];
		struct modload_slot slot = slot_of(m->ml, e->node);

		if (slot.raw ? slot.raw->require != ix->require + e->require
			     : m->old++ > m->used * 4)
			continue;
		vec_push(&m->list, entry_of(ix, e));
	}
}

static uint32_t node_here(struct modload *ml, const struct modtab *t, uint32_t node)
{
	return node == MODTAB_NONE ? node : modtab_node(ml->tab, t->nodes[node].mod);
}

/* An entry of another table, in the loader's numbers. */
static void add_foreign(struct merge *m, const struct modtab *t, struct modindex_new n)
{
	struct modload *ml = m->ml;
	uint32_t *require;

	n.e.node = node_here(ml, t, n.e.node);
	if (modindex_find(&ml->index, n.e.node) ||
	    (n.e.node < m->n_nodes && m->is_fresh[n.e.node]) || m->old++ > m->used * 4)
		return;
	n.e.go = node_here(ml, t, n.e.go);
	if (n.e.module != MODTAB_NONE)
		n.e.module = modtab_path(ml->tab, t->paths[n.e.module].path,
					 t->paths[n.e.module].len);
	require = arena_calloc(ml->arena, n.e.n_require + 1, sizeof(*require));
	for (size_t i = 0; i < n.e.n_require; i++)
		require[i] = node_here(ml, t, n.require[i]);
	n.require = require;
	n.name = arena_strdup(ml->arena, n.name);
	n.indirect = arena_memdup(ml->arena, n.indirect, n.e.n_require * sizeof(*n.indirect));
	vec_push(&m->list, n);
}

/* What another loader of the project has written meanwhile: otherwise two that read different files
 * would drop each other's, and read them again in each run. */
static void add_written(struct merge *m)
{
	const char *modcache = goenv_modcache(modproject_env(m->ml->project), NULL);
	struct modindex now;
	struct modtab t;

	modtab_init(&t);
	if (modindex_open(&now, m->ml->index_file, modcache, NULL, &t)) {
		for (size_t i = 0; i < now.n_entries; i++)
			add_foreign(m, &t, entry_of(&now, &now.entries[i]));
		modindex_release(&now);
	}
	modtab_release(&t);
}

static void write_index(struct modload *ml)
{
	struct merge m = { .ml = ml };

	add_fresh(&m);
	add_opened(&m);
	add_written(&m);
	if (m.list.n >= MIN_INDEX)
		modindex_write(ml->index_file, ml->tab, m.list.items, m.list.n);
	vec_release(&m.list);
	free(m.is_fresh);
}

void modload_index_close(struct modload *ml)
{
	stop_looking(ml);
	if (ml->index_file && ml->fresh.n)
		write_index(ml);
	vec_release(&ml->fresh);
	modindex_release(&ml->index);
}
