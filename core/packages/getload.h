/*
 * getload.h - one argument of `go get`, with packages: the modules that it means, and the imports of their packages.
 *
 * Follows modget.runGet for one argument: a path is tried as a package before it is tried as a module, a wildcard means the modules of the
 * build list that match or have matching packages, "all" all packages that the main module needs. Missing
 * imports of the new packages are resolved at their latest versions.
 *
 *	struct goget_argument g = { .pattern = "example.com/...", .version = "upgrade", .rs = rs };
 *	if (!getload(ml, &g, &e)) ...	// go's words
 *	vec_release(&g.lowered);
 *
 * This fetches modules' trees. The loader's thread only; its own requirements do not change.
 */
#ifndef MODSCOPE_GETLOAD_H
#define MODSCOPE_GETLOAD_H

#include "graph/goget.h"

bool getload(struct modload *ml, struct goget_argument *g, struct err *e);

#endif
