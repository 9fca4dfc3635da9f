/*
 * power.h - background work: whether to do it now, and how to do it at the lowest priority.
 */
#ifndef MODSCOPE_POWER_H
#define MODSCOPE_POWER_H

#include "base/base.h"

/* True if, according to `root` (/sys/class/power_supply), the system runs on battery; false if that is unknown. */
bool power_on_battery(const char *root);
/* Runs fn on a new thread with the lowest priority and waits for it; on the caller's thread if none can be created. */
void power_run_behind(void (*fn)(void *ctx), void *ctx);

#endif
