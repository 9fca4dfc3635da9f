/*
 * getload.h - one argument of `go get` where modules have packages: the modules that it stands for, and what the packages import that are got.
 *
 * Follows modget.runGet for one argument: a path is a package before it is a module, a wildcard stands for the modules of the
 * build list that it matches or that have packages which it matches, "all" for all packages that the main module needs. Missing
 * imports of what was got are looked for at their latest versions.
 *
 *	struct goget_argument g = { .pattern = "example.com/...", .version = "upgrade", .rs = rs };
 *	if (!getload(ml, &g, &e)) ...	// go's words
 *	vec_release(&g.lowered);
 *
 * Modules' trees are fetched for that. The loader's thread only; its own requirements stay.
 */
#ifndef MODSCOPE_GETLOAD_H
#define MODSCOPE_GETLOAD_H

#include "graph/goget.h"

bool getload(struct modload *ml, struct goget_argument *g, struct err *e);

#endif
