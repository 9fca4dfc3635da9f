/*
 * view_tidy.h - the tidy view's interface for other views.
 */
#ifndef MODSCOPE_VIEW_TIDY_H
#define MODSCOPE_VIEW_TIDY_H

#include "app/app.h"

/* Opens it with tidy's changes after the current what-if steps. */
void view_tidy_after_steps(struct app *app);

#endif
