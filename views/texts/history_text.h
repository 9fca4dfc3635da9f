/*
 * history_text.h - texts for the versions of a module. Shared by the view and the command.
 *
 * Pure; texts are appended to the caller's buffer.
 */
#ifndef MODSCOPE_HISTORY_TEXT_H
#define MODSCOPE_HISTORY_TEXT_H

#include "parts/load.h"
#include "style.h"
#include "versions/history.h"

enum glyph history_text_glyph(const struct load_history *lh, size_t i);
enum style_id history_text_style(const struct load_history *lh, size_t i);
void history_text_age(struct buf *b, const struct history_row *v, int64_t now);
/* "mod zip dir" */
void history_text_cached(struct buf *b, const struct load_history_row *row);
/* Everything without a column: in use, required by, retracted and why, pre-release, changes. */
void history_text_notes(struct buf *b, const struct load_history *lh, size_t i);
/* "34 versions from https://proxy; as of now; deprecated: ..." */
void history_text_summary(struct buf *b, const struct load_history *lh, int64_t now);

#endif
