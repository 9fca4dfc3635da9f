/*
 * getload.h - `go get` of packages and modules: what its arguments mean together, and the imports of their packages.
 *
 * Follows modget.runGet: a path is tried as a package before it is tried as a module, a wildcard means the modules of the
 * build list that match or have matching packages, "all" all packages that the main module needs. Arguments that want different versions
 * of one module are refused, in go's words. Missing imports of the new packages are resolved at their latest versions.
 *
 *	struct goget_argument arg = { .pattern = "example.com/...", .version = "upgrade" };
 *	struct goget_command g = { .arena = a, .args = &arg, .n = 1, .rs = rs };
 *	if (!getload(ml, &g, &e)) ...	// go's words
 *	vec_release(&g.lowered);
 *
 * This fetches modules' trees. The loader's thread only; its own requirements do not change.
 */
#ifndef MODSCOPE_GETLOAD_H
#define MODSCOPE_GETLOAD_H

#include "graph/goget.h"

bool getload(struct modload *ml, struct goget_command *g, struct err *e);

#endif
