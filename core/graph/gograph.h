/*
 * gograph.h - go mod graph, byte for byte.
 *
 * Follows cmd/go/internal/modcmd/graph.go. False with go's words if go refuses. The loader's thread.
 *
 *	if (!gograph_load(ml, NULL, &mg, &e)) ...
 *	gograph_text(ml, mg, &out);
 */
#ifndef MODSCOPE_GOGRAPH_H
#define MODSCOPE_GOGRAPH_H

#include "graph/requirements.h"

/* The graph that go mod graph prints, with repaired roots. go_version is -go's value; NULL or "" if not set. */
bool gograph_load(struct modload *ml, const char *go_version, const struct modgraph **mg, struct err *e);
/* Appends every edge in breadth-first order, "A@v B@v\n"; nothing for a workspace without modules. */
void gograph_text(const struct modload *ml, const struct modgraph *mg, struct buf *out);

#endif
