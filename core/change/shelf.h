/*
 * shelf.h - where the quarantine of changes of a project's own files is: it has to be on their file system (apply.h).
 *
 * Our own cache if that is there, else .modscope beside go.mod, which go and git do not look at: it ignores itself.
 * Pure but for shelf_make; any thread.
 */
#ifndef MODSCOPE_SHELF_H
#define MODSCOPE_SHELF_H

#include "base/arena.h"
#include "base/err.h"

/* To be given as own_cache to apply.h with `root` as root. own_cache may be NULL. */
const char *shelf_of(struct arena *a, const char *root, const char *own_cache);
/* Makes it, if it is beside go.mod. */
bool shelf_make(const char *root, const char *shelf, struct err *e);

#endif
