/*
 * replaces_text.h - texts for replace and similar lines. Shared by the view and the command.
 *
 * Pure; appends to documents and texts.
 */
#ifndef MODSCOPE_REPLACES_TEXT_H
#define MODSCOPE_REPLACES_TEXT_H

#include "parts/load.h"
#include "doc.h"

enum glyph replaces_text_glyph(const struct replaces_row *row);
enum style_id replaces_text_style(const struct replaces_row *row);
/* "go.mod:41", relative to the project. */
void replaces_text_place(struct buf *b, const struct load_replaces *lr, const char *file, int line);
/* The fields of a row. imports: of PART_IMPORTS, NULL if unknown. */
void replaces_text_doc(struct doc *d, const struct load_replaces *lr, const struct replaces_row *row,
		       const struct load_imports *imports);
/* "3 modules from another source, 1 module at another version, 12 modules fewer" */
void replaces_text_dependents(struct buf *b, const struct dependents *d);

#endif
