/*
 * owncache.h - our own cache directory: what is in it, and emptying it.
 *
 * Everything in it but the quarantine can be had again: what was fetched (fetch/source.h), what is remembered of hashes and
 * imports. The quarantine is what undo needs; it is shown and left alone. Strings live in the arena. One thread.
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
	bool clears; /* false: it stays */
};

struct owncache {
	const char *dir; /* NULL: there is no place for one */
	struct owncache_row *rows; /* by name */
	size_t n;
	uint64_t bytes; /* of what clears */
	uint64_t n_files;
};

/* dir is goenv_own_cache's; one that does not exist has no rows. */
bool owncache_read(struct owncache *out, struct arena *a, const char *dir, const struct cancel *cancel, struct err *e);
/* Removes what clears, as far as it goes; the first error is given. */
bool owncache_clear(const struct owncache *o, struct err *e);

#endif
