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

struct view_cache_du {
	struct tree tree;
	const struct cache_report *r;
	const struct cachetree *ct;	/* NULL: no report yet */
};

struct view_cache {
	struct part *part;		/* kept: everything is borrowed from it */
	const struct cache_report *r;
	struct list list;
	struct rows rows;
	struct buf text;
	struct view_cache_du du;
	struct request_cache asked;
	bool as_tree;
	struct request *next;		/* the change that a dialog asks about */
};

static inline struct view_cache *view_cache_state(const struct view *v)
{
	return view_state(v, "cache");
}

const struct cache_entry *view_cache_current(struct view *v);
unsigned view_cache_style(enum cache_state st);
enum glyph view_cache_glyph(enum cache_state st);

void view_cache_du_init(struct view_cache_du *du, struct view *v);
void view_cache_du_release(struct view_cache_du *du);
void view_cache_du_refresh(struct view_cache_du *du, const struct cache_report *r, const struct cachetree *ct);
const struct cache_entry *view_cache_du_entry(const struct view_cache_du *du);
void view_cache_du_doc(const struct view_cache_du *du, struct doc *d);

/* cache_plan.c */
void view_cache_repair(struct view *v);
void view_cache_prune(struct view *v);
void view_cache_undo(struct view *v);
void view_cache_changed(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);
bool view_cache_can_act(void *v);

void view_cache_entry_doc(const struct cache_report *r, const struct cache_entry *e, struct doc *d);
void view_cache_other_doc(const struct cache_other *o, struct doc *d);

#endif
