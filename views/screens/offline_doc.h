/*
 * offline_doc.h - what the view Offline says beside a row: a level, or one of its missing files.
 */
#ifndef MODSCOPE_OFFLINE_DOC_H
#define MODSCOPE_OFFLINE_DOC_H

#include "doc.h"
#include "offline/levels.h"

void offline_doc_missing(const struct levels_missing *x, struct doc *d);
/* asked: servers were asked for this answer. */
void offline_doc_level(const struct levels_row *l, bool asked, struct doc *d);

#endif
