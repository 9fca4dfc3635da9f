/*
 * facts.h - figures of a part, which the overview shows beside it, with or without findings.
 *
 * Pure; appends to the document. Links of kind FACTS_LINK_MODULE have an index into load_graph.modules as target.
 */
#ifndef MODSCOPE_FACTS_H
#define MODSCOPE_FACTS_H

#include "parts/load.h"
#include "pager.h"

enum { FACTS_LINK_MODULE = 1 };

void facts_of_part(const struct part *p, struct doc *d);

#endif
