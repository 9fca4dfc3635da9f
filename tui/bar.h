/*
 * bar.h - a row with a left, a middle and a right part: headers and titles. Pure.
 */
#ifndef MODSCOPE_BAR_H
#define MODSCOPE_BAR_H

#include "area.h"

/* Left, middle and right parts of one row. The middle vanishes first; then the left loses its last groups (separated by two or more
 * spaces), and is cut only if its first alone is too long. */
void bar_draw(struct area a, int y, unsigned style, const struct line *left, const struct line *middle, const struct line *right);

#endif
