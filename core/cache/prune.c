#include "cache/prune.h"

#include "cache/repair_impl.h"
#include "gofiles/cachepath.h"

static void plan_part(struct plan *p, const char *root, const struct cache_entry *entry,
		      enum cache_part part)
{
	bool tree = part == CACHE_TREE;
	struct plan_step *s;

	if (!entry->files[part].mode)
		return;
	s = plan_add(p, PLAN_QUARANTINE,
		     tree ? cachepath_tree(&p->arena, root, entry->mod)
			  : cachepath_file(&p->arena, root, entry->mod, cache_part_name(part)),
		     tree ? entry->tree_bytes : (uint64_t)entry->files[part].size,
		     "no listed project uses it");
	s->part = part;
	s->reason.kind = PLAN_UNUSED;
	s->undo = "it is restored";
}

/* Without a .ziphash go treats the tree as absent, so it is moved first. */
static void plan_entry(struct plan *p, const char *root, const struct cache_entry *entry)
{
	static const enum cache_part parts[] = { CACHE_ZIPHASH, CACHE_ZIP, CACHE_TREE };
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		any |= entry->files[parts[i]].mode != 0;
	if (!any)
		return;
	plan_begin(p, entry->mod, "", REPAIR_UNUSED);
	plan_add(p, PLAN_LOCK, cachepath_file(&p->arena, root, entry->mod, "lock"), 0,
		 "keeps go commands out meanwhile");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		plan_part(p, root, entry, parts[i]);
}

void prune_plan(struct plan *p, const struct cache_report *r)
{
	plan_init(p, "prune");
	p->one_change = true;
	for (size_t i = 0; i < r->n; i++)
		if (!r->entries[i].used && r->entries[i].state != CACHE_LOCKED &&
		    !r->entries[i].tree_errno && !r->entries[i].download_errno)
			plan_entry(p, r->root, &r->entries[i]);
}
