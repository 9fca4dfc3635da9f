/*
 * versions_one.h - the versions of one module, in the view Versions.
 */
#ifndef MODSCOPE_VERSIONS_ONE_H
#define MODSCOPE_VERSIONS_ONE_H

#include "screens/versions_view.h"

void versions_one_init(struct view *v);
void versions_one_release(struct view *v);
/* Takes new parts, and requests missing ones. */
void versions_one_refresh(struct view *v);
/* The version under the cursor; NULL if there is none. */
const struct history_row *versions_one_row(struct view *v);
void versions_one_heading(struct view *v, struct line *l);
void versions_one_doc(struct view *v, struct doc *d);

#endif
