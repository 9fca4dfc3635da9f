/*
 * list_impl.h - between list.c, which moves and marks, and list_draw.c, which measures columns and draws.
 */
#ifndef MODSCOPE_LIST_IMPL_H
#define MODSCOPE_LIST_IMPL_H

#include "list.h"

enum { LIST_GAP = 2, LIST_GUTTER = 2 };	/* between columns; left of the first */

/* A row that the cursor skips. */
bool list_skipped(const struct list *l, size_t position);
/* Brings the cursor's row on the screen, with context. */
void list_follow(struct list *l);

#endif
