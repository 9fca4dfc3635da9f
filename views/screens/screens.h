/*
 * screens.h - all views, in the order of app/views.def. Only what starts the program or writes its manual wants them all.
 */
#ifndef MODSCOPE_SCREENS_H
#define MODSCOPE_SCREENS_H

#include "app/view.h"

extern const struct view_ops *const screens[];	/* NULL ends them */

#endif
