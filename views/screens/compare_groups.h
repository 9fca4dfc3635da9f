/*
 * compare_groups.h - the rows of the view Compare: differences, grouped by the line that causes them.
 *
 * A group is a line that causes differences (the first line of each), ordered by its worst difference; differences without a line
 * come last. Folded groups show no differences. Ungrouped, the rows are the differences in their order. The changes are borrowed.
 *
 *	compare_groups_make(&g, &changes, true);
 *	for (i = 0; i < g.n_rows; i++) g.rows[i].change ? ... : g.groups[g.rows[i].group].cause ...
 *	compare_groups_fold(&g, group, true);
 *	compare_groups_release(&g);
 */
#ifndef MODSCOPE_COMPARE_GROUPS_H
#define MODSCOPE_COMPARE_GROUPS_H

#include "compare/compare.h"

struct compare_groups {
	struct arena arena;
	const struct compare_changes *changes;
	struct compare_groups_group {
		const struct compare_cause *cause; /* a line; NULL: unknown */
		size_t n;			   /* differences */
		bool folded;
	} *groups;
	size_t n_groups;
	struct compare_groups_row {
		const struct compare_change *change; /* NULL: the group itself */
		size_t group;
	} *rows;
	size_t n_rows;
	size_t *group_of; /* of each change */
};

/* Rebuilds the rows, all unfolded. changes may be NULL: no rows. */
void compare_groups_make(struct compare_groups *g, const struct compare_changes *changes, bool grouped);
void compare_groups_fold(struct compare_groups *g, size_t group, bool folded);
void compare_groups_release(struct compare_groups *g);

#endif
