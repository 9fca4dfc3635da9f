/*
 * compare_view.h - the state of the view Compare, for its own files: what differs (view_compare.c, compare_compiled.c), and the list of revisions
 * from which two are picked (compare_pick.c).
 */
#ifndef MODSCOPE_COMPARE_VIEW_H
#define MODSCOPE_COMPARE_VIEW_H

#include "app/app.h"
#include "parts/load.h"
#include "screens/compare_groups.h"

struct compare_view {
	char *was, *is; /* revisions; is "": the work tree */
	bool base; /* from the common ancestor of both */
	struct part *part;
	const struct load_compare *lc;
	struct compare_groups groups;
	bool compiled; /* the packages compiled in are compared, too, and shown instead (compare_compiled.c) */
	struct list compiled_list;
	struct rows compiled_rows;
	bool flat; /* not grouped by cause: then the table can be sorted */
	struct list list;
	struct rows rows;
	/* The picker: names first, then the commits of HEAD. */
	bool picking;
	struct part *revisions_part;
	const struct load_revisions *revisions;
	struct list pick_list;
	struct rows pick_rows;
	struct buf text;
	void (*chosen)(struct view *v, const char *was, const char *is);
};

static inline struct compare_view *compare_view_state(const void *v)
{
	return view_state(v, "compare");
}

#endif
