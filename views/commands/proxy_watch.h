/*
 * proxy_watch.h - proxy --watch: a line per round, as text or as a JSON object.
 */
#ifndef MODSCOPE_PROXY_WATCH_H
#define MODSCOPE_PROXY_WATCH_H

#include "commands/cli.h"

/* Reads the flags -every, -threshold, -strikes, -count, -exec, -metrics; returns the exit status. */
int proxy_watch(struct cli *c);

#endif
