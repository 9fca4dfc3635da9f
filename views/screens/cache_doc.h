/*
 * cache_doc.h - the look of cache entries: a state's style and glyph, and the document of an entry. Pure.
 */
#ifndef MODSCOPE_CACHE_DOC_H
#define MODSCOPE_CACHE_DOC_H

#include "cache/cache.h"
#include "pager.h"

unsigned cache_doc_style(enum cache_state st);
enum glyph cache_doc_glyph(enum cache_state st);
void cache_doc_entry(const struct cache_report *r, const struct cache_entry *e, struct doc *d);
void cache_doc_other(const struct cache_other *o, struct doc *d);

#endif
