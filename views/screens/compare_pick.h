/*
 * compare_pick.h - picks two revisions to compare: the view Compare's list of tags, branches and commits. Calls `chosen` with both.
 */
#ifndef MODSCOPE_COMPARE_PICK_H
#define MODSCOPE_COMPARE_PICK_H

#include "screens/compare_view.h"

void compare_pick_init(struct view *v, void (*chosen)(struct view *v, const char *was, const char *is));
void compare_pick_release(struct view *v);
void compare_pick_refresh(struct view *v);
void compare_pick_show(struct view *v);
void compare_pick_heading(struct view *v, struct line *l);
void compare_pick_doc(struct view *v, struct doc *d);
/* Chooses the row under the cursor and the work tree. */
void compare_pick_one(struct view *v);
bool compare_pick_has_two(void *view);	/* two rows are marked */
void compare_pick_both(struct view *v);
/* Moves the older side of the current pair: 1 is one commit of HEAD back, -1 one forward. */
void compare_pick_step(struct view *v, int by);

#endif
