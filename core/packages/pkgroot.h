/*
 * pkgroot.h - source trees of modules, and what their directories import.
 *
 * A tree is either local (a main module, a directory that replaces a module) or immutable (an extracted module version).
 * Each directory that is asked for gets one entry, read at most once. Entries of immutable trees are kept in an index: one
 * file a tree in the program's own cache, named by the tree's path and valid as long as the tree's inode and
 * modification time stay, as go's module index trusts the module cache. So a second run reads no source of theirs.
 *
 *	struct pkgroots r;
 *	pkgroots_init(&r, "/home/u/.cache/modscope/imports");	// NULL: no index
 *	struct pkgroot *t = pkgroots_add(&r, dir, local);		// the owner's thread
 *	pkgroot_open(t);						// any thread: reads the index, or the go.mod
 *	struct pkgdir *d = pkgroot_dir(t, "internal/x");		// the owner's thread
 *	pkgroot_fill(t, d);						// any thread, each entry by one
 *	pkgroots_save(&r);						// writes what is new; failures do not matter
 *	pkgroots_release(&r);
 *
 * The index is our own file but read as hostile: capped, checked, and dropped as a whole if anything is off.
 */
#ifndef MODSCOPE_PKGROOT_H
#define MODSCOPE_PKGROOT_H

#include <pthread.h>

#include "packages/imports.h"
#include "base/map.h"

struct pkgdir {
	const char *rel;		/* slash path below the tree; "" is its root */
	bool filled;
	bool is_go_dir, no_go;		/* as imports_dir */
	bool list_failed;		/* err is about the directory itself */
	const char *link_error;		/* as imports_dir */
	bool stored;			/* came from the index */
	int8_t has_gomod;		/* -1 unknown; of local trees */
	const char *const *imports, *const *tests;
	size_t n_imports, n_tests;
	char *packed;			/* imports and tests of an indexed entry, not yet split */
	struct err err;
};

struct pkgroot {
	const char *dir;
	bool local;
	bool fresh;			/* holds entries that the index lacks */
	const char *go_line;		/* of the go.mod of an immutable tree, once open; "" if there is none */
	struct err gomod_err;		/* that go.mod could not be read */
	struct arena arena;
	pthread_mutex_t lock;		/* arena, while several threads fill */
	struct map dirs;		/* rel -> struct pkgdir */
	char *index_file;		/* owned; NULL if there is none */
	char *index_head;
};

struct pkgroots {
	char *index_dir;		/* NULL: no index */
	struct arena arena;
	struct pkgroot **roots;
	size_t n, cap;
};

void pkgroots_init(struct pkgroots *r, const char *index_dir);
void pkgroots_release(struct pkgroots *r);
struct pkgroot *pkgroots_add(struct pkgroots *r, const char *dir, bool local);
void pkgroots_save(struct pkgroots *r);

void pkgroot_open(struct pkgroot *t);
/* The entry, added if new. */
struct pkgdir *pkgroot_dir(struct pkgroot *t, const char *rel);
void pkgroot_fill(struct pkgroot *t, struct pkgdir *d);
/* Fills by itself what is not filled; then imports and tests may be read. The owner's thread. */
void pkgroot_need(struct pkgroot *t, struct pkgdir *d);
/* Is there a go.mod in this directory or in one above it, the root apart? For local trees (import.go:dirInModule). */
bool pkgroot_hidden(struct pkgroot *t, const char *rel);

#endif
