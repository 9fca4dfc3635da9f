/*
 * git_alloc.h - libgit2's memory: no single piece of it is larger than a repository has need of.
 *
 * A pack of a few kilobytes can hold a delta whose result is gigabytes, and libgit2 makes all of them to know their names. Module files have 500 MB at
 * most; what asks for more than GIT_ALLOC_MAX gets nothing, and libgit2 says that it is out of memory. Set before libgit2 is initialised, once.
 */
#ifndef MODSCOPE_GIT_ALLOC_H
#define MODSCOPE_GIT_ALLOC_H

#include <stddef.h>

#define GIT_ALLOC_MAX ((size_t)1 << 30)

/* opts is git_libgit2_opts. */
void git_alloc_limit(int (*opts)(int option, ...));

#endif
