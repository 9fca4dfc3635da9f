/* grid_dump.h - a grid as text. */
#ifndef MODSCOPE_GRID_DUMP_H
#define MODSCOPE_GRID_DUMP_H

#include "base/buf.h"
#include "grid.h"

/* Appends the text of the whole grid; rows end with a newline, without trailing spaces. */
void grid_dump(const struct grid *g, struct buf *out);
/* The same with style names: runs are written as {bad:text}. */
void grid_dump_styles(const struct grid *g, struct buf *out);

#endif
