/*
 * repair_impl.h - the meaning of a plan's numbers, shared by what makes plans (repair.c, prune.c) and what carries them out (mend.c).
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

/* The work that an entry's problems require. */
struct repair_need {
	bool info, mod, zip, tree, ziphash;
	bool undecided;		/* the fetched zip will show which of zip, tree and hash is wrong */
	bool any;
};

/* Whether repair fixes this problem. */
bool repair_is_wanted(const struct cache_problem *p);
struct repair_need repair_need_of(const struct cache_entry *entry);
/* Whether the whole repository of the vcs cache is moved away: not for a lock that a dead git has left. */
bool repair_takes_whole(const struct cache_other *o);
/* Appends what go writes into @v/list for these versions, which it sorts (modfetch.rewriteVersionList). */
void repair_list_text(struct buf *b, const char **versions, size_t n);

#endif
