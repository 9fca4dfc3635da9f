/*
 * golist_impl.h - what the files of golist share.
 *
 * From the ground up: golist_more.c adds data from the proxies, golist_clean.c refuses if go would have to write go.mod or
 * go.sum, golist.c finds the rows.
 */
#ifndef MODSCOPE_GOLIST_IMPL_H
#define MODSCOPE_GOLIST_IMPL_H

#include "graph/golist.h"

/* One `go list -m`. */
struct golist {
	struct modload *ml;
	struct modproject *mp; /* the loader's */
	struct requirements *rs;
	const struct modgraph *mg; /* NULL: the roots suffice */
	unsigned mode;
	bool broken; /* the graph is incomplete */
	struct err graph_err;
	VEC(struct modinfo *) rows;
	struct map seen; /* nodes already matched by a pattern */
};

/* golist_more.c: fills in updates, retractions, deprecations and versions of all rows. */
void golist_add_more(struct golist *l);

/* golist_clean.c: false if go would have to change go.mod or go.sum, which -mod forbids. */
bool golist_check_clean(struct golist *l, struct err *e);
bool golist_check_sums(struct golist *l, struct err *e);

#endif
