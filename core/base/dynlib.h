/*
 * dynlib.h - a shared library that is loaded when it is first needed: its functions, looked up by name into a struct of pointers.
 *
 * For libraries that most answers do without and that take longer to load than these answers (curl_lib.h, git_lib.h). Call it
 * once per library (pthread_once). Never unloaded.
 */
#ifndef MODSCOPE_DYNLIB_H
#define MODSCOPE_DYNLIB_H

#include "base/base.h"

struct dynlib_symbol {
	const char *name;
	size_t offset;	/* of the pointer in the struct */
};

/* NULL, or why it cannot be used: the loader's words, valid until this thread loads something else. */
const char *dynlib_load(const char *soname, const struct dynlib_symbol *symbols, size_t n, void *to);

#endif
