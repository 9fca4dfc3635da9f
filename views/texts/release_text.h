/*
 * release_text.h - texts for the points of a release. Shared by the view and the command. Pure.
 */
#ifndef MODSCOPE_RELEASE_TEXT_H
#define MODSCOPE_RELEASE_TEXT_H

#include "release/checklist.h"
#include "glyph.h"
#include "style.h"

enum glyph release_text_glyph(const struct checklist_point *p);
enum style_id release_text_style(const struct checklist_point *p);
/* "releasable", "not releasable", "not known whether it is releasable"; static. */
const char *release_text_answer(const struct checklist *l);
enum style_id release_text_answer_style(const struct checklist *l);
/* "2 fail, 1 warning, 14 pass" */
void release_text_counts(struct buf *b, const struct checklist *l);
/* "v1.9.0: not releasable: 2 fail, 1 warning, 14 pass" */
void release_text_verdict(struct buf *b, const struct checklist *l);

#endif
