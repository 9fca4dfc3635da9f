/*
 * views.h - all views, in the order of views.def.
 */
#ifndef MODSCOPE_VIEWS_H
#define MODSCOPE_VIEWS_H

#include "app/view.h"

extern const struct view_ops *const views_all[];	/* NULL-terminated */

#endif
