/*
 * repair_impl.h - what a plan (repair.c, prune.c) and those who carry it out (mend.c) say of an item, and what both ask of it.
 */
#ifndef MODSCOPE_REPAIR_IMPL_H
#define MODSCOPE_REPAIR_IMPL_H

#include "base/buf.h"
#include "cache/cache.h"

/* plan_item.sort. plan_step.part is an enum cache_part, plan_reason.problem an enum cache_problem_kind. */
enum repair_sort {
	REPAIR_ENTRY,
	REPAIR_UNUSED,		/* an entry that is pruned */
	REPAIR_LIST,
	REPAIR_REPOSITORY,	/* of the vcs cache */
	REPAIR_SUMDB,
	REPAIR_STRAY,
};

/* The work on one entry that its problems ask for. */
struct repair_need {
	bool info, mod, zip, tree, ziphash;
	bool undecided;		/* the fetched zip tells what of zip, tree and hash is wrong */
	bool any;
};

/* What a person who asks for a repair wants mended. */
bool repair_is_wanted(const struct cache_problem *p);
struct repair_need repair_need_of(const struct cache_entry *entry);
/* A repository of the vcs cache goes as a whole, but not for a lock that a dead git has left. */
bool repair_takes_whole(const struct cache_other *o);
/* What go writes into @v/list for these versions, which are sorted here (modfetch.rewriteVersionList). */
void repair_list_text(struct buf *b, const char **versions, size_t n);

#endif
