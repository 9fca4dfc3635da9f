/*
 * proxy_cells.h - the rows of the view Proxy in columns. Their context is the view. One thread.
 */
#ifndef MODSCOPE_PROXY_CELLS_H
#define MODSCOPE_PROXY_CELLS_H

#include "screens/proxy_view.h"

enum { PROXY_CELLS = 11 };
extern const struct list_column proxy_cells_columns[PROXY_CELLS];
void proxy_cells_fill(void *ctx, size_t i, unsigned column, struct line *out);

#endif
