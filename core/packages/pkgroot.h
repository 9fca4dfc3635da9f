/*
 * pkgroot.h - source trees of modules, and what their directories import.
 *
 * A tree is either local (a main module, a directory that replaces a module) or immutable (an extracted module version).
 * Each directory that is asked for gets one entry, read at most once. What was read is kept in an index, so that the next run
 * does not read it again as long as the stamps (device, inode, size, mtime, ctime) stay:
 *
 *	immutable	the stamp of the tree's root stands for all of it: go's own index trusts the module cache by path alone
 *			(modindex/read.go:moduleHash)
 *	local		the stamp of each directory stands for its list of names, the stamp of each Go file for its content; go compares
 *			name, mtime and size (dirHash). As in go, what changed within the last two seconds is not kept
 *
 * The index is one file a tree, in the program's own cache, and one file a project with all immutable trees that it uses.
 *
 *	struct pkgroots r;
 *	pkgroots_init(&r, "/home/u/.cache/modscope/imports", dir);	// NULL: no index; dir: names the project, may be NULL
 *	struct pkgroot *t = pkgroots_add(&r, dir, local);		// the owner's thread
 *	pkgroot_open(t, NULL);						// any thread: reads the index, or the go.mod
 *	struct pkgroot_dir *d = pkgroot_dir(t, "internal/x");		// the owner's thread
 *	pkgroot_fill(t, d);						// any thread, each entry by one
 *	pkgroots_save(&r);						// writes what is new; failures do not matter
 *	pkgroots_release(&r);
 *
 * The index is our own file but read as hostile: capped, checked, and dropped as a whole if anything is off.
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
	const char *link_error;		/* as imports_dir */
	bool stored;			/* came from the index */
	int8_t has_gomod;		/* -1 unknown; of local trees */
	const char *const *imports, *const *tests;
	size_t n_imports, n_tests;
	char *packed_imports, *packed_tests;	/* of an indexed entry, not yet split; NULL once they are */
	struct pkgroot_basis *basis;	/* of a local tree: the stamps of its entry in the index; NULL if there is none */
	struct err err;
};

struct pkgroot {
	char *dir;			/* owned */
	bool local;
	const struct overlay *overlay;	/* of a local tree that it touches: then there is no index; else NULL */
	int64_t now;			/* as in pkgroots */
	const struct constraint_env *platform;	/* as in pkgroots */
	bool fresh;			/* holds entries that the index lacks */
	const char *go_line;		/* of the go.mod of an immutable tree, once open; "" if there is none */
	struct err gomod_err;		/* that go.mod could not be read */
	struct arena *owners;		/* the arena of pkgroots, for the owner's thread */
	struct arena arena;		/* for what is not in the index */
	pthread_mutex_t lock;		/* arena and fresh, while several threads fill */
	struct map dirs;		/* rel -> struct pkgroot_dir */
	struct pkgroot_dir *indexed;		/* owned: those that the index knows */
	char *index_file;		/* owned; NULL if there is none */
	char *index_head;
	struct pkgroot_packed *packed;	/* the tree's part of the project's file; NULL if there is none, or it is stale */
};

struct pkgroots {
	char *index_dir;		/* NULL: no index */
	const struct overlay *overlay;	/* borrowed; NULL: none */
	int64_t now;			/* nanoseconds since 1970, for tests; 0: the clock's. Ages of local files are judged by it */
	/* Files count that are for this platform; NULL: for any. An index is of one platform. Borrowed; set after init. */
	const struct constraint_env *platform;
	char *project_file;		/* NULL: none */
	struct buf project;
	struct map packed;		/* directory of a tree -> struct pkgroot_packed */
	struct arena arena;
	VEC(struct pkgroot *) roots;
};

void pkgroots_init(struct pkgroots *r, const char *index_dir, const char *project);
void pkgroots_release(struct pkgroots *r);
/* A tree of its own, for pkgroots_take; any thread while nothing is added. */
struct pkgroot *pkgroot_new(struct pkgroots *r, const char *dir, bool local);
void pkgroots_take(struct pkgroots *r, struct pkgroot *take_t);
/* Both. */
struct pkgroot *pkgroots_add(struct pkgroots *r, const char *dir, bool local);
void pkgroots_save(struct pkgroots *r);

void pkgroot_open(struct pkgroot *t, const struct stat *st);
/* The entry, added if new. */
struct pkgroot_dir *pkgroot_dir(struct pkgroot *t, const char *rel);
void pkgroot_fill(struct pkgroot *t, struct pkgroot_dir *d);
/* Fills by itself what is not filled; then imports and tests may be read. The owner's thread. */
void pkgroot_need(struct pkgroot *t, struct pkgroot_dir *d);
/* Is there a go.mod in this directory or in one above it, the root apart? For local trees (import.go:dirInModule). */
bool pkgroot_hidden(struct pkgroot *t, const char *rel);

/* pkgwalk.known, ctx being the tree: what the index has of a directory of a local tree that has not changed. The owner's thread. */
bool pkgroot_known(void *tree, const char *rel, struct arena *a, struct pkgwalk_known *k);

#endif
