/*
 * pkgroot_impl.h - the index of pkgroot.h, for pkgroot.c alone.
 *
 * One file a tree: a head that names the tree and its state, its go line, then a line for each directory with the fields
 *
 *	REL, "." for the root
 *	STATE: "-" no Go directory, "n" nothing to build, "g" a package
 *	IMPORTS, TESTS: words
 *
 * and, in a local tree,
 *
 *	STAMP of the directory
 *	"m" if it holds a go.mod, else "-"
 *	SUBDIRS: words
 *	FILES: words, each STAMP/NAME
 *
 * separated by tabs. The project's file is a head, then for each tree the length of its file in decimal, a line end, and that file.
 */
#ifndef MODSCOPE_PKGROOT_IMPL_H
#define MODSCOPE_PKGROOT_IMPL_H

#include "packages/pkgroot.h"

/* What an entry of a local tree rests on, as it stands in the index. */
struct pkgroot_basis {
	const char *dir;
	const char *subdirs, *files;
	bool has_gomod;
	enum {
		PKGROOT_UNSEEN,
		PKGROOT_SAME,
		PKGROOT_CHANGED,
	} state;	/* of the directory's stamp */
};

/* A tree's part of the project's file. */
struct pkgroot_packed {
	char *data;
	size_t len;
};

/* Reads the tree's entries; false if there are none to be had: then the tree has none. */
bool pkgroot_index_read(struct pkgroot *t, const struct stat *st);
void pkgroot_index_write(struct pkgroot *t);
/* The files of the project. */
void pkgroots_project_read(struct pkgroots *r);
void pkgroots_project_write(struct pkgroots *r);

/* Is the directory, as a list of names, what it was? */
bool pkgroot_basis_same(const struct pkgroot *t, struct pkgroot_dir *d);
/* Are its Go files? */
bool pkgroot_basis_files_same(const struct pkgroot *t, const struct pkgroot_dir *d);
/* In the tree's arena; NULL if it cannot be stored. */
struct pkgroot_basis *pkgroot_basis_new(struct pkgroot *t, const struct imports_basis *b);

/* Splits in place. */
const char *const *pkgroot_words(struct arena *a, char *words, size_t *n);

#endif
