/*
 * imports.h - the imports of Go files and directories.
 *
 * imports_read reads one file up to the end of its import declarations, as leniently as go does
 * (cmd/go/internal/imports/read.go): semicolons are blanks; after a syntax error the imports found so far count.
 * imports_scan_dir reads a directory under go's "any tag" rule (constraint.h): every build tag is true and
 * false at once except "ignore", and GOOS and GOARCH in file names do not count.
 *
 * go has two readers of a directory, which differ for malformed files (modindex/{scan,read}.go and imports/scan.go):
 *	IMPORTS_PLAIN    a NUL byte is an error; imports before a syntax error count; _x.go and .x.go make a
 *	                 directory a "Go directory"; go uses it for files changed within the last two seconds,
 *	                 and for directories with symbolic links
 *	IMPORTS_INDEXED  go's index, used otherwise: a file with a NUL byte, a syntax error, an invalid import path or two
 *	                 //go:build lines, or that cannot be read counts as a file without imports; imports after an empty statement do not count; _x.go and
 *	                 .x.go are ignored. `unread` names the first file that could not be read
 * IMPORTS_AUTO chooses for a local directory as go would now.
 *
 * Strings and arrays live in the caller's arena. Sorted bytewise, without duplicates, "C" and appengine
 * (modload/load.go:scanDir). Thread-safe: no state. Caps: IMPORTS_MAX_FILE bytes in a file's header,
 * IMPORTS_MAX_ENTRIES entries in a directory, IMPORTS_MAX_IMPORTS imports in a file; more is ERR_LIMIT.
 */
#ifndef MODSCOPE_IMPORTS_H
#define MODSCOPE_IMPORTS_H

#include "base/arena.h"
#include "base/err.h"
#include "gofiles/overlay.h"

#define IMPORTS_MAX_FILE ((size_t)64 << 20)
#define IMPORTS_MAX_ENTRIES ((size_t)1 << 20)
#define IMPORTS_MAX_IMPORTS ((size_t)1 << 16)

/* One import in a file; line and column (1-based, in bytes) are those of the path's quote. */
struct imports_spec {
	const char *path;	/* unquoted */
	int line, column;
};

struct imports_file {
	struct imports_spec *specs;
	size_t n;
	size_t n_strict;	/* how many of these go/parser sees: it stops at a superfluous semicolon. 0 if strict_error */
	size_t header_len;	/* the part read, which constraints are taken from */
	bool syntax_error;	/* the lenient reader failed; the whole data is the header */
	bool strict_error;	/* go/parser reports an error in the header, or a path is invalid */
	bool nul_first;		/* there is a NUL before the end of the imports and any syntax error */
	bool is_main;		/* package main */
	bool is_documentation;	/* package documentation */
	bool at_end;		/* the reader reached the end of the data: more data might change the result */
};

/* ERR_SYNTAX: "unexpected NUL in input". */
bool imports_read(struct arena *a, const char *data, size_t len, struct imports_file *f, struct err *e);

enum imports_mode {
	IMPORTS_PLAIN,
	IMPORTS_INDEXED,
	IMPORTS_AUTO,
};

struct imports_dir {
	const char **imports, **tests;	/* tests: of _test.go files, internal and external */
	size_t n_imports, n_tests;
	bool is_go_dir;		/* has a *.go file, whatever its tags */
	bool no_go;		/* imports.ErrNoGo: no file to build */
	const char *unread;	/* why the first Go file that go's index takes for an empty one could not be read; else NULL */
	const char *link_error;	/* fsys.IsGoDir's error, if all Go files are dangling links; else NULL */
};

/* The state of a file or directory. Every write changes the ctime, which programs cannot set. */
struct imports_stamp {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;	/* nanoseconds since 1970 */
};
int64_t imports_time(const struct timespec *t);
struct stat;
struct imports_stamp imports_stamp_of(const struct stat *st);
bool imports_stamp_eq(const struct imports_stamp *a, const struct imports_stamp *b);

/* The inputs of a directory's result: while all stamps match, imports_scan_dir with IMPORTS_AUTO returns the same. */
struct imports_basis {
	bool steady;		/* false: do not cache it, because of a link, a file that the two readers treat differently, or a change in the last two seconds */
	struct imports_stamp dir;
	const char **subdirs;	/* the directories in it */
	size_t n_subdirs;
	const char **files;	/* its Go files, and the stamp of each */
	struct imports_stamp *stamps;
	size_t n_files;
	bool has_gomod;
};
/* imports_scan_dir with IMPORTS_AUTO, and the basis of its result. now: nanoseconds since 1970, read before the call. */
bool imports_scan_local(struct arena *a, const char *dir, int64_t now, const struct overlay *over, struct imports_dir *d, struct imports_basis *basis,
			struct err *e);

/* Reads one directory. A missing directory has no Go files. Errors are go's: "reading F: unexpected NUL in input". */
bool imports_scan_dir(struct arena *a, const char *dir, enum imports_mode mode, struct imports_dir *d, struct err *e);
/* The same for one platform, as in commands that build. */
struct constraint_env;
bool imports_scan_platform(struct arena *a, const char *dir, enum imports_mode mode, const struct overlay *over,
			   const struct constraint_env *env, struct imports_dir *d, struct err *e);
/* Only imports_dir.is_go_dir: fsys.IsGoDir, or the index's. */
bool imports_is_go_dir(const char *dir, enum imports_mode mode, const struct overlay *over, struct err *e);

/* Whether go/build finds a package here for this platform, even one of tests only (ImportDir without a NoGoError). is_main may be NULL. */
bool imports_builds(const char *dir, const struct constraint_env *env, bool *is_main);

/* Whether go/build sees a Go file here, even one that it ignores or cannot open. Hidden ones do not count. */
bool imports_has_files(const char *dir);

/* One import with its place: for reasons. file is the name within dir. */
struct imports_place {
	const char *file;
	const char *path;
	int line, column;
	bool test;	/* a _test.go file */
};
/* All imports of the files that count, by file name and line. True with `e` set: a file could not be read. */
bool imports_places(struct arena *a, const char *dir, const struct overlay *over, struct imports_place **places, size_t *n, struct err *e);

/* Sorts strings bytewise and drops duplicates; returns how many are left. */
size_t imports_sort_unique(const char **s, size_t n);

#endif
