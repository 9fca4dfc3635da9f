/*
 * pkgroot.h - source trees of modules, and the imports of their directories.
 *
 * A tree is either local (a main module, a directory that replaces a module) or immutable (an extracted module version).
 * Each requested directory gets one entry, read at most once. An index keeps entries, so that the next run
 * does not read a directory again while its stamps (device, inode, size, mtime, ctime) are the same:
 *
 *	immutable	the stamp of the root covers the whole tree: go's own index trusts the module cache by path alone
 *			(modindex/read.go:moduleHash)
 *	local		the stamp of each directory covers its list of names, the stamp of each Go file its content; go compares
 *			name, mtime and size (dirHash). As in go, changes within the last two seconds are not kept
 *
 * The index has one file per tree, in the program's own cache, and one file per project for all immutable trees that it uses.
 *
 *	struct pkgroots r;
 *	pkgroots_init(&r, "/home/u/.cache/modscope/imports");		// NULL: no index
 *	struct pkgroot *t = pkgroots_add(&r, dir, local);		// the owner's thread
 *	pkgroot_open(t, NULL);						// any thread: reads the index, or the go.mod
 *	struct pkgroot_dir *d = pkgroot_dir(t, "internal/x");		// the owner's thread
 *	pkgroot_fill(t, d);						// any thread, but only one per entry
 *	pkgroots_save(&r);						// writes new entries; best effort
 *	pkgroots_release(&r);
 *
 * The index is our own file but not trusted: sizes are capped, contents checked, and a malformed file is ignored as a whole.
 */
#ifndef MODSCOPE_PKGROOT_H
#define MODSCOPE_PKGROOT_H

#include <pthread.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/map.h"
#include "packages/imports.h"
#include "packages/pkgwalk.h"

struct pkgroot_basis;
struct pkgroot_packed;

struct pkgroot_dir {
	const char *rel;		/* slash path below the tree; "" is its root */
	bool filled;
	bool is_go_dir, no_go;		/* as imports_dir */
	bool list_failed;		/* err is about the directory itself */
	const char *link_error, *unread;	/* as imports_dir */
	bool stored;			/* from the index */
	int8_t has_gomod;		/* -1: unknown; only in local trees */
	const char *const *imports, *const *tests;
	size_t n_imports, n_tests;
	char *packed_imports, *packed_tests;	/* of an indexed entry, until split; then NULL */
	struct pkgroot_basis *basis;	/* in a local tree: the stamps of its index entry; NULL if there is none */
	struct err err;
};

struct pkgroot {
	char *dir;			/* owned */
	bool local;
	const struct overlay *overlay;	/* if it affects this local tree, which then has no index; else NULL */
	int64_t now;			/* as in pkgroots */
	const struct constraint_env *platform;	/* as in pkgroots */
	bool plain;			/* as in pkgroots */
	bool fresh;			/* has entries that the index lacks */
	const char *go_line;		/* of an immutable tree's go.mod, once open; "" if there is none */
	struct err gomod_err;		/* why that go.mod could not be read */
	struct arena *owners;		/* that of pkgroots, for the owner's thread */
	struct arena arena;		/* for data outside the index */
	pthread_mutex_t lock;		/* of arena and fresh, while several threads fill */
	int fd;				/* of dir while it is looked at, for short paths; else -1 */
	struct map dirs;		/* rel -> struct pkgroot_dir */
	struct pkgroot_dir *indexed;		/* owned: the entries in the index */
	char *index_file;		/* owned; NULL if there is none */
	char *index_head;
	struct pkgroot_packed *packed;	/* the tree's part of the project's file; NULL if there is none, or it is stale */
};

struct pkgroots {
	char *index_dir;		/* NULL: no index */
	const struct overlay *overlay;	/* borrowed; NULL: none */
	int64_t now;			/* nanoseconds since 1970, for tests; 0: the clock's. Ages of local files are relative to it */
	/* Only files for this platform count; NULL: all. Each platform has its own index. Borrowed; set after init. */
	const struct constraint_env *platform;
	bool plain;			/* go does not use its index (GODEBUG=goindex=0): IMPORTS_PLAIN. Then index_dir must be NULL */
	char *project_file;		/* NULL: none */
	struct buf project;
	struct map packed;		/* directory of a tree -> struct pkgroot_packed */
	struct arena arena;
	VEC(struct pkgroot *) roots;
};

void pkgroots_init(struct pkgroots *r, const char *index_dir);
/* Reads at once what the index has of the trees that this project used the last time; before trees of modules are made. `project` is
 * its name. */
void pkgroots_project_read(struct pkgroots *r, const char *project);
void pkgroots_release(struct pkgroots *r);
/* A new tree, for pkgroots_take; any thread, while none is being added. */
struct pkgroot *pkgroot_new(struct pkgroots *r, const char *dir, bool local);
void pkgroots_take(struct pkgroots *r, struct pkgroot *take_t);
/* Both of these. */
struct pkgroot *pkgroots_add(struct pkgroots *r, const char *dir, bool local);
void pkgroots_save(struct pkgroots *r);

void pkgroot_open(struct pkgroot *t, const struct stat *st);
/* Fills the entries of a local tree that the index has and that are as they were. Any thread, while no other uses the tree. */
void pkgroot_look(struct pkgroot *t);
/* The entry, added if new. */
struct pkgroot_dir *pkgroot_dir(struct pkgroot *t, const char *rel);
void pkgroot_fill(struct pkgroot *t, struct pkgroot_dir *d);
/* Fills the entry if needed, so that imports and tests may be read. The owner's thread. */
void pkgroot_need(struct pkgroot *t, struct pkgroot_dir *d);
/* Whether this directory or one above it, except the root, has a go.mod. For local trees (import.go:dirInModule). */
bool pkgroot_hidden(struct pkgroot *t, const char *rel);

/* pkgwalk.known with the tree as ctx: what the index has about an unchanged directory of a local tree. The owner's thread. */
bool pkgroot_known(void *tree, const char *rel, struct arena *a, struct pkgwalk_known *k);

#endif
