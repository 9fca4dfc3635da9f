/*
 * proxy_watch.h - proxy --watch: rounds as lines, for people or as one JSON object a line.
 */
#ifndef MODSCOPE_PROXY_WATCH_H
#define MODSCOPE_PROXY_WATCH_H

#include "commands/cli.h"

/* Reads the flags -every, -threshold, -strikes, -count, -exec, -metrics; returns the exit status. */
int proxy_watch(struct cli *c);

#endif
