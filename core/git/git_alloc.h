/*
 * git_alloc.h - a bound on each of libgit2's allocations.
 *
 * A pack of a few kilobytes can hold a delta that expands to gigabytes, and libgit2 expands every delta to name its object. Module files are at most
 * 500 MB; a request for more than GIT_ALLOC_MAX bytes fails, and libgit2 reports that it is out of memory. Call once, before libgit2 is initialised.
 */
#ifndef MODSCOPE_GIT_ALLOC_H
#define MODSCOPE_GIT_ALLOC_H

#include <stddef.h>

#define GIT_ALLOC_MAX ((size_t)1 << 30)

/* Installs the allocator; opts is git_libgit2_opts. */
void git_alloc_limit(int (*opts)(int option, ...));

#endif
