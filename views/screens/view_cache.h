/*
 * view_cache.h - the state of the cache view, shared by its files: view_cache.c (list), cache_du.c (sizes as a
 * tree), cache_detail.c (each file of an entry), cache_plan.c (repair, undo, prune). Not for other views.
 */
#ifndef MODSCOPE_VIEW_CACHE_H
#define MODSCOPE_VIEW_CACHE_H

#include "app/app.h"
#include "cache/cache.h"
#include "cache/cachetree.h"
#include "texts/describe.h"

struct cache_du {
	struct tree tree;
	const struct cache_report *r;
	const struct cachetree *ct;	/* NULL: no report yet */
};

struct cache_view {
	struct part *part;		/* kept: everything is borrowed from it */
	const struct cache_report *r;
	struct list list;
	struct rows rows;
	struct buf text;
	struct cache_du du;
	struct request_cache asked;
	bool as_tree;
	struct request *next;		/* the change that a dialog asks about */
};

static inline struct cache_view *cache_view_state(const struct view *v)
{
	return view_state(v, "cache");
}

const struct cache_entry *cache_current(struct view *v);
unsigned cache_state_style(enum cache_state st);
enum glyph cache_state_glyph(enum cache_state st);

void cache_du_init(struct cache_du *du, struct view *v);
void cache_du_release(struct cache_du *du);
void cache_du_refresh(struct cache_du *du, const struct cache_report *r, const struct cachetree *ct);
const struct cache_entry *cache_du_entry(const struct cache_du *du);
void cache_du_doc(const struct cache_du *du, struct doc *d);

/* cache_plan.c */
void cache_repair(struct view *v);
void cache_prune(struct view *v);
void cache_undo(struct view *v);
void cache_changed(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
bool cache_can_act(void *v);

void cache_entry_doc(const struct cache_report *r, const struct cache_entry *e, struct doc *d);
void cache_other_doc(const struct cache_other *o, struct doc *d);

#endif
