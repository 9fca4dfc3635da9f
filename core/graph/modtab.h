/*
 * modtab.h - the table of modules: numbers module paths, and module versions (path and version), which are the nodes of graphs.
 *
 * A table belongs to one loader (modload.h) and only grows: a number never changes. Equal strings are one
 * pointer, so both numbers and pointers compare with ==. Numbers start at 0; MODTAB_NONE means absent. Only the
 * owning thread adds; any number of threads may read while no thread adds. Strings live as long as the table.
 *
 *	uint32_t id = modtab_node(t, path, version);
 *	struct modver m = t->nodes[id].mod;
 *	if (modtab_compare(t, a, b) < 0) ...        // two nodes of one path, cmd/go's cmpVersion
 *
 * The order of versions is cmd/go/internal/modload/mvs.go:cmpVersion: "" (a main module) is the highest,
 * "none" the lowest; `go` and `toolchain` compare as Go versions, all else as semantic versions.
 */
#ifndef MODSCOPE_MODTAB_H
#define MODSCOPE_MODTAB_H

#include "base/arena.h"
#include "base/map.h"

#define MODTAB_NONE UINT32_MAX

struct modtab_node {
	struct modver mod;
	uint32_t path; /* number of mod.path */
};

struct modtab_path {
	const char *path;
	uint32_t len;
	uint32_t first; /* newest node of this path; then modtab.next_of_path[] */
	bool is_main;	/* the path of a main module */
};

struct modtab {
	struct arena arena; /* of the strings */
	uint64_t seed;
	struct modtab_node *nodes;
	uint32_t *
		next_of_path; /* per node: the next node of the same path, MODTAB_NONE at the end */
	size_t n_nodes, cap_nodes;
	struct modtab_path *paths;
	size_t n_paths, cap_paths;
	/* open-addressing tables: number + 1, 0 is free */
	uint32_t *path_slots, *node_slots;
	uint64_t *path_hashes, *node_hashes;
	size_t n_path_slots, n_node_slots;
};

void modtab_init(struct modtab *t);
void modtab_release(struct modtab *t);

/* Tables in modindex.h's format. */
struct modtab_span {
	uint32_t offset, len; /* of a path in the strings */
};
struct modtab_pair {
	uint32_t path, version; /* number of the path; offset of the version in the strings */
};
/* Fills an empty table, numbering in order. The strings are borrowed, each NUL-terminated. False, with the table
 * unchanged, if an offset is out of range or the table is not empty. */
bool modtab_adopt(struct modtab *t, const char *strings, size_t strings_len,
		  const struct modtab_span *paths, size_t n_paths, const struct modtab_pair *nodes,
		  size_t n_nodes);

/* The hash of a path or a version, which any thread may compute before the owner adds the pair. */
static inline uint64_t modtab_hash(const struct modtab *t, const char *s, size_t len)
{
	return hash_bytes(s, len, t->seed);
}
uint32_t modtab_node_hashed(struct modtab *t, const char *path, size_t path_len, uint64_t path_hash,
			    const char *version, size_t version_len, uint64_t version_hash);

/* The number, added if new. Lengths in bytes; the strings need no NUL. */
uint32_t modtab_path(struct modtab *t, const char *path, size_t len);
uint32_t modtab_node_n(struct modtab *t, const char *path, size_t path_len, const char *version,
		       size_t version_len);
uint32_t modtab_node(struct modtab *t, struct modver m);
/* MODTAB_NONE if not in the table. */
uint32_t modtab_find_path(const struct modtab *t, const char *path);
uint32_t modtab_find(const struct modtab *t, struct modver m);
/* The same pair with the table's own strings. */
struct modver modtab_mod(struct modtab *t, struct modver m);

/* cmpVersion for one path: negative, 0, positive. */
int modtab_compare_versions(const char *path, const char *v1, const char *v2);
int modtab_compare(const struct modtab *t, uint32_t node1, uint32_t node2);
/* gover.ModSort: by path bytes, then version. */
void modtab_sort(struct modver *list, size_t n);

#endif
