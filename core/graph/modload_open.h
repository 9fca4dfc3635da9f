/*
 * modload_open.h - opens a project and its loader, and builds the initial requirements.
 *
 * Follows Init, LoadModFile and requirementsFromModFiles of cmd/go/internal/modload (init.go), and initVendor
 * (buildlist.go). Errors are go's fatal errors, in go's words without "go: ".
 *
 *	struct modload *ml;
 *	if (!modload_open(&ml, &(struct modload_options){ .env = env, .source = src, .command = MODPROJECT_GRAPH }, &e))
 *		...
 *	struct requirements *rs = modload_requirements(ml);
 *	modload_free(ml);
 */
#ifndef MODSCOPE_MODLOAD_OPEN_H
#define MODSCOPE_MODLOAD_OPEN_H

#include "graph/modload.h"

bool modload_open(struct modload **out, const struct modload_options *o, struct err *e);

#endif
