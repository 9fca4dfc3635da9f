/*
 * mvs.h - the minimal requirements that give a build list, without pruning (https://go.dev/ref/mod#minimal-version-selection).
 *
 * Follows mvs.Req and mvs.BuildList of cmd/go/internal/mvs/mvs.go. modgraph.h does the selection. Returned lists
 * live as long as the loader. The loader's thread only.
 */
#ifndef MODSCOPE_MVS_H
#define MODSCOPE_MVS_H

#include "graph/modgraph_load.h"

/* mvs.Req: the minimal roots with the same build list as main + roots, including every path of `base`. Sorted by path.
 * edit may be NULL. */
bool mvs_req(struct modload *ml, const struct modgraph_load_edit *edit, struct modver_list roots,
	     const char *const *base, size_t n_base, struct modver_list *min, struct err *e);
/* mvs.BuildList of the main module with these roots; main module first, the rest sorted. */
bool mvs_build_list(struct modload *ml, struct modver_list roots, struct modver_list *list,
		    struct err *e);

#endif
