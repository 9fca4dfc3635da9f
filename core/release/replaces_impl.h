/*
 * replaces_impl.h - what replaces_lines.c, which lists the lines, provides to replaces.c, which checks them.
 */
#ifndef MODSCOPE_REPLACES_IMPL_H
#define MODSCOPE_REPLACES_IMPL_H

#include "release/replaces.h"

struct replaces_rows {
	struct arena *a;
	ARENA_VEC(struct replaces_row) all;
	const char *file, *main;
};

/* All lines of the project's files, unchecked. */
void replaces_lines(struct replaces_rows *rows, struct modproject *mp);

#endif
