/*
 * power.h - whether work that nobody waits for may be done now, and doing it so that it is in nobody's way.
 */
#ifndef MODSCOPE_POWER_H
#define MODSCOPE_POWER_H

#include "base/base.h"

/* True if what supplies power is a battery alone, as `root` (/sys/class/power_supply) says; false where nothing is known. */
bool power_on_battery(const char *root);
/* Runs fn on a thread of its own that has the lowest priority, and waits for it. Where no such thread is to be had, it runs on this one. */
void power_run_behind(void (*fn)(void *ctx), void *ctx);

#endif
