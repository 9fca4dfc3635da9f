/*
 * foreign.h - replace lines of dependencies, which do not apply here, ranked by relevance.
 *
 * Read from the go.mod files of the graph; a file that does not parse as
 * a main module's has none. The project's thread. Strings in the arena.
 */
#ifndef MODSCOPE_FOREIGN_H
#define MODSCOPE_FOREIGN_H

#include "graph/modgraph.h"
#include "graph/modproject.h"

enum foreign_rank {	/* most relevant first */
	FOREIGN_MATTERS,	/* it applies to the version that we build with: its author builds with something else */
	FOREIGN_OTHER,		/* a module that we build with, at another version */
	FOREIGN_DIRECTORY,	/* by a directory, which exists only in its author's checkout */
	FOREIGN_SAME,		/* we replace it by the same */
	FOREIGN_ABSENT,		/* we do not build with that module */
};
struct foreign {
	struct modver owner;	/* the module with the go.mod */
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
