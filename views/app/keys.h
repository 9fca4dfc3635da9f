/*
 * keys.h - the layer "global": keys that work in every view.
 */
#ifndef MODSCOPE_KEYS_H
#define MODSCOPE_KEYS_H

#include "keymap.h"

extern const struct action keys_actions[];	/* context: struct app */

#endif
