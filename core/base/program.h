/*
 * program.h - programs of the user, as os/exec finds them.
 *
 * Any thread.
 */
#ifndef MODSCOPE_PROGRAM_H
#define MODSCOPE_PROGRAM_H

#include "base/arena.h"

/* exec.LookPath: the file that runs as `name`, searched in PATH unless it has a slash. NULL if there is none; one found relative to the current
 * directory is not run. */
const char *program_find(struct arena *a, const char *name);

#endif
