/* tui_help.h - shared by the tests of the toolkit: a grid to draw on, and its text. */
#ifndef MODSCOPE_TUI_HELP_H
#define MODSCOPE_TUI_HELP_H

#include "unit.h"

#include "area.h"
#include "screen/grid_dump.h"

static inline struct area sheet(struct grid *g, int w, int h)
{
	grid_init(g);
	grid_resize(g, w, h);
	return area_of(g);
}

/* Asserts the text of the grid; trailing empty rows do not count. */
#define assert_screen(g, want)                                                   \
	do {                                                                     \
		struct buf got_ = BUF_INIT;                                      \
		grid_dump((g), &got_);                                           \
		while (got_.len > 1 && got_.data[got_.len - 2] == '\n')          \
			buf_truncate(&got_, got_.len - 1);                       \
		assert_string_equal(got_.data, want);                            \
		buf_release(&got_);                                              \
	} while (0)

#endif
