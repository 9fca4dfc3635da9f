#include "graph/modtab.h"

#include <sys/random.h>

#include "gofiles/gover.h"
#include "gofiles/semver.h"

/* Seeded per process, so that hostile module paths cannot be chosen to collide. */
static uint64_t table_seed(void)
{
	uint64_t seed;

	if (getentropy(&seed, sizeof(seed)))
		seed = 0x9e3779b97f4a7c15ULL;
	return seed;
}

void modtab_init(struct modtab *t)
{
	*t = (struct modtab){ .seed = table_seed() };
}

void modtab_release(struct modtab *t)
{
	free(t->nodes);
	free(t->next_of_path);
	free(t->paths);
	free(t->path_slots);
	free(t->node_slots);
	free(t->path_hashes);
	free(t->node_hashes);
	arena_release(&t->arena);
	*t = (struct modtab){ 0 };
}

static void slots_fill(uint32_t *slots, size_t n_slots, const uint64_t *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t s = hashes[i] & (n_slots - 1);

		while (slots[s])
			s = (s + 1) & (n_slots - 1);
		slots[s] = (uint32_t)i + 1;
	}
}

/* Keeps the table at most half full; true if it was rebuilt. */
static void slots_reserve(uint32_t **slots, size_t *n_slots, const uint64_t *hashes, size_t n)
{
	if (n >= UINT32_MAX - 2)
		__builtin_trap();
	if ((n + 1) * 2 <= *n_slots)
		return;
	*n_slots = *n_slots ? *n_slots * 4 : 4096;
	free(*slots);
	*slots = xcalloc(*n_slots, sizeof(**slots));
	slots_fill(*slots, *n_slots, hashes, n);
}

static uint32_t path_lookup(const struct modtab *t, const char *path, size_t len, uint64_t hash,
			    size_t *slot)
{
	size_t mask = t->n_path_slots - 1, s = hash & mask;

	for (; t->path_slots[s]; s = (s + 1) & mask) {
		uint32_t id = t->path_slots[s] - 1;

		if (t->path_hashes[id] == hash && t->paths[id].len == len &&
		    memcmp(t->paths[id].path, path, len) == 0)
			return id;
	}
	*slot = s;
	return MODTAB_NONE;
}

static uint32_t path_add(struct modtab *t, const char *path, size_t len, uint64_t hash)
{
	size_t slot;
	uint32_t id;

	slots_reserve(&t->path_slots, &t->n_path_slots, t->path_hashes, t->n_paths);
	id = path_lookup(t, path, len, hash, &slot);
	if (id != MODTAB_NONE)
		return id;
	if (len > UINT32_MAX)
		__builtin_trap();
	if (t->n_paths == t->cap_paths) {
		t->cap_paths = t->cap_paths ? t->cap_paths * 2 : 1024;
		t->paths = xreallocarray(t->paths, t->cap_paths, sizeof(*t->paths));
		t->path_hashes = xreallocarray(t->path_hashes, t->cap_paths,
					       sizeof(*t->path_hashes));
	}
	id = (uint32_t)t->n_paths++;
	t->paths[id] = (struct modtab_path){ arena_strndup(&t->arena, path, len), (uint32_t)len,
					     MODTAB_NONE, false };
	t->path_hashes[id] = hash;
	t->path_slots[slot] = id + 1;
	return id;
}

uint32_t modtab_path(struct modtab *t, const char *path, size_t len)
{
	return path_add(t, path, len, modtab_hash(t, path, len));
}

uint32_t modtab_find_path(const struct modtab *t, const char *path)
{
	size_t len = strlen(path), slot;

	if (!t->n_paths)
		return MODTAB_NONE;
	return path_lookup(t, path, len, modtab_hash(t, path, len), &slot);
}

static uint64_t node_hash(uint32_t path, uint64_t version_hash)
{
	uint64_t h = (version_hash ^ path) * 0x9e3779b97f4a7c15ULL;

	return h ^ h >> 32;
}

static uint32_t node_lookup(const struct modtab *t, uint32_t path, const char *version, size_t len,
			    uint64_t hash, size_t *slot)
{
	size_t mask = t->n_node_slots - 1, s = hash & mask;

	for (; t->node_slots[s]; s = (s + 1) & mask) {
		uint32_t id = t->node_slots[s] - 1;
		const struct modtab_node *n = &t->nodes[id];

		if (t->node_hashes[id] == hash && n->path == path &&
		    strncmp(n->mod.version, version, len) == 0 && n->mod.version[len] == '\0')
			return id;
	}
	*slot = s;
	return MODTAB_NONE;
}

static uint32_t node_add(struct modtab *t, uint32_t path, const char *version, size_t len,
			 uint64_t version_hash)
{
	uint64_t hash = node_hash(path, version_hash);
	size_t slot;
	uint32_t id;

	slots_reserve(&t->node_slots, &t->n_node_slots, t->node_hashes, t->n_nodes);
	id = node_lookup(t, path, version, len, hash, &slot);
	if (id != MODTAB_NONE)
		return id;
	if (t->n_nodes == t->cap_nodes) {
		t->cap_nodes = t->cap_nodes ? t->cap_nodes * 2 : 1024;
		t->nodes = xreallocarray(t->nodes, t->cap_nodes, sizeof(*t->nodes));
		t->next_of_path = xreallocarray(t->next_of_path, t->cap_nodes,
						sizeof(*t->next_of_path));
		t->node_hashes = xreallocarray(t->node_hashes, t->cap_nodes,
					       sizeof(*t->node_hashes));
	}
	id = (uint32_t)t->n_nodes++;
	t->nodes[id].mod = (struct modver){ t->paths[path].path,
					    arena_strndup(&t->arena, version, len) };
	t->nodes[id].path = path;
	t->next_of_path[id] = t->paths[path].first;
	t->paths[path].first = id;
	t->node_hashes[id] = hash;
	t->node_slots[slot] = id + 1;
	return id;
}

uint32_t modtab_node_hashed(struct modtab *t, const char *path, size_t path_len, uint64_t path_hash,
			    const char *version, size_t version_len, uint64_t version_hash)
{
	return node_add(t, path_add(t, path, path_len, path_hash), version, version_len,
			version_hash);
}

uint32_t modtab_node_n(struct modtab *t, const char *path, size_t path_len, const char *version,
		       size_t version_len)
{
	return node_add(t, modtab_path(t, path, path_len), version, version_len,
			modtab_hash(t, version, version_len));
}

uint32_t modtab_node(struct modtab *t, struct modver m)
{
	return modtab_node_n(t, m.path, strlen(m.path), m.version, strlen(m.version));
}

uint32_t modtab_find(const struct modtab *t, struct modver m)
{
	uint32_t path = modtab_find_path(t, m.path);
	size_t len = strlen(m.version), slot;

	if (path == MODTAB_NONE || !t->n_nodes)
		return MODTAB_NONE;
	return node_lookup(t, path, m.version, len, node_hash(path, modtab_hash(t, m.version, len)),
			   &slot);
}

struct modver modtab_mod(struct modtab *t, struct modver m)
{
	uint32_t node = modtab_node(t, m); /* first: it may move the nodes */

	return t->nodes[node].mod;
}

static size_t slots_for(size_t n)
{
	size_t slots = 4096;

	while (slots < (n + 1) * 2)
		slots *= 2;
	return slots;
}

static void adopt_paths(struct modtab *t, const char *strings, const struct modtab_span *paths,
			size_t n)
{
	t->cap_paths = n + n / 4 + 16;
	t->paths = xreallocarray(NULL, t->cap_paths, sizeof(*t->paths));
	t->path_hashes = xreallocarray(NULL, t->cap_paths, sizeof(*t->path_hashes));
	for (size_t i = 0; i < n; i++) {
		const char *s = strings + paths[i].offset;

		t->paths[i] = (struct modtab_path){ s, paths[i].len, MODTAB_NONE, false };
		t->path_hashes[i] = modtab_hash(t, s, paths[i].len);
	}
	t->n_paths = n;
	t->n_path_slots = slots_for(n);
	t->path_slots = xcalloc(t->n_path_slots, sizeof(*t->path_slots));
	slots_fill(t->path_slots, t->n_path_slots, t->path_hashes, n);
}

static void adopt_nodes(struct modtab *t, const char *strings, const struct modtab_pair *nodes,
			size_t n)
{
	t->cap_nodes = n + n / 4 + 16;
	t->nodes = xreallocarray(NULL, t->cap_nodes, sizeof(*t->nodes));
	t->next_of_path = xreallocarray(NULL, t->cap_nodes, sizeof(*t->next_of_path));
	t->node_hashes = xreallocarray(NULL, t->cap_nodes, sizeof(*t->node_hashes));
	for (size_t i = 0; i < n; i++) {
		const char *v = strings + nodes[i].version;
		struct modtab_path *p = &t->paths[nodes[i].path];

		t->nodes[i] = (struct modtab_node){ { p->path, v }, nodes[i].path };
		t->next_of_path[i] = p->first;
		p->first = (uint32_t)i;
		t->node_hashes[i] = node_hash(nodes[i].path, modtab_hash(t, v, strlen(v)));
	}
	t->n_nodes = n;
	t->n_node_slots = slots_for(n);
	t->node_slots = xcalloc(t->n_node_slots, sizeof(*t->node_slots));
	slots_fill(t->node_slots, t->n_node_slots, t->node_hashes, n);
}

bool modtab_adopt(struct modtab *t, const char *strings, size_t strings_len,
		  const struct modtab_span *paths, size_t n_paths, const struct modtab_pair *nodes,
		  size_t n_nodes)
{
	if (t->n_paths || t->n_nodes || !strings_len || strings[strings_len - 1])
		return false;
	for (size_t i = 0; i < n_paths; i++) {
		if (paths[i].offset >= strings_len ||
		    paths[i].len >= strings_len - paths[i].offset ||
		    strings[paths[i].offset + paths[i].len] != '\0')
			return false;
	}
	for (size_t i = 0; i < n_nodes; i++) {
		if (nodes[i].path >= n_paths || nodes[i].version >= strings_len)
			return false;
	}
	adopt_paths(t, strings, paths, n_paths);
	adopt_nodes(t, strings, nodes, n_nodes);
	return true;
}

int modtab_compare_versions(const char *path, const char *v1, const char *v2)
{
	if (v1 == v2)
		return 0;
	if (!*v2)
		return *v1 ? -1 : 0;
	if (!*v1)
		return 1;
	return gover_mod_compare(path, v1, v2);
}

int modtab_compare(const struct modtab *t, uint32_t node1, uint32_t node2)
{
	const struct modver *a = &t->nodes[node1].mod, *b = &t->nodes[node2].mod;

	return modtab_compare_versions(a->path, a->version, b->version);
}

/* gover.ModSort supports versions with a "/go.mod" suffix; here equal ones have a defined order. */
static int mod_order(const void *x, const void *y)
{
	const struct modver *a = x, *b = y;
	int c = strcmp(a->path, b->path);

	if (c)
		return c;
	c = gover_mod_compare(a->path, a->version, b->version);
	return c ? c : strcmp(a->version, b->version);
}

void modtab_sort(struct modver *list, size_t n)
{
	qsort(list, n, sizeof(*list), mod_order);
}
