/*
 * owncache.h - lists and clears our own cache directory.
 *
 * Everything in it but the quarantine can be recreated: fetched files (fetch/source.h), remembered hashes and
 * imports. The quarantine, which undo needs, is listed and kept. Strings live in the arena. One thread.
 */
#ifndef MODSCOPE_OWNCACHE_H
#define MODSCOPE_OWNCACHE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/par.h"

struct owncache_row {
	const char *name;  /* below the directory */
	const char *about; /* what it holds */
	uint64_t bytes, n_files;
	bool clears; /* false: owncache_clear keeps it */
	int unread;  /* errno of the first directory that could not be read, so that there may be more; else 0 */
};

struct owncache {
	const char *dir; /* NULL: no directory is known */
	struct owncache_row *rows; /* by name */
	size_t n;
	uint64_t bytes; /* of what clears */
	uint64_t n_files;
};

/* dir is goenv_own_cache's; one that does not exist has no rows. */
bool owncache_read(struct owncache *out, struct arena *a, const char *dir, const struct cancel *cancel, struct err *e);
/* Removes the rows that clear, going on after errors; e is the first one. */
bool owncache_clear(const struct owncache *o, struct err *e);

#endif
