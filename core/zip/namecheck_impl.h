/*
 * namecheck_impl.h - whether file names are allowed in a module zip, for reading and for making zips.
 *
 * Follows golang.org/x/mod/zip (collisionChecker) and path.Clean.
 */
#ifndef MODSCOPE_NAMECHECK_IMPL_H
#define MODSCOPE_NAMECHECK_IMPL_H

#include "base/buf.h"
#include "base/map.h"

/* Names seen so far; zeroed at first. */
struct namecheck {
	struct arena arena;
	struct map taken;	/* folded path -> struct namecheck_taken */
};

void namecheck_release(struct namecheck *c);
/* True, with go's message appended to `why`, if the path or one of its parents differs only in case from one seen before, is both a file
 * and a directory, or is a repeated file. */
bool namecheck_collides(struct namecheck *c, struct buf *why, const char *path, size_t n, bool is_dir);
/* path.Clean(name) == name, for a nonempty name. */
bool namecheck_is_clean(const char *s, size_t n);

#endif
