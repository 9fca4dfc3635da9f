/*
 * foreign.h - replace lines of dependencies: they do not apply here, and which of them would matter if they did.
 *
 * Read from the go.mod files that the graph is made of; a file that does
 * not parse as a main module's would has none. The project's thread. Strings in the arena.
 */
#ifndef MODSCOPE_FOREIGN_H
#define MODSCOPE_FOREIGN_H

#include "graph/modgraph.h"
#include "graph/modproject.h"

enum foreign_rank {	/* most first */
	FOREIGN_MATTERS,	/* it names the version that we build with, or any: its author builds with something else */
	FOREIGN_OTHER,		/* a module that we build with, at another version */
	FOREIGN_DIRECTORY,	/* by a directory, which only its author's checkout has */
	FOREIGN_SAME,		/* we replace it by the same */
	FOREIGN_ABSENT,		/* we do not build with that module */
};
struct foreign {
	struct modver owner;	/* whose go.mod it is */
	const char *file;
	int line;
	struct modver from, to;
	enum foreign_rank rank;
	const char *here;	/* the version that we build with; "" */
	struct modver replaced;	/* what we replace it by; path "" */
};
struct foreign_list {
	struct foreign *items;	/* by rank, then by owner and line */
	size_t n;
};
const char *foreign_rank_name(enum foreign_rank rank);	/* "matters", "other version", "directory", "same", "not built" */

void foreign_find(struct foreign_list *out, struct arena *a, struct modproject *mp, const struct modgraph *mg);

#endif
