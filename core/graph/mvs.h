/*
 * mvs.h - the least requirements that keep a build list, without pruning (https://go.dev/ref/mod#minimal-version-selection).
 *
 * Follows mvs.Req and mvs.BuildList of cmd/go/internal/mvs/mvs.go. Selection itself is modgraph.h's. Lists that are returned
 * live as long as the loader. The loader's thread only.
 */
#ifndef MODSCOPE_MVS_H
#define MODSCOPE_MVS_H

#include "graph/modgraph_load.h"

/* mvs.Req: the least roots that keep the build list of main + roots, with every path of `base` among them. Sorted by path.
 * edit may be NULL. */
bool mvs_req(struct modload *ml, const struct modgraph_load_edit *edit, struct modver_list roots,
	     const char *const *base, size_t n_base, struct modver_list *min, struct err *e);
/* mvs.BuildList of the main module with these roots; main module first, the rest sorted. */
bool mvs_build_list(struct modload *ml, struct modver_list roots, struct modver_list *list,
		    struct err *e);

#endif
