/*
 * release.h - the answer of `release` and `replaces --release`.
 */
#ifndef MODSCOPE_RELEASE_H
#define MODSCOPE_RELEASE_H

#include "commands/cli.h"

/* tag: NULL for the next version. Returns the exit status. */
int release_run(struct cli *c, const char *tag, bool strict);

#endif
