/*
 * goauth_run.h - runs a GOAUTH command and reads its output.
 *
 * Its words are split as in cmd/internal/quoted, its program is searched in PATH as in os/exec (never in the current directory). Its stderr is
 * discarded. Blocks for at most a minute; any thread.
 */
#ifndef MODSCOPE_GOAUTH_RUN_H
#define MODSCOPE_GOAUTH_RUN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cancel.h"

/* argv is NULL-terminated. False if it cannot be run, fails, or writes too much. */
bool goauth_run(char *const *argv, const char *input, struct buf *out, const struct cancel *cancel);
/* quoted.Split; NULL if a quote is not closed, or there is no word. `last` is added if it is not empty. */
char **goauth_run_split(struct arena *a, const char *command, size_t len, const char *last);

#endif
