/*
 * vital.h - what the header says about the project: its size, its repository, the state of cache and tidy.
 */
#ifndef MODSCOPE_VITAL_H
#define MODSCOPE_VITAL_H

#include "app/app.h"

/* Appends to the line's two ends. */
void vital_signs(const struct app *app, struct line *left, struct line *right);

#endif
