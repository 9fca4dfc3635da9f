/*
 * keys.h - the layer "global": what keys do in every view.
 */
#ifndef MODSCOPE_KEYS_H
#define MODSCOPE_KEYS_H

#include "keymap.h"

extern const struct action keys_actions[];	/* context: struct app */

#endif
