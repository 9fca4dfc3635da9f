/*
 * licence_module.h - the licence of a module, from the licence files at the root of its content.
 *
 * Reads GOMODCACHE's extracted tree, else a cached zip; nothing is fetched. If the licence is unknown, `why` has the
 * reason. Blocks; any thread (source.h).
 */
#ifndef MODSCOPE_LICENCE_MODULE_H
#define MODSCOPE_LICENCE_MODULE_H

#include "base/arena.h"

struct source;

struct licence_module {
	const char *expression; /* SPDX; "" if unknown */
	const char *why;	/* "" if known */
	const char *const *files; /* names of the licence files */
	size_t n_files;
};

/* m is after replacement; for a directory m.path is the absolute path and m.version "". */
void licence_module_read(struct licence_module *out, struct arena *a, struct source *source, struct modver m);

#endif
