/*
 * cache_private.h - shared by the files that implement cache.h.
 *
 * cache_load.c runs the others on several threads: cache_scan.c finds the @v directories and the trees, cache_shelf.c reads one
 * @v directory, cache_check.c checks one entry (cache_check_impl.h), cache_diff.c compares a zip with its tree, cache_walk.c
 * counts the files in a tree, cache_vcs.c checks git repositories, cache_sumdb.c checksum databases. cache_report.c
 * answers questions about the report.
 */
#ifndef MODSCOPE_CACHE_PRIVATE_H
#define MODSCOPE_CACHE_PRIVATE_H

#include <sys/stat.h>

#include "base/fs.h"
#include "cache/cache.h"
#include "gofiles/semver.h"

/* A growing list of problems, in the worker's arena. */
struct cache_problems {
	struct cache_problem *items;
	size_t n, cap;
};

/* One thread's state. */
struct cache_worker {
	const struct cache_options *o;
	struct arena arena;
	struct hasher *hasher;
	struct cache_problems problems;	/* of the current entry */
};

struct cache_problem *cache_problem_add(struct cache_worker *w, enum cache_part part, enum finding_severity severity,
					enum cache_fix fix, enum cache_problem_kind kind, const char *file,
					const char *problem);

/* The beginning of a broken file, quoted. */
const char *cache_quote_some(struct arena *a, const char *s, size_t n);
/* "a regular file", "a FIFO", ... */
const char *cache_mode_name(uint32_t mode);

static inline struct cache_file cache_file_of(const struct stat *st)
{
	return (struct cache_file){ .mode = st->st_mode, .size = st->st_size, .mtime = st->st_mtime };
}

/* The order of a report's entries. */
static inline int cache_compare_mods(const struct modver *a, const struct modver *b)
{
	int c = strcmp(a->path, b->path);

	return c ? c : semver_order(a->version, b->version);
}

struct cache_entries {
	struct cache_entry *items;
	size_t n, cap;
};
struct cache_others {
	struct cache_other *items;
	size_t n, cap;
};

/* One @v directory. */
struct cache_unit {
	const char *path;	/* of the module, unescaped */
	const char *dir;
	const char *const *wanted;	/* versions; NULL: all that are there */
	size_t n_wanted;
};
/* An extracted tree. */
struct cache_tree {
	struct modver mod;
	const char *dir;
};
#define CACHE_MAX_DEPTH 100u	/* of directories above a module version */

/* Where the module versions are. */
struct cache_scan {
	struct arena *arena;
	struct cache_worker *w;	/* while it scans */
	const char *root;
	VEC(struct cache_unit) units;
	VEC(struct cache_tree) trees;
	struct cache_others others;
};
void cache_scan_units(struct cache_scan *l);
void cache_scan_trees(struct cache_scan *l);
/* Units for the wanted modules by path, each path with its versions. */
void cache_scan_wanted(struct cache_scan *l, const struct modver *mods, size_t n);

/* What one @v directory holds. */
struct cache_shelf {
	struct cache_entries entries;	/* of the wanted versions, or of all: lstat is done, checks are not */
	struct cache_others others;
	uint64_t bytes, n_files;
};
void cache_shelf_read(struct cache_worker *w, const struct cache_unit *u, struct cache_shelf *out);
/* Looks up the files of one version in cache/download by name. */
void cache_shelf_look(struct cache_worker *w, struct cache_entry *entry);

/* Checks one entry of a shelf: sets state, voucher, sums and problems. */
void cache_check_entry(struct cache_worker *w, struct cache_entry *entry);
/* Adds a problem for each file that differs between the zip and the tree (at most CACHE_MAX_DIFF, and one that counts the
 * rest); returns how many differ. */
#define CACHE_MAX_DIFF 20u
size_t cache_diff_tree(struct cache_worker *w, const struct cache_entry *entry, const char *zip, const char *tree);
/* @v/list against the versions that have a .mod; its content, NULL if it cannot be read. */
const char *cache_check_list(struct cache_worker *w, const char *file, const struct cache_file *f,
			     const char *const *versions, size_t n_versions);
/* Bytes and files below dir; odd files and directories that cannot be read become problems of a tree, writable ones are counted. False
 * if a directory could not be read. */
bool cache_walk_tree(struct cache_worker *w, struct cache_entry *entry, const char *tree);
/* Sums up everything below dir. 0, or the errno of the first directory that could not be read; a dir that does not exist is empty. */
int cache_walk(const char *dir, uint64_t *bytes, uint64_t *n_files);

/* A problem of a file that belongs to no entry; the fix is to move it away. */
struct cache_problem *cache_other_problem(struct cache_worker *w, enum finding_severity severity,
					  enum cache_problem_kind kind, const char *file, const char *problem);
/* Moves the worker's problems to o. */
void cache_other_take(struct cache_worker *w, struct cache_other *o);
void cache_other_add(struct cache_others *others, enum cache_other_kind kind, const char *file, const struct stat *st);

/* The worker's problem: what is in a directory is not known. errnum says why; it is not ENOENT. */
struct cache_problem *cache_other_unread(struct cache_worker *w, const char *dir, int errnum);
/* The same as a row of its own. about: the module path; "". */
void cache_other_add_unread(struct cache_worker *w, struct cache_others *others, const char *dir, const char *about, int errnum);
/* A directory of the cache, sorted. False if there is none, or if it cannot be read, which gets a row. */
bool cache_other_list(struct cache_worker *w, struct cache_others *others, const char *dir, struct fs_dirent **entries, size_t *n);

/* Check one repository or database and add its row. */
void cache_check_repository(struct cache_worker *w, struct cache_others *out, const char *repo);
void cache_check_database(struct cache_worker *w, struct cache_others *out, const char *dir);
/* Check the whole vcs or sumdb cache. */
void cache_check_vcs(struct cache_worker *w, struct cache_others *out);
void cache_check_sumdb(struct cache_worker *w, struct cache_others *out);

#endif
