/*
 * policy_init.h - an initial .modscope file, with every rule as a comment.
 */
#ifndef MODSCOPE_POLICY_INIT_H
#define MODSCOPE_POLICY_INIT_H

#include "base/arena.h"
#include "base/err.h"

/* Writes dir/.modscope; *file is its name, in the arena. ERR_REFUSED if it exists. */
bool policy_init(struct arena *a, const char *dir, const char *go_version, const char **file, struct err *e);

#endif
