/*
 * program.h - programs of the user, as os/exec finds them.
 *
 * Any thread.
 */
#ifndef MODSCOPE_PROGRAM_H
#define MODSCOPE_PROGRAM_H

#include <spawn.h>

#include "base/arena.h"

/* exec.LookPath: the file that runs as `name`, searched in PATH unless it has a slash. NULL if there is none; one found relative to the current
 * directory is not run. */
const char *program_find(struct arena *a, const char *name);
/* Starts argv[0], as program_find finds it, in the environment env; ends: its standard input, output and error, -1 for /dev/null. False if it
 * cannot be started. The caller waits for *pid. */
bool program_spawn(pid_t *pid, struct arena *a, char *const *argv, char *const *env, const int ends[3], const posix_spawnattr_t *attributes);

#endif
