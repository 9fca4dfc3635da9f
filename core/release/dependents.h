/*
 * dependents.h - the differences between a dependent's build list and the project's, and why.
 *
 * The project's thread. Strings in the arena or the inputs.
 */
#ifndef MODSCOPE_DEPENDENTS_H
#define MODSCOPE_DEPENDENTS_H

#include "graph/modgraph.h"
#include "graph/modproject.h"
#include "release/consumer.h"
#include "release/replaces.h"

enum dependents_kind {
	DEPENDENTS_SOURCE,	/* the same version, but replaced here */
	DEPENDENTS_VERSION,
	DEPENDENTS_MORE,	/* only dependents have it */
	DEPENDENTS_FEWER,	/* only the project has it */
};
struct dependents_row {
	enum dependents_kind kind;
	const char *path, *here, *there;	/* versions; "" for none */
	struct modver replaced;			/* the replacement here; path "" */
	const char *why;			/* one sentence */
	const struct replaces_row *line;	/* the line that causes it; NULL */
};
struct dependents {
	struct dependents_row *rows;	/* by kind, then by path */
	size_t n;
	size_t count[DEPENDENTS_FEWER + 1];
};
const char *dependents_kind_name(enum dependents_kind kind);	/* "source", "version", "more", "fewer" */

void dependents_compare(struct dependents *out, struct arena *a, struct modproject *mp, const struct modgraph *mg,
			const struct consumer *c, const struct replaces *lines);

#endif
