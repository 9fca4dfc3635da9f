/*
 * view_tidy.h - what other views ask of the tidy view.
 */
#ifndef MODSCOPE_VIEW_TIDY_H
#define MODSCOPE_VIEW_TIDY_H

#include "app/app.h"

/* Opens it with what tidy would do after the what-if steps that are taken. */
void view_tidy_after_steps(struct app *app);

#endif
