/*
 * moddir.h - a directory as a module zip: the files that go would pack, and their h1.
 *
 * Follows CreateFromDir of golang.org/x/mod/zip: without nested modules, vendored packages, symbolic links and version
 * control directories. A module in a subdirectory of a repository without its own LICENSE gets the repository's (modfetch/coderepo.go).
 * Files on disk count, committed or not, since a replacement uses these. Files are hashed once; the
 * sum for any path and version is derived from that.
 *
 * Hostile trees: at most MODDIR_MAX_FILES files and zip.MaxZipFile bytes; more is ERR_LIMIT. Strings in the arena. Any thread.
 */
#ifndef MODSCOPE_MODDIR_H
#define MODSCOPE_MODDIR_H

#include "base/arena.h"
#include "base/cancel.h"
#include "base/err.h"
#include "zip/dirhash.h"

#define MODDIR_MAX_FILES ((size_t)200000)

struct moddir_file {
	const char *name;	/* below the directory */
	const char *file;	/* on disk */
	unsigned char digest[32];
};
struct moddir {
	struct moddir_file *files;	/* sorted bytewise by name */
	size_t n;
};

/* license: the file to use as LICENSE if the directory has none; may be NULL. ERR_CANCELLED, ERR_LIMIT, ERR_SYS. */
bool moddir_read(struct moddir *d, struct arena *a, const char *dir, const char *license, const struct cancel *cancel,
		 struct err *e);
void moddir_sum(const struct moddir *d, struct modver m, char sum[DIRHASH_LEN + 1]);

#endif
