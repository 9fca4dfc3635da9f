/*
 * versions_doc.h - beside the table of the view Versions: what is known of the module under the cursor.
 */
#ifndef MODSCOPE_VERSIONS_DOC_H
#define MODSCOPE_VERSIONS_DOC_H

#include "doc.h"
#include "texts/outdated_text.h"

/* kind: outdated_text_kind(). */
void versions_doc_row(struct doc *d, const struct outdated_row *row, const char *kind);

#endif
