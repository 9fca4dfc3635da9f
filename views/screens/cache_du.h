/*
 * cache_du.h - the sizes of the cache's entries as a tree of paths: a widget of the cache view.
 */
#ifndef MODSCOPE_CACHE_DU_H
#define MODSCOPE_CACHE_DU_H

#include "cache/cache.h"
#include "cache/cachetree.h"
#include "pager.h"
#include "tree.h"

struct cache_du {
	struct tree tree;
	const struct cache_report *r;	/* borrowed, as the tree */
	const struct cachetree *ct;	/* NULL: no report yet */
};

void cache_du_init(struct cache_du *du);
void cache_du_release(struct cache_du *du);
void cache_du_refresh(struct cache_du *du, const struct cache_report *r, const struct cachetree *ct);
/* The entry under the cursor; NULL for a folder, which cache_du_doc describes. */
const struct cache_entry *cache_du_entry(const struct cache_du *du);
void cache_du_doc(const struct cache_du *du, struct doc *d);

#endif
