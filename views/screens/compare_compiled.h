/*
 * compare_compiled.h - in the view Compare: the modules of which packages are newly compiled in, or no longer, instead of the build lists'
 * differences.
 *
 * The interface's thread. compare_compiled_init comes first.
 */
#ifndef MODSCOPE_COMPARE_COMPILED_H
#define MODSCOPE_COMPARE_COMPILED_H

#include "screens/compare_view.h"

void compare_compiled_init(struct view *v);
void compare_compiled_release(struct view *v);
/* After the part of the view has changed. */
void compare_compiled_refresh(struct view *v);
/* Makes this table the view's list. */
void compare_compiled_show(struct view *v);
void compare_compiled_heading(struct view *v, struct line *l);
void compare_compiled_doc(struct view *v, struct doc *d);
/* Of the row under the cursor; the path is "" if there is none. */
struct modver compare_compiled_module(struct view *v);

#endif
