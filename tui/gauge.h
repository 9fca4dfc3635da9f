/*
 * gauge.h - progress and small charts in one row: ▰▰▰▱▱ and ▂▁▁▃▇█, with ASCII twins.
 */
#ifndef MODSCOPE_GAUGE_H
#define MODSCOPE_GAUGE_H

#include "line.h"

/* A bar of `cells` cells; total 0 is unknown and shows nothing filled. Added to a line. */
void gauge_add(struct line *l, unsigned style, int cells, uint64_t done, uint64_t total);
/* One cell per value, scaled to the greatest; 0 is a blank. More values than cells are summed in groups. */
void gauge_sparkline(struct line *l, unsigned style, int cells, const uint64_t *values, size_t n);
/* "12 B", "3.4 KiB", "1.9 GiB". Append. */
void gauge_bytes(struct buf *out, uint64_t bytes);
/* "1,203". Append. */
void gauge_count(struct buf *out, uint64_t n);
/* The same, for an argument of line_addf and the like: GAUGE_N(n) is the text, until the end of the block. Returns room. */
enum { GAUGE_DIGITS = 32 };
const char *gauge_number(char room[GAUGE_DIGITS], uint64_t n);
#define GAUGE_N(n) gauge_number((char[GAUGE_DIGITS]){ "" }, (uint64_t)(n))
/* "5 s", "3 min", "4 h", "3 d", "14 mo", "2 y"; "future" of a time that has not come. Append. */
void gauge_age(struct buf *out, int64_t seconds);

#endif
