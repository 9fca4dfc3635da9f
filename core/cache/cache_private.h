/*
 * cache_private.h - between the files of cache.h; nobody else includes it.
 *
 * cache.c finds the entries and runs the checks on several threads, cache_check.c judges one entry, cache_diff.c
 * compares a zip with its tree, cache_vcs.c looks at git repositories, cache_other.c at checksum databases.
 */
#ifndef MODSCOPE_CACHE_PRIVATE_H
#define MODSCOPE_CACHE_PRIVATE_H

#include "cache/cache.h"

/* A growing list of problems, in the arena of the thread that makes it. */
struct cache_problems {
	struct cache_problem *items;
	size_t n, cap;
};

/* What one thread works with. */
struct cache_worker {
	const struct cache_options *o;
	struct arena arena;
	struct hasher *hasher;
	struct cache_problems problems;	/* of the entry at hand */
};

struct cache_problem *cache_problem_add(struct cache_worker *w, enum cache_part part, enum finding_severity severity,
					enum cache_fix fix, enum cache_problem_kind kind, const char *file,
					const char *problem);

/* A file of an entry that is not a temporary one; the suffix after the version, or CACHE_FILES. */
enum cache_part cache_part_of(const char *name, size_t *version_len);

/* Judges one entry whose files have been looked at: sets state, voucher, sums and problems. */
void cache_check_entry(struct cache_worker *w, struct cache_entry *entry);
/* Adds a problem for each file that differs between the zip and the tree (at most CACHE_MAX_DIFF, and one that counts the
 * rest); returns how many differ. */
#define CACHE_MAX_DIFF 20u
size_t cache_diff_tree(struct cache_worker *w, const struct cache_entry *entry, const char *zip, const char *tree);
/* @v/list against the versions that have a .mod; its content, NULL if it cannot be read. */
const char *cache_check_list(struct cache_worker *w, const char *file, const struct cache_file *f,
			     const char *const *versions, size_t n_versions);
/* Bytes and files below dir; odd and writable files become problems of a tree. */
void cache_walk_tree(struct cache_worker *w, struct cache_entry *entry, const char *tree);
/* Everything below fd (taken): sums only. */
void cache_walk(int fd, uint64_t *bytes, uint64_t *n_files);

/* The vcs and sumdb caches; rows are added to out. */
struct cache_others {
	struct cache_other *items;
	size_t n, cap;
};
/* A problem of what is no entry: it is moved away. */
struct cache_problem *cache_other_problem(struct cache_worker *w, enum finding_severity severity,
					  enum cache_problem_kind kind, const char *file, const char *problem);
/* The worker's problems become o's. */
void cache_take_problems(struct cache_worker *w, struct cache_other *o);
/* One of them: its row only. */
void cache_check_repository(struct cache_worker *w, struct cache_others *out, const char *repo);
void cache_check_database(struct cache_worker *w, struct cache_others *out, const char *dir);
void cache_check_vcs(struct cache_worker *w, struct cache_others *out);
void cache_check_sumdb(struct cache_worker *w, struct cache_others *out);

#endif
