/*
 * graphfile.h - a module graph as text for other programs: DOT, Mermaid or JSON.
 *
 *	struct graphfile f = { .mg = mg, .format = GRAPHFILE_DOT, .out = &buf };
 *	graphfile_begin(&f);
 *	graphfile_edge(&f, from, to);  ...      or graphfile_all(&f, cancel)
 *	graphfile_end(&f);
 *
 * Nodes are those of the graph. Pure except for the buffer; any thread.
 */
#ifndef MODSCOPE_GRAPHFILE_H
#define MODSCOPE_GRAPHFILE_H

#include "base/buf.h"
#include "base/par.h"
#include "graph/modgraph.h"

enum graphfile_format {
	GRAPHFILE_DOT,
	GRAPHFILE_MERMAID,
	GRAPHFILE_JSON,
	GRAPHFILE_FORMATS,
};

struct graphfile {
	const struct modgraph *mg; /* borrowed */
	enum graphfile_format format;
	struct buf *out;	/* borrowed; appended to */
	bool any;		/* private: not the first edge */
};

void graphfile_begin(struct graphfile *f);
void graphfile_edge(struct graphfile *f, uint32_t from, uint32_t to);
/* Every edge, in the order of `go mod graph`; false if it was cancelled. */
bool graphfile_all(struct graphfile *f, struct cancel *cancel);
void graphfile_end(struct graphfile *f);

/* The file name suffix: "dot", "mmd", "json". */
const char *graphfile_suffix(enum graphfile_format format);

#endif
