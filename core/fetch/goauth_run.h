/*
 * goauth_run.h - a command of GOAUTH, run and listened to.
 *
 * Its words are split as cmd/internal/quoted does, its program is looked for in PATH as os/exec does (never in the current directory). What it writes to stderr is not
 * kept. Blocks for a minute at most; any thread.
 */
#ifndef MODSCOPE_GOAUTH_RUN_H
#define MODSCOPE_GOAUTH_RUN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cancel.h"

/* argv ends with NULL. False if it cannot be run, fails, or writes too much. */
bool goauth_run(char *const *argv, const char *input, struct buf *out, const struct cancel *cancel);
/* quoted.Split; NULL where a quote does not end, or there is no word. `last` is added if it is not empty. */
char **goauth_run_split(struct arena *a, const char *command, size_t len, const char *last);

#endif
