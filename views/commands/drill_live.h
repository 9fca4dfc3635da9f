/*
 * drill_live.h - `drill --live`: the fault as a proxy on loopback, until it ends.
 */
#ifndef MODSCOPE_DRILL_LIVE_H
#define MODSCOPE_DRILL_LIVE_H

#include "commands/cli.h"
#include "offline/drill.h"

int drill_live(struct cli *c, const struct drill_fault *f);

#endif
