/*
 * savedlist.h - a build list that somebody saved, as a side of a comparison.
 *
 * Read are the documents of ours that hold `modules` ({"schema": "modscope.list/1", "modules": [...]}; of a snapshot too), and what
 * `go list -m -json all` prints: objects one after the other. Of each module Path, Version, Main, Indirect, Replace and, of the
 * main module, GoVersion count; members that are not known are passed over. The side has no graph, so that its changes have no causes.
 *
 * ERR_SYNTAX where the text is neither, or names a module twice. Pure; any thread. Strings in the arena.
 */
#ifndef MODSCOPE_SAVEDLIST_H
#define MODSCOPE_SAVEDLIST_H

#include "base/err.h"
#include "compare/compare.h"

#define SAVEDLIST_MAX_FILE ((size_t)256 << 20)

bool savedlist_read(struct compare_side *side, struct arena *a, const char *data, size_t len, struct err *e);

#endif
