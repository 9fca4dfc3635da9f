/*
 * versions_try.h - in the view Versions: what choosing a version would change, beside the row.
 *
 * The interface's thread.
 */
#ifndef MODSCOPE_VERSIONS_TRY_H
#define MODSCOPE_VERSIONS_TRY_H

#include "screens/versions_view.h"

/* Asks for the effect of path@version, and shows it from now on where the module is shown. Both are copied. */
void versions_try_choose(struct view *v, const char *path, const char *version);
/* Appends the effect of the version tried, if it is one of this module. */
void versions_try_add(struct view *v, const char *path, struct doc *d);

#endif
