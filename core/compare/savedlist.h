/*
 * savedlist.h - a saved build list, as a side of a comparison.
 *
 * Reads our documents with `modules` ({"schema": "modscope.list/1", "modules": [...]}; also of a snapshot), and the output of
 * `go list -m -json all`: a sequence of objects. Uses Path, Version, Main, Indirect and Replace of each module and GoVersion of the
 * main module; ignores unknown members. The side has no graph, so its changes have no causes.
 *
 * ERR_SYNTAX if the text is neither, or lists a module twice. Pure; any thread. Strings in the arena.
 */
#ifndef MODSCOPE_SAVEDLIST_H
#define MODSCOPE_SAVEDLIST_H

#include "base/err.h"
#include "compare/compare.h"

#define SAVEDLIST_MAX_FILE ((size_t)256 << 20)

bool savedlist_read(struct compare_side *side, struct arena *a, const char *data, size_t len, struct err *e);

#endif
