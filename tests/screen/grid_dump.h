/* grid_dump.h - a grid as text. */
#ifndef MODSCOPE_GRID_DUMP_H
#define MODSCOPE_GRID_DUMP_H

#include "base/buf.h"
#include "grid.h"

/* The text of the whole grid, rows end with newline, trailing blanks dropped. Append. */
void grid_dump(const struct grid *g, struct buf *out);
/* The same with style names: runs as {bad:text}, for tests of looks. Append. */
void grid_dump_styles(const struct grid *g, struct buf *out);

#endif
