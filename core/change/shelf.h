/*
 * shelf.h - where changes of a project's own files are quarantined: on the project's file system (apply.h).
 *
 * Our own cache if it is on that file system, else .modscope beside go.mod, which go and git ignore (by its own .gitignore).
 * Pure but for shelf_make; any thread.
 */
#ifndef MODSCOPE_SHELF_H
#define MODSCOPE_SHELF_H

#include "base/arena.h"
#include "base/err.h"

/* The own_cache argument for apply.h with this root. own_cache may be NULL. */
const char *shelf_of(struct arena *a, const char *root, const char *own_cache);
/* Creates it, if it is beside go.mod. */
bool shelf_make(const char *root, const char *shelf, struct err *e);

#endif
