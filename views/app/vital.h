/*
 * vital.h - the header's facts about the project: its size, its repository, the state of cache and tidy.
 */
#ifndef MODSCOPE_VITAL_H
#define MODSCOPE_VITAL_H

#include "app/app.h"

/* Append to the two ends of the header. */
void vital_signs(const struct app *app, struct line *left, struct line *right);

#endif
