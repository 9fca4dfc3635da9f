/*
 * gograph.h - go mod graph, byte for byte.
 *
 * Follows cmd/go/internal/modcmd/graph.go. Where go refuses, false with go's words. The loader's thread.
 *
 *	if (!gograph_load(ml, NULL, &mg, &e)) ...
 *	gograph_text(ml, mg, &out);
 */
#ifndef MODSCOPE_GOGRAPH_H
#define MODSCOPE_GOGRAPH_H

#include "graph/requirements.h"

/* The graph that go mod graph prints; roots are repaired. go_version is -go's value, NULL or "" without it. */
bool gograph_load(struct modload *ml, const char *go_version, const struct modgraph **mg, struct err *e);
/* Every edge in breadth-first order, "A@v B@v\n". Nothing for a workspace that uses no module. Appended. */
void gograph_text(const struct modload *ml, const struct modgraph *mg, struct buf *out);

#endif
