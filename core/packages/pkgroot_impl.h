/*
 * pkgroot_impl.h - the index of pkgroot.h, for pkgroot.c only.
 *
 * One file per tree: a header that names the tree and its state, its go line, then a line for each directory with the fields
 *
 *	REL, "." for the root
 *	STATE: "-" no Go directory, "n" nothing to build, "g" a package
 *	IMPORTS, TESTS: words
 *
 * and, in a local tree,
 *
 *	STAMP of the directory
 *	"m" if it has a go.mod, else "-"
 *	SUBDIRS: words
 *	FILES: words, each STAMP/NAME
 *
 * separated by tabs. The project's file is a header, then for each tree the length of its file in decimal, a newline, and that file.
 */
#ifndef MODSCOPE_PKGROOT_IMPL_H
#define MODSCOPE_PKGROOT_IMPL_H

#include "packages/pkgroot.h"

/* The stamps of a local tree's entry, in the index's text form. */
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

/* The file of the index for a name; the seed tells kinds of names apart. */
char *pkgroots_index_path(const char *index_dir, const char *name, uint64_t seed, const char *suffix);
/* Reads the tree's entries; false if none can be read: the tree then has none. */
bool pkgroot_index_read(struct pkgroot *t, const struct stat *st);
void pkgroot_index_write(struct pkgroot *t);
/* The file of the project. */
void pkgroots_project_write(struct pkgroots *r);

/* Whether the directory's list of names is unchanged. */
bool pkgroot_basis_same(const struct pkgroot *t, struct pkgroot_dir *d);
/* Whether its Go files are unchanged. */
bool pkgroot_basis_files_same(const struct pkgroot *t, const struct pkgroot_dir *d);
/* In the tree's arena; NULL if it cannot be stored. */
struct pkgroot_basis *pkgroot_basis_new(struct pkgroot *t, const struct imports_basis *b);

/* Splits in place. */
const char *const *pkgroot_words(struct arena *a, char *words, size_t *n);

#endif
