/*
 * policy_init.h - a first .modscope file: every rule that there is, as a comment.
 */
#ifndef MODSCOPE_POLICY_INIT_H
#define MODSCOPE_POLICY_INIT_H

#include "base/arena.h"
#include "base/err.h"

/* Writes dir/.modscope, whose name is the arena's. ERR_REFUSED if there is one already. */
bool policy_init(struct arena *a, const char *dir, const char *go_version, const char **file, struct err *e);

#endif
