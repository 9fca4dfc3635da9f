/*
 * compare_text.h - texts for the differences of two states of a project, for the command and the view.
 *
 * Pure; texts live in the caller's arena.
 */
#ifndef MODSCOPE_COMPARE_TEXT_H
#define MODSCOPE_COMPARE_TEXT_H

#include "compare/compare.h"
#include "glyph.h"

/* "replace example.com/a => ../a" */
const char *compare_text_line(struct arena *a, const struct compare_line *l);
/* The newer of the cause's lines; NULL if it is a requirement. */
const struct compare_line *compare_text_line_of(const struct compare_cause *c);
const char *compare_text_op(const struct compare_cause *c);	/* "added", "removed", "changed" */
/* The first line and the first requirement, which matter most. */
const char *compare_text_causes(struct arena *a, const struct compare_change *ch);
/* The same without the first line. */
const char *compare_text_requirer(struct arena *a, const struct compare_change *ch);
enum glyph compare_text_glyph(enum compare_kind kind);
/* "2 removed, 1 up" */
const char *compare_text_summary(struct arena *a, const struct compare_changes *c);

#endif
