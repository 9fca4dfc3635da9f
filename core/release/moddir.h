/*
 * moddir.h - a directory as the module zip that go would make of it: which files, and what their h1 would be.
 *
 * Follows CreateFromDir of golang.org/x/mod/zip: without nested modules, vendored packages, symbolic links and the folders of version
 * control. A module in a folder of a repository that has no LICENSE of its own gets the repository's (modfetch/coderepo.go).
 * What the directory holds on disk counts, committed or not, since that is what a replacement gives. Files are hashed once; the
 * sum under any path and version follows from that.
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

/* license: a file that is LICENSE where the directory has none; NULL. ERR_CANCELLED, ERR_LIMIT, ERR_SYS. */
bool moddir_read(struct moddir *d, struct arena *a, const char *dir, const char *license, const struct cancel *cancel,
		 struct err *e);
void moddir_sum(const struct moddir *d, struct modver m, char sum[DIRHASH_LEN + 1]);

#endif
