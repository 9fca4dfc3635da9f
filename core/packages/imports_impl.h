/*
 * imports_impl.h - shared by the files that implement imports.h.
 *
 * imports_literal.c unquotes, imports_strict.c checks whether go/parser accepts a header, imports_read.c reads one file with both,
 * imports_dir.c reads a directory, imports_build.c applies go/build's rules to one. Each uses only those before it.
 */
#ifndef MODSCOPE_IMPORTS_IMPL_H
#define MODSCOPE_IMPORTS_IMPL_H

#include "base/buf.h"
#include "packages/constraint.h"
#include "packages/imports.h"

#define IMPORTS_BOM "\xef\xbb\xbf"

/* strconv.Unquote of a literal that starts and ends with a quote. The value may contain NUL. */
bool imports_unquote_into(struct buf *b, const char *s, size_t len);
/* The same in the arena; NULL if it is invalid or contains NUL. */
const char *imports_unquote(struct arena *a, const char *s, size_t len);
/* Whether go/parser accepts the package clause and the imports; s begins after a byte order mark and has no NUL. *n_specs: how many it reads before it stops. */
bool imports_strict_accepts(const char *s, size_t len, size_t *n_specs);

/* One Go file of a directory. */
struct imports_scanned {
	const char *name;
	struct imports_file file;
	enum constraint_verdict verdict;
	struct imports_stamp stamp;
	struct err error;	/* of opening or reading, including a NUL byte */
	bool hidden;		/* _x.go or .x.go */
	bool test;
};

struct imports_scan {
	struct arena tmp;
	const char *dir;
	const struct overlay *overlay; /* NULL: none */
	const struct constraint_env *env; /* NULL: any tag holds */
	struct imports_scanned *files;
	size_t n;
	const char *link_error;	/* of the first dangling link *.go */
	bool odd;		/* the two readers may differ here */
	bool irregular;		/* has an entry other than files and directories: go does not index the directory */
	const struct fs_dirent *entries;
	size_t n_entries;
};

/* Lists the directory and, with `read`, reads its Go files. A missing directory is empty. Always call imports_scan_end. */
bool imports_scan_start(struct imports_scan *s, const char *dir, const struct overlay *over, const struct constraint_env *env,
			bool read, struct err *e);
void imports_scan_end(struct imports_scan *s);
/* Reads as much of a file as its imports need, into b. stamp may be NULL. */
bool imports_read_file(struct arena *a, const char *path, struct buf *b, struct imports_file *f, struct imports_stamp *stamp,
		       struct err *e);
bool imports_is_hidden(const char *name);

#endif
