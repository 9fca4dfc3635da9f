/*
 * dynlib.h - loads a shared library on demand and looks up its functions by name into a struct of pointers.
 *
 * For libraries that few commands need and that take longer to load than the others run (curl_lib.h, git_lib.h,
 * crypto_lib.h). Call it once per library (pthread_once). Libraries are never unloaded.
 */
#ifndef MODSCOPE_DYNLIB_H
#define MODSCOPE_DYNLIB_H

#include "base/base.h"

struct dynlib_symbol {
	const char *name;
	size_t offset;	/* of the pointer in the struct */
};

/* NULL, or why the library cannot be used: the loader's message, valid until this thread loads something else. */
const char *dynlib_load(const char *soname, const struct dynlib_symbol *symbols, size_t n, void *to);

#endif
