/*
 * hint.h - key hints for the status line.
 */
#ifndef MODSCOPE_HINT_H
#define MODSCOPE_HINT_H

#include "area.h"
#include "keymap.h"

/* "enter open  i invert  ...": the enabled actions with a hint, as many as fit in w columns from x on; the last of all always
 * stays. Returns columns used. */
int hints_draw(struct area a, int x, int y, int w, const struct keymap_scope *sc);
/* The action whose hint, drawn so, covers column `at` of the area, and its context; NULL: none. */
const struct action *hints_at(struct area a, int x, int w, const struct keymap_scope *sc, int at, void **ctx);

#endif
