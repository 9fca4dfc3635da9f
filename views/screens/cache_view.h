/*
 * cache_view.h - the state of the cache view, for its own files: view_cache.c and cache_plan.c.
 */
#ifndef MODSCOPE_CACHE_VIEW_H
#define MODSCOPE_CACHE_VIEW_H

#include "app/app.h"
#include "screens/cache_du.h"
#include "texts/module_facts.h"

struct cache_view {
	struct part *part;		/* kept: owns everything borrowed here */
	const struct cache_report *r;
	struct part *graph;		/* kept: facts borrow from it */
	struct module_facts facts;
	struct map modules;		/* path of the entry used -> const struct load_module */
	struct list list;
	struct rows rows;
	struct buf text;
	struct cache_du du;
	struct request_cache asked;
	bool deeper; /* an option asked for the depth */
	bool as_tree;
	struct request *next;		/* the change in the dialog */
};

static inline struct cache_view *cache_view_state(const struct view *v)
{
	return view_state(v, "cache");
}

#endif
