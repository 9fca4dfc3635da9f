/*
 * licence_module.h - the licence of a module, from the licence files at the root of its content.
 *
 * GOMODCACHE's extracted tree is read, else the zip that a cache has; nothing is fetched. Where the licence is unknown `why` says what
 * was looked at. Blocks; any thread (source.h).
 */
#ifndef MODSCOPE_LICENCE_MODULE_H
#define MODSCOPE_LICENCE_MODULE_H

#include "base/arena.h"

struct source;

struct licence_module {
	const char *expression; /* SPDX; "" if it is unknown */
	const char *why;	/* "" if it is known */
	const char *const *files; /* names of the licence files */
	size_t n_files;
};

/* m after replacement; of a directory that replaces it, m.path is the absolute path and m.version "". */
void licence_module_read(struct licence_module *out, struct arena *a, struct source *source, struct modver m);

#endif
