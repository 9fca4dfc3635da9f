/*
 * diff_doc.h - a unified diff as part of a document. Pure; appended to.
 */
#ifndef MODSCOPE_DIFF_DOC_H
#define MODSCOPE_DIFF_DOC_H

#include "doc.h"

/* Its lines, coloured by what they begin with. */
void diff_doc_add(struct doc *d, const char *diff, size_t len);

#endif
